// SPDX-License-Identifier: Apache-2.0
// The receipt and the whole log, checked by this page; the same checker is had as a file that works
// without us.

import { useEffect, useRef, useState } from "preact/hooks";
import { answer } from "../../verifier/page/answer";
import type { Checked } from "../../verifier/page/check";
import { speaker } from "../../verifier/page/texts";
import { verifyHistory } from "../../verifier/src/history";
import { BadInput, parseReceipt } from "../../verifier/src/receipt";
import { call } from "../api/call";
import { useAct } from "../api/load";
import { Problem } from "../api/problem";
import { Icon } from "../ui/icon";
import { Button, Heading, Hint, Section } from "../ui/parts";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { logByHttp } from "./log_by_http";
import { firstName, type Reached } from "./portal";

interface Progress {
	readonly done: number;
	readonly size: number;
}

function Answer({ checked }: { readonly checked: Checked }) {
	const { language } = useSpeech();
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		box.current?.replaceChildren(...answer(speaker(language), language, checked));
	}, [checked, language]);
	useEffect(() => document.getElementById("verdict")?.focus(), [checked]);
	return <div class="checked" ref={box} />;
}

/** The browser gets to draw between two bundles. */
function breathe(): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve));
}

export default function CheckReceipt({ person, back }: { readonly person: Reached; readonly back: string }) {
	const { say, number } = useSpeech();
	const [checked, setChecked] = useState<Checked | null>(null);
	const [progress, setProgress] = useState<Progress | null>(null);
	const [file, setFile] = useState<File | null>(null);
	const check = useAct(async () => {
		setChecked(null);
		setProgress({ done: 0, size: 0 });
		try {
			const bytes = file
				? new Uint8Array(await file.arrayBuffer())
				: new TextEncoder().encode(await call("subject_receipt", { path: { subject: person.subject.id } }));
			const receipts = [parseReceipt(bytes)];
			const report = await verifyHistory(receipts, logByHttp, null, async (done, size) => {
				setProgress({ done, size });
				await breathe();
			});
			setChecked({ receipts, report, withLog: true, ownPolicy: false });
		} catch (error) {
			throw error instanceof BadInput ? new Problem("no-receipt") : error;
		} finally {
			setProgress(null);
		}
	});
	return (
		<>
			<a class="back" href={back}><Icon name="back" />{firstName(person, say("person.nameless"))}</a>
			<Heading title={say("portal.check")} sub={say("check.lead")} />
			<Section>
				<ol class="steps">
					<li>{say("check.step.1")}</li>
					<li>{say("check.step.2")}</li>
					<li>{say("check.step.3")}</li>
				</ol>
				<label class="file">
					<input type="file" accept=".tanu-receipt" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
					<span><Icon name="paper" />{file ? file.name : say("check.own")}</span>
				</label>
				<div class="actions spaced">
					<Button kind="main" icon="shield" onPress={check.run} busy={check.busy}>{say(file ? "check.do.own" : "check.do")}</Button>
				</div>
				{progress && <p role="status">{say("check.reading", number(progress.done), number(progress.size))}</p>}
				<ProblemNote problem={check.problem} />
			</Section>
			{checked && <Answer checked={checked} />}
			<Section title={say("check.offline")}>
				<Hint>{say("check.offline.text")}</Hint>
				<a class="button" href="/verifier.html" download="tanu-verifier.html"><Icon name="down" /><span>{say("check.offline.do")}</span></a>
			</Section>
		</>
	);
}
