// SPDX-License-Identifier: Apache-2.0
// A button for what can't be undone: it says what will happen, and asks once.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../api/load";
import { useSpeech } from "../words/context";
import { Dialog } from "./dialog";
import { Button } from "./parts";
import { ProblemNote } from "./states";

export function ConfirmButton({ children, title, text, act, kind = "quiet", label }: {
	readonly children: ComponentChildren; readonly title: string; readonly text: string; readonly act: () => Promise<void>;
	readonly kind?: "plain" | "quiet" | "grave" | "main"; readonly label?: string;
}) {
	const { say } = useSpeech();
	const [asking, setAsking] = useState(false);
	const run = useAct(async () => {
		await act();
		setAsking(false);
	});
	const close = () => {
		run.forget();
		setAsking(false);
	};
	return (
		<>
			<Button kind={kind} onPress={() => setAsking(true)} {...(label ? { label } : {})}>{children}</Button>
			{asking && (
				<Dialog title={title} onClose={close}>
					<p>{text}</p>
					<ProblemNote problem={run.problem} />
					<div class="actions end">
						<Button onPress={close}>{say("do.cancel")}</Button>
						<Button kind={kind === "grave" ? "grave" : "main"} onPress={run.run} busy={run.busy}>{children}</Button>
					</div>
				</Dialog>
			)}
		</>
	);
}
