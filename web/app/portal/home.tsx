// SPDX-License-Identifier: Apache-2.0
// How it stands with one person: what is held, why, and what she can do about it right here.

import type { Consent } from "contract";
import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { CONSENT_TONES, currentConsents, PURPOSES, tellConsent } from "../shared/consent_words";
import { USES } from "../shared/history_list";
import { LanesSection } from "../shared/lanes";
import { saveReceipt } from "../shared/receipt";
import { PassRows } from "../console/person_passes";
import { Icon, type IconName } from "../ui/icon";
import { Button, Heading, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { saveFile } from "../ui/save";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { AllowedSection } from "./allowed";
import { firstName, type Reached } from "./portal";

const SINCE_MAX = 200;

function Standing({ person, onChange }: { readonly person: Reached; readonly onChange: () => void }) {
	const { say, count, list } = useSpeech();
	const { subject } = person;
	const [told, setTold] = useState("");
	const lock = useAct(async () => {
		await call(subject.locked ? "subject_unlock" : "subject_lock", { path: { subject: subject.id } });
		setTold(say(subject.locked ? "portal.unlocked" : "portal.locked-now"));
		onChange();
	});
	const word = !subject.enrolled ? "none" : subject.locked ? "locked" : "stored";
	return (
		<section class={`standing ${word}`}>
			<span class="arch" aria-hidden="true"><Icon name={word === "locked" ? "lock" : word === "none" ? "shield" : "face"} /></span>
			<div>
				<h2>{say(`portal.standing.${word}`)}</h2>
				<p>{word === "stored" ? say("portal.standing.stored.text", list(subject.live_purposes.map((one) => say(`purpose.${one}`)))) : say(`portal.standing.${word}.text`)}</p>
				<p class="small">{count("portal.computed", subject.embeddings)}</p>
				<ProblemNote problem={lock.problem} />
				<p role="status" class="visually-hidden">{told}</p>
				{subject.enrolled && (
					<Button kind={subject.locked ? "plain" : "main"} icon="lock" onPress={lock.run} busy={lock.busy}>
						{say(subject.locked ? "portal.unlock" : "portal.lock")}
					</Button>
				)}
			</div>
		</section>
	);
}

function Decisions({ person, consents }: { readonly person: Reached; readonly consents: readonly Consent[] }) {
	const speech = useSpeech();
	const { say, cap } = speech;
	const current = currentConsents(consents);
	const asked = PURPOSES.filter((purpose) => current.get(purpose)?.state === "requested");
	return (
		<Section
			title={say("portal.decisions")}
			actions={<a class="button main" href={linkTo("person", person.subject.id, "decide")}>{say(asked.length > 0 ? "portal.answer" : "portal.decide")}</a>}
		>
			{asked.length > 0 && <p class="note">{say("portal.asked")}</p>}
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
		</Section>
	);
}

/** What happened since a consent was taken back: nothing should have. */
function Since({ subject, consents }: { readonly subject: string; readonly consents: readonly Consent[] }) {
	const { say, count, moment } = useSpeech();
	const wasTakenBack = consents.some((one) => one.state === "withdrawn") && !consents.some((one) => one.state === "given");
	const load = useLoad(
		async (signal) => (wasTakenBack ? (await call("subject_history", { path: { subject }, query: { limit: SINCE_MAX }, signal })).items : []),
		[subject, wasTakenBack],
	);
	const events = load.state === "ready" ? load.value : [];
	const withdrawn = events.find((one) => one.event === "consent-withdrawn");
	if (!withdrawn) return null;
	const later = events.filter((one) => one.at_ms >= withdrawn.at_ms);
	const erased = later.find((one) => one.event === "reference-erased");
	const used = later.filter((one) => USES.has(one.event)).length;
	return (
		<Section title={say("since.title")}>
			<ol class="steps">
				<li>{say("since.withdrawn", moment(withdrawn.at_ms))}</li>
				<li>{erased ? say("since.erased", moment(erased.at_ms)) : say("since.nothing-stored")}</li>
				<li><b>{count("since.used", used)}</b></li>
			</ol>
			<p class="hint">{say("since.check")} <a href={linkTo("person", subject, "check")}>{say("portal.check")}</a></p>
		</Section>
	);
}

function Held({ person }: { readonly person: Reached }) {
	const { say } = useSpeech();
	const { subject } = person;
	const rows: readonly (readonly [IconName, string])[] = [
		["paper", "name"],
		["face", subject.enrolled ? "face" : "no-face"],
		["eye", "history"],
		["book", "papers"],
	];
	return (
		<Section title={say("portal.held")}>
			<ul class="held">
				{rows.map(([icon, word]) => (
					<li key={word}>
						<Icon name={icon} />
						<span><b>{say(`portal.held.${word}`)}</b> {say(`portal.held.${word}.why`)}</span>
					</li>
				))}
			</ul>
		</Section>
	);
}

function Doings({ person }: { readonly person: Reached }) {
	const { say } = useSpeech();
	const { id } = person.subject;
	const receipt = useAct(() => saveReceipt(id));
	const all = useAct(async () => {
		const data = await call("subject_export", { path: { subject: id } });
		saveFile(`tanu-${id.slice(0, 6)}.json`, JSON.stringify(data, null, 2), "application/json");
	});
	return (
		<Section title={say("portal.more")}>
			<ProblemNote problem={receipt.problem ?? all.problem} />
			<ul class="links">
				<li><a href={linkTo("person", id, "history")}><Icon name="eye" /><span><b>{say("portal.history")}</b>{say("portal.history.what")}</span></a></li>
				<li><a href={linkTo("person", id, "check")}><Icon name="shield" /><span><b>{say("portal.check")}</b>{say("portal.check.what")}</span></a></li>
				<li>
					<button type="button" onClick={receipt.run} aria-disabled={receipt.busy}>
						<Icon name="paper" /><span><b>{say("receipt.save")}</b>{say("portal.receipt.what")}</span>
					</button>
				</li>
				<li>
					<button type="button" onClick={all.run} aria-disabled={all.busy}>
						<Icon name="down" /><span><b>{say("portal.export")}</b>{say("portal.export.what")}</span>
					</button>
				</li>
			</ul>
		</Section>
	);
}

function Passes({ subject }: { readonly subject: string }) {
	const { say } = useSpeech();
	const load = useLoad((signal) => call("passes_list", { path: { subject }, signal }), [subject]);
	return (
		<Loaded load={load}>
			{({ items }, again) =>
				items.length > 0 && (
					<Section title={say("person.tab.passes")}>
						<p class="hint">{say("portal.passes")}</p>
						<PassRows subject={subject} passes={items} again={again} />
					</Section>
				)}
		</Loaded>
	);
}

export function Home({ person, alone, onChange }: { readonly person: Reached; readonly alone: boolean; readonly onChange: () => void }) {
	const { say } = useSpeech();
	const { id } = person.subject;
	const load = useLoad((signal) => call("consents_list", { path: { subject: id }, signal }), [id]);
	return (
		<>
			{!alone && <a class="back" href="#/"><Icon name="back" />{say("portal.choose")}</a>}
			<Heading title={firstName(person, say("person.nameless"))} sub={say(person.relation ? "portal.lead.child" : "portal.lead")} />
			<Standing person={person} onChange={onChange} />
			<Loaded load={load}>
				{({ items }) => (
					<>
						<Decisions person={person} consents={items} />
						<Since subject={id} consents={items} />
						<AllowedSection subject={id} identityUntilMs={items.find(({ purpose, state }) => purpose === "identity" && state === "given")?.not_after_ms} />
					</>
				)}
			</Loaded>
			<Held person={person} />
			<Passes subject={id} />
			<Doings person={person} />
			<LanesSection />
		</>
	);
}
