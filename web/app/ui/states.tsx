// SPDX-License-Identifier: Apache-2.0
// Waiting, failing, and having nothing to show.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Load } from "../api/load";
import { OFFLINE, type Problem } from "../api/problem";
import { useSpeech } from "../words/context";
import type { Speech } from "../words/speech";
import { Icon, type IconName } from "./icon";
import { Button } from "./parts";

const WAIT_IS_LONG_MS = 300;

/** What a problem says to the reader. Codes without a text are of trouble inside: there is nothing she could do differently. */
export function tellProblem({ say, count, has }: Speech, problem: Problem): string {
	const key = `problem.${problem.code}`;
	if (problem.code === "held" && problem.waitS) return count("problem.wait", problem.waitS);
	return has(key) ? say(key) : say("problem.strange-answer");
}

export function ProblemNote({ problem, again }: { readonly problem: Problem | null; readonly again?: () => void }) {
	const speech = useSpeech();
	const ref = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (problem) ref.current?.scrollIntoView({ block: "nearest" });
	}, [problem]);
	if (!problem) return null;
	const known = speech.has(`problem.${problem.code}`);
	return (
		<div class="note problem" role="alert" ref={ref} data-code={problem.code}>
			<p>{tellProblem(speech, problem)}</p>
			{problem.detail && problem.code !== OFFLINE && (speech.language === "en" || !known) && <p class="hint" lang="en">{problem.detail}</p>}
			{again && <Button onPress={again}>{speech.say("do.again")}</Button>}
		</div>
	);
}

function Waiting() {
	const { say } = useSpeech();
	const [long, setLong] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setLong(true), WAIT_IS_LONG_MS);
		return () => clearTimeout(timer);
	}, []);
	return (
		<div class="waiting" role="status">
			{long && (
				<>
					<span class="visually-hidden">{say("state.loading")}</span>
					<i /><i /><i />
				</>
			)}
		</div>
	);
}

export function Loaded<T>({ load, children }: { readonly load: Load<T>; readonly children: (value: T, again: () => void) => ComponentChildren }) {
	switch (load.state) {
		case "loading":
			return <Waiting />;
		case "failed":
			return <ProblemNote problem={load.problem} again={load.again} />;
		case "ready":
			return <>{children(load.value, load.again)}</>;
	}
}

export function Empty({ icon, title, children, actions }: {
	readonly icon: IconName; readonly title: string; readonly children?: ComponentChildren; readonly actions?: ComponentChildren;
}) {
	return (
		<div class="empty">
			<span class="arch" aria-hidden="true"><Icon name={icon} /></span>
			<h2>{title}</h2>
			{children && <div class="prose">{children}</div>}
			{actions && <div class="actions">{actions}</div>}
		</div>
	);
}
