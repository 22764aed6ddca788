// SPDX-License-Identifier: Apache-2.0
// What a screen needs before it can show anything, and what it does when somebody presses a button.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "./problem";

export type Load<T> =
	| { readonly state: "loading" }
	| { readonly state: "failed"; readonly problem: Problem; readonly again: () => void }
	| { readonly state: "ready"; readonly value: T; readonly again: () => void };

/** Loads anew when one of `because` changes; what is shown stays until the new is there. */
export function useLoad<T>(read: (signal: AbortSignal) => Promise<T>, because: readonly unknown[]): Load<T> {
	const [load, setLoad] = useState<Load<T>>({ state: "loading" });
	const [turn, setTurn] = useState(0);
	const again = useCallback(() => setTurn((n) => n + 1), []);
	useEffect(() => {
		const control = new AbortController();
		read(control.signal).then(
			(value) => !control.signal.aborted && setLoad({ state: "ready", value, again }),
			(error: unknown) => !control.signal.aborted && setLoad({ state: "failed", problem: asProblem(error), again }),
		);
		return () => control.abort();
	}, [...because, turn]);
	return load;
}

export interface Act<A extends readonly unknown[]> {
	readonly busy: boolean;
	readonly problem: Problem | null;
	readonly run: (...values: A) => void;
	readonly forget: () => void;
}

/** One act at a time; its problem stays until the next try. */
export function useAct<A extends readonly unknown[]>(act: (...values: A) => Promise<void>): Act<A> {
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	const running = useRef(false);
	const latest = useRef(act);
	latest.current = act;
	const run = useCallback((...values: A) => {
		if (running.current) return;
		running.current = true;
		setBusy(true);
		setProblem(null);
		latest
			.current(...values)
			.catch((error: unknown) => setProblem(asProblem(error)))
			.finally(() => {
				running.current = false;
				setBusy(false);
			});
	}, []);
	const forget = useCallback(() => setProblem(null), []);
	return { busy, problem, run, forget };
}
