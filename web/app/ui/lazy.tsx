// SPDX-License-Identifier: Apache-2.0
// A part that is fetched when it is first shown.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { OFFLINE, Problem } from "../api/problem";
import { ProblemNote } from "./states";

export function lazy<P extends object>(load: () => Promise<{ readonly default: ComponentType<P> }>): ComponentType<P> {
	let known: ComponentType<P> | null = null;
	return function Lazy(props: P) {
		const [Part, setPart] = useState<ComponentType<P> | null>(() => known);
		const [failed, setFailed] = useState(false);
		useEffect(() => {
			if (Part) return;
			load().then(
				(module) => {
					known = module.default;
					setPart(() => module.default);
				},
				() => setFailed(true),
			);
		}, [Part]);
		if (failed) return <ProblemNote problem={new Problem(OFFLINE)} again={() => location.reload()} />;
		return Part && <Part {...props} />;
	};
}
