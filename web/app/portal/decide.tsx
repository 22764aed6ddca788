// SPDX-License-Identifier: Apache-2.0
// Giving, refusing, taking back: on one screen, each as easy as the others.

import type { Consent, Purpose } from "contract";
import { useState } from "preact/hooks";
import { call, newAct, type Answer } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { currentConsents, PURPOSES } from "../shared/consent_words";
import { yearsFromNow } from "../shared/dates";
import { ErasureNote } from "../shared/erasure_note";
import { NoticeText } from "../shared/notice_text";
import { noticeFor } from "../shared/notices";
import { saveReceipt } from "../shared/receipt";
import { Dialog } from "../ui/dialog";
import { Check, Tick } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, ButtonLink, Heading, Section } from "../ui/parts";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { firstName, type Reached } from "./portal";

type Erasure = Answer<"consent_withdraw">;
type Done = { readonly word: "given" } | { readonly word: "refused" | "withdrawn"; readonly erasure: Erasure };

const YEARS_ADULT = 5;
const YEARS_MINOR = 1;

function DoneScreen({ person, done, back }: { readonly person: Reached; readonly done: Done; readonly back: string }) {
	const { say } = useSpeech();
	const receipt = useAct(() => saveReceipt(person.subject.id));
	return (
		<>
			<Heading title={say(`decide.done.${done.word}`)} sub={say(`decide.done.${done.word}.text`)} />
			{done.word !== "given" && <ErasureNote erasure={done.erasure} />}
			<ProblemNote problem={receipt.problem} />
			<div class="actions">
				<Button kind="main" icon="paper" onPress={receipt.run} busy={receipt.busy}>{say("receipt.save")}</Button>
				<ButtonLink href={back}>{say("do.done")}</ButtonLink>
			</div>
		</>
	);
}

function TakeBack({ person, live, onDone }: { readonly person: Reached; readonly live: readonly Purpose[]; readonly onDone: (done: Done) => void }) {
	const { say, cap } = useSpeech();
	const [asking, setAsking] = useState<readonly Purpose[] | null>(null);
	const [act, setAct] = useState(newAct);
	const withdraw = useAct(async () => {
		const erasure = await call("consent_withdraw", { path: { subject: person.subject.id }, act, body: { purposes: asking ?? live } });
		onDone({ word: "withdrawn", erasure });
	});
	const ask = (purposes: readonly Purpose[]) => {
		setAct(newAct());
		setAsking(purposes);
	};
	return (
		<Section title={say("decide.live")}>
			<ul class="rows">
				{live.map((purpose) => (
					<li key={purpose} class="row">
						<span><b>{cap(say(`purpose.${purpose}`))}</b><span class="small">{say(`purpose.${purpose}.what`)}</span></span>
						<Button onPress={() => ask([purpose])} label={`${say("consent.withdraw")}: ${say(`purpose.${purpose}`)}`}>{say("consent.withdraw")}</Button>
					</li>
				))}
			</ul>
			{live.length > 1 && <div class="actions spaced"><Button onPress={() => ask(live)}>{say("decide.withdraw.all")}</Button></div>}
			{asking && (
				<Dialog title={say("consent.withdraw.title")} onClose={() => setAsking(null)}>
					<p>{say("decide.withdraw.text")}</p>
					<ProblemNote problem={withdraw.problem} />
					<div class="actions end">
						<Button onPress={() => setAsking(null)}>{say("do.cancel")}</Button>
						<Button kind="main" onPress={withdraw.run} busy={withdraw.busy}>{say("consent.withdraw.do")}</Button>
					</div>
				</Dialog>
			)}
		</Section>
	);
}

function Answer({ person, open, version, language, text, onDone }: {
	readonly person: Reached; readonly open: readonly Purpose[]; readonly version: string; readonly language: string; readonly text: string;
	readonly onDone: (done: Done) => void;
}) {
	const { say, cap } = useSpeech();
	const isMinor = person.subject.minor === true;
	const isChild = isMinor && !person.relation;
	const [purposes, setPurposes] = useState<readonly Purpose[]>([]);
	const [assent, setAssent] = useState(false);
	const path = { subject: person.subject.id };
	const give = useAct(async () => {
		const body = { purposes, until: yearsFromNow(isMinor ? YEARS_MINOR : YEARS_ADULT), notice: { version, language }, ...(isMinor ? { assent } : {}) };
		await call("consent_give", { path, body });
		onDone({ word: "given" });
	});
	const refuse = useAct(async () => {
		const erasure = await call("consent_refuse", { path, body: purposes.length > 0 ? { purposes } : {} });
		onDone({ word: "refused", erasure });
	});
	return (
		<Section>
			<details class="notice-fold" open>
				<summary>{say("decide.notice")}</summary>
				<NoticeText text={text} language={language} />
			</details>
			<div class="form">
				<Tick
					label={say("decide.purposes")} values={purposes} onValues={setPurposes}
					choices={open.map((purpose) => ({ value: purpose, label: cap(say(`purpose.${purpose}`)), hint: say(`purpose.${purpose}.what`) }))}
				/>
				{isMinor && !isChild && <Check checked={assent} onChecked={setAssent}>{say("decide.assent")}</Check>}
				{isChild && <p class="hint">{say("decide.child")}</p>}
				<ProblemNote problem={give.problem ?? refuse.problem} />
				<div class="yes-no">
					{!isChild && <Button onPress={give.run} busy={give.busy} disabled={purposes.length === 0} icon="check">{say("consent.yes")}</Button>}
					<Button onPress={refuse.run} busy={refuse.busy} icon="close">{say("consent.no")}</Button>
				</div>
				<p class="hint">{say("desk.equal")}</p>
			</div>
		</Section>
	);
}

function Screen({ person, consents, onDone }: { readonly person: Reached; readonly consents: readonly Consent[]; readonly onDone: (done: Done) => void }) {
	const { say, language } = useSpeech();
	const current = currentConsents(consents);
	const live = PURPOSES.filter((purpose) => current.get(purpose)?.state === "given");
	const open = PURPOSES.filter((purpose) => !live.includes(purpose));
	const load = useLoad(async (signal) => {
		const isChild = person.subject.minor === true && !person.relation;
		const { items } = await call("notices_list", { signal });
		const notice = (isChild && noticeFor(items, language, true)) || noticeFor(items, language, false);
		if (!notice) return null;
		const path = { version: notice.version, language: notice.language };
		return { notice, text: await call("notice_get", { path, signal }) };
	}, [language]);
	return (
		<>
			{live.length > 0 && <TakeBack person={person} live={live} onDone={onDone} />}
			{open.length > 0 && (
				<Loaded load={load}>
					{(found) =>
						found ? (
							<Answer person={person} open={open} version={found.notice.version} language={found.notice.language} text={found.text} onDone={onDone} />
						) : (
							<Empty icon="paper" title={say("desk.no-notice")} />
						)}
				</Loaded>
			)}
		</>
	);
}

export function Decide({ person, back, onChange }: { readonly person: Reached; readonly back: string; readonly onChange: () => void }) {
	const { say } = useSpeech();
	const [done, setDone] = useState<Done | null>(null);
	const load = useLoad((signal) => call("consents_list", { path: { subject: person.subject.id }, signal }), [person.subject.id]);
	if (done) return <DoneScreen person={person} done={done} back={back} />;
	return (
		<>
			<a class="back" href={back}><Icon name="back" />{firstName(person, say("person.nameless"))}</a>
			<Heading title={say("portal.decisions")} sub={say("decide.lead")} />
			<Loaded load={load}>
				{({ items }) => (
					<Screen
						person={person} consents={items}
						onDone={(what) => {
							setDone(what);
							onChange();
						}}
					/>
				)}
			</Loaded>
		</>
	);
}
