// SPDX-License-Identifier: Apache-2.0
// Consent at the desk: the screen is turned to the person. Yes and no are of one size, side by side,
// and no is as few steps away as yes.

import type { Purpose, Subject } from "contract";
import { useEffect, useState } from "preact/hooks";
import { call, newAct } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { PURPOSES } from "../shared/consent_words";
import { isoDate, yearsFromNow } from "../shared/dates";
import { NoticeText } from "../shared/notice_text";
import { noticeFor } from "../shared/notices";
import { saveReceipt } from "../shared/receipt";
import { Check, Field, Tick } from "../ui/field";
import { Icon, Mark } from "../ui/icon";
import { LanguageChoice } from "../ui/languages";
import { Button, ButtonLink, Heading } from "../ui/parts";
import { linkTo } from "../ui/route";
import { openFile } from "../ui/save";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { nameOf } from "./people";
import { sayOf, WhoSays } from "./person_consents";
import { SignaturePad } from "./signature_pad";

type Outcome = "given" | "refused";

/** As the law of most places has it; the server refuses what is too long (docs/consent.md). */
const YEARS_ADULT = 5;
const YEARS_MINOR = 1;

function DeskDone({ subject, outcome }: { readonly subject: Subject; readonly outcome: Outcome }) {
	const { say } = useSpeech();
	const receipt = useAct(() => saveReceipt(subject.id));
	return (
		<>
			<Heading title={say(`desk.done.${outcome}`)} sub={say(`desk.done.${outcome}.text`)} />
			<ProblemNote problem={receipt.problem} />
			<div class="actions">
				<Button kind="main" icon="paper" onPress={receipt.run} busy={receipt.busy}>{say("receipt.save")}</Button>
				<ButtonLink href={linkTo("people", subject.id)}>{say("desk.back")}</ButtonLink>
			</div>
		</>
	);
}

function Ask({ subject, version, noticeLanguage, text }: {
	readonly subject: Subject; readonly version: string; readonly noticeLanguage: string; readonly text: string;
}) {
	const { say, date, cap } = useSpeech();
	const [purposes, setPurposes] = useState<readonly Purpose[]>([]);
	const [who, setWho] = useState(subject.minor ? "" : "self");
	const [assent, setAssent] = useState(false);
	const [until, setUntil] = useState(() => yearsFromNow(subject.minor ? YEARS_MINOR : YEARS_ADULT));
	const [outcome, setOutcome] = useState<Outcome | null>(null);
	const [strokes, setStrokes] = useState("");
	const [act, setAct] = useState(newAct);
	useEffect(() => setAct(newAct()), [purposes, who, assent, until, strokes]);
	const path = { subject: subject.id };
	const signed = strokes === "" ? {} : { signature: strokes };
	const give = useAct(async () => {
		const notice = { version, language: noticeLanguage };
		await call("consent_give", { path, act, body: { purposes, until, notice, ...sayOf(who), ...signed, ...(subject.minor ? { assent } : {}) } });
		setOutcome("given");
	});
	const refuse = useAct(async () => {
		await call("consent_refuse", { path, act: newAct(), body: { ...(purposes.length > 0 ? { purposes } : {}), ...sayOf(who), ...signed } });
		setOutcome("refused");
	});
	const form = useAct(async () => {
		const notice = { version, language: noticeLanguage };
		openFile(await call("form_make", { path, body: { purposes, until, notice, ...sayOf(who) } }));
	});
	const mayGive = purposes.length > 0 && who !== "" && !(who === "self" && subject.minor === true);
	if (outcome) return <DeskDone subject={subject} outcome={outcome} />;
	return (
		<>
			<Heading title={nameOf(subject, say("person.nameless"))} sub={subject.born && date(subject.born)} />
			<NoticeText text={text} language={noticeLanguage} />
			<div class="form desk-form">
				<Tick
					label={say("desk.purposes")} values={purposes} onValues={setPurposes}
					choices={PURPOSES.map((purpose) => ({ value: purpose, label: cap(say(`purpose.${purpose}`)), hint: say(`purpose.${purpose}.what`) }))}
				/>
				<WhoSays subject={subject} value={who} onValue={setWho} />
				{subject.minor && <Check checked={assent} onChecked={setAssent}>{say("desk.assent")}</Check>}
				<Field label={say("desk.until")} value={until} onValue={setUntil} type="date" min={isoDate(new Date())} />
				<SignaturePad value={strokes} onValue={setStrokes} />
				<ProblemNote problem={give.problem ?? refuse.problem ?? form.problem} />
				<div class="yes-no">
					<Button onPress={give.run} busy={give.busy} disabled={!mayGive} icon="check">{say("consent.yes")}</Button>
					<Button onPress={refuse.run} busy={refuse.busy} disabled={who === ""} icon="close">{say("consent.no")}</Button>
				</div>
				<p class="hint">{say("desk.equal")}</p>
				<div class="on-paper">
					<Button kind="quiet" icon="print" onPress={form.run} busy={form.busy} disabled={!mayGive}>{say("desk.print")}</Button>
					<p class="hint">{say("desk.print.hint")}</p>
				</div>
			</div>
		</>
	);
}

export function Desk({ subject: id }: { readonly subject: string }) {
	const speech = useSpeech();
	const { say, language } = speech;
	const [children, setChildren] = useState<boolean | null>(null);
	const load = useLoad(async (signal) => ({
		subject: await call("subject_get", { path: { subject: id }, signal }),
		notices: (await call("notices_list", { signal })).items,
	}), [id]);
	const ready = load.state === "ready" ? load.value : null;
	const notice = ready && noticeFor(ready.notices, language, children ?? false);
	const text = useLoad(
		async (signal) => (notice ? await call("notice_get", { path: { version: notice.version, language: notice.language }, signal }) : ""),
		[notice?.version, notice?.language],
	);
	const hasChildren = ready?.subject.minor && noticeFor(ready.notices, language, true);
	return (
		<div class="frame narrow desk">
			<header class="top">
				<span class="brand"><Mark />Tanu</span>
				<span class="grow" />
				<LanguageChoice />
			</header>
			<main class="content" id="main">
				<div class="actions apart desk-tools">
					<a class="back" href={linkTo("people", id)}><Icon name="back" />{say("desk.leave")}</a>
					<span class="actions">
						{hasChildren && (
							<Button kind="quiet" pressed={children === true} onPress={() => setChildren(!children)}>{say("desk.for-children")}</Button>
						)}
					</span>
				</div>
				<Loaded load={load}>
					{({ subject }) =>
						notice ? (
							<Loaded load={text}>
								{(content) => content !== "" && <Ask subject={subject} version={notice.version} noticeLanguage={notice.language} text={content} />}
							</Loaded>
						) : (
							<Empty icon="paper" title={say("desk.no-notice")}><p>{say("desk.no-notice.hint")}</p></Empty>
						)}
				</Loaded>
			</main>
		</div>
	);
}
