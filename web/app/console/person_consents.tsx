// SPDX-License-Identifier: Apache-2.0
// What she agreed to, as staff see it; taking it back is beside it.

import type { Consent, Purpose, Subject } from "contract";
import { useState } from "preact/hooks";
import { call, newAct, type Answer } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { Problem } from "../api/problem";
import { hasRole, useSession } from "../api/session";
import { CONSENT_TONES, currentConsents, PURPOSES, tellConsent } from "../shared/consent_words";
import { ErasureNote } from "../shared/erasure_note";
import { noticeFor } from "../shared/notices";
import { Dialog } from "../ui/dialog";
import { Choose, Tick } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

/** Who says it: the person (or child) herself, or one of the guardians. */
export function WhoSays({ subject, value, onValue }: { readonly subject: Subject; readonly value: string; readonly onValue: (who: string) => void }) {
	const { say, cap } = useSpeech();
	const load = useLoad(
		async (signal) => (subject.minor ? (await call("guardians_list", { path: { subject: subject.id }, signal })).items : []),
		[subject.id],
	);
	return (
		<Loaded load={load}>
			{(guardians) => (
				<Choose
					label={say("who.says")} value={value} onValue={onValue}
					choices={[
						{ value: "self", label: cap(say(subject.minor ? "who.child" : "who.self")) },
						...guardians.filter((one) => one.may_speak).map((one) => ({
							value: one.guardian,
							label: clean(one.name ?? one.guardian.slice(0, 6)),
							hint: say(`relation.${one.relation}`),
						})),
					]}
				/>
			)}
		</Loaded>
	);
}

export function sayOf(who: string): { readonly by: "self" } | { readonly by: "guardian"; readonly guardian: string } {
	return who === "self" ? { by: "self" } : { by: "guardian", guardian: who };
}

function TakeBack({ subject, live, onClose, onDone }: {
	readonly subject: Subject; readonly live: readonly Purpose[]; readonly onClose: () => void; readonly onDone: (erasure: Answer<"consent_withdraw">) => void;
}) {
	const { say, cap } = useSpeech();
	const [purposes, setPurposes] = useState(live);
	const [who, setWho] = useState(subject.minor ? "" : "self");
	const [act] = useState(newAct);
	const withdraw = useAct(async () => {
		onDone(await call("consent_withdraw", { path: { subject: subject.id }, body: { purposes, ...sayOf(who) }, act }));
	});
	return (
		<Dialog title={say("consent.withdraw.title")} onClose={onClose}>
			<div class="form">
				<p>{say("consent.withdraw.text")}</p>
				<Tick
					label={say("consent.purposes")} values={purposes} onValues={setPurposes}
					choices={live.map((purpose) => ({ value: purpose, label: cap(say(`purpose.${purpose}`)) }))}
				/>
				<WhoSays subject={subject} value={who} onValue={setWho} />
				<ProblemNote problem={withdraw.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" onPress={withdraw.run} busy={withdraw.busy} disabled={purposes.length === 0 || who === ""}>
						{say("consent.withdraw.do")}
					</Button>
				</div>
			</div>
		</Dialog>
	);
}

function AskAtHome({ subject, open, onClose, onDone }: {
	readonly subject: string; readonly open: readonly Purpose[]; readonly onClose: () => void; readonly onDone: () => void;
}) {
	const { say, cap, language } = useSpeech();
	const [purposes, setPurposes] = useState<readonly Purpose[]>([]);
	const [act] = useState(newAct);
	const ask = useAct(async () => {
		const notice = noticeFor((await call("notices_list", {})).items, language, false);
		if (!notice) throw new Problem("no-notice");
		const body = { purposes, notice: { version: notice.version, language: notice.language } };
		await call("consent_request", { path: { subject }, body, act });
		onDone();
	});
	return (
		<Dialog title={say("ask.title")} onClose={onClose}>
			<div class="form">
				<p>{say("ask.text")}</p>
				<Tick
					label={say("consent.purposes")} values={purposes} onValues={setPurposes}
					choices={open.map((purpose) => ({ value: purpose, label: cap(say(`purpose.${purpose}`)) }))}
				/>
				<ProblemNote problem={ask.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" onPress={ask.run} busy={ask.busy} disabled={purposes.length === 0}>{say("ask.do")}</Button>
				</div>
			</div>
		</Dialog>
	);
}

function ConsentRows({ consents }: { readonly consents: readonly Consent[] }) {
	const speech = useSpeech();
	const { say, cap } = speech;
	const current = currentConsents(consents);
	return (
		<ul class="rows">
			{PURPOSES.map((purpose) => {
				const one = current.get(purpose);
				return (
					<li key={purpose} class="row">
						<span>
							<b>{cap(say(`purpose.${purpose}`))}</b>
							<span class="small">{one ? tellConsent(speech, one) : say(`purpose.${purpose}.what`)}</span>
						</span>
						<Tag tone={one ? CONSENT_TONES[one.state] : "off"}>{say(`consent.state.${one?.state ?? "none"}`)}</Tag>
					</li>
				);
			})}
		</ul>
	);
}

export function PersonConsents({ subject, onChange }: { readonly subject: Subject; readonly onChange: () => void }) {
	const { say } = useSpeech();
	const { session } = useSession();
	const mayWrite = hasRole(session, "enrolment");
	const [taking, setTaking] = useState(false);
	const [asking, setAsking] = useState(false);
	const [erasure, setErasure] = useState<Answer<"consent_withdraw"> | null>(null);
	const load = useLoad((signal) => call("consents_list", { path: { subject: subject.id }, signal }), [subject.id]);
	return (
		<Section title={say("person.consents")}>
			<Loaded load={load}>
				{({ items }, again) => {
					const live = PURPOSES.filter((purpose) => items.some((one) => one.purpose === purpose && one.state === "given"));
					return (
						<>
							{erasure && <ErasureNote erasure={erasure} />}
							<ConsentRows consents={items} />
							{mayWrite && (
								<div class="actions spaced">
									<a class="button main" href={linkTo("people", subject.id, "consent")}><Icon name="paper" /><span>{say("desk.begin")}</span></a>
									{live.length < PURPOSES.length && <Button onPress={() => setAsking(true)}>{say("ask.begin")}</Button>}
									{live.length > 0 && <Button onPress={() => setTaking(true)}>{say("consent.withdraw")}</Button>}
								</div>
							)}
							{asking && (
								<AskAtHome
									subject={subject.id} open={PURPOSES.filter((purpose) => !live.includes(purpose))} onClose={() => setAsking(false)}
									onDone={() => {
										setAsking(false);
										again();
									}}
								/>
							)}
							{taking && (
								<TakeBack
									subject={subject} live={live} onClose={() => setTaking(false)}
									onDone={(done) => {
										setTaking(false);
										setErasure(done);
										again();
										onChange();
									}}
								/>
							)}
						</>
					);
				}}
			</Loaded>
		</Section>
	);
}
