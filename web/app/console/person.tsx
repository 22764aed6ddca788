// SPDX-License-Identifier: Apache-2.0
// One person. Each part is read only when it is opened: every look stands in her history.

import type { Subject } from "contract";
import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { ageOf } from "../shared/dates";
import { HistoryList } from "../shared/history_list";
import { saveReceipt } from "../shared/receipt";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Button, Fact, Facts, Heading, Hint, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { saveFile } from "../ui/save";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { nameOf } from "./people";
import { PersonConsents } from "./person_consents";
import { PersonGuardians } from "./person_guardians";
import { PersonInvitation } from "./person_invitation";
import { PersonPapers } from "./person_papers";
import { PersonPasses } from "./person_passes";

const TABS = ["overview", "guardians", "passes", "papers", "history"] as const;
type Tab = (typeof TABS)[number];

interface May {
	readonly operator: boolean;
	readonly enrolment: boolean;
	readonly presence: boolean;
}

function tabsFor(subject: Subject, roles: May): readonly Tab[] {
	return TABS.filter((tab) => {
		if (tab === "overview") return roles.operator || roles.enrolment;
		if (tab === "history") return roles.enrolment || roles.presence;
		if (tab === "guardians") return roles.enrolment && subject.minor !== false;
		return roles.enrolment;
	});
}

function FaceState({ subject, again }: { readonly subject: Subject; readonly again: () => void }) {
	const { say, count } = useSpeech();
	const { session } = useSession();
	const mayUnlock = hasRole(session, "enrolment");
	const lock = useAct(async () => {
		await call(subject.locked ? "subject_unlock" : "subject_lock", { path: { subject: subject.id } });
		again();
	});
	return (
		<Section
			title={say("person.face")}
			actions={<Tag tone={subject.locked ? "warn" : subject.enrolled ? "good" : "off"}>
				{say(subject.locked ? "person.locked" : subject.enrolled ? "person.enrolled" : "person.not-enrolled")}
			</Tag>}
		>
			<Facts>
				<Fact name={say("person.embeddings")}>{count("person.embeddings.n", subject.embeddings)}</Fact>
				<Fact name={say("person.second-factor")}>{say(subject.second_factor ? "person.second-factor.on" : "person.second-factor.off")}</Fact>
			</Facts>
			<ProblemNote problem={lock.problem} />
			<div class="actions spaced">
				{hasRole(session, "enrolment") && (
					<a class="button main" href={linkTo("people", subject.id, "face")}>
						<Icon name="face" /><span>{say(subject.enrolled ? "enrol.renew" : "enrol.begin")}</span>
					</a>
				)}
				{(!subject.locked || mayUnlock) && subject.enrolled && (
					<Button icon="lock" onPress={lock.run} busy={lock.busy}>{say(subject.locked ? "person.unlock" : "person.lock")}</Button>
				)}
			</div>
		</Section>
	);
}

function Leave({ subject }: { readonly subject: Subject }) {
	const { say } = useSpeech();
	const [asking, setAsking] = useState(false);
	const [gone, setGone] = useState(false);
	const remove = useAct(async () => {
		const receipt = await call("subject_remove", { path: { subject: subject.id } });
		saveFile(`${subject.id.slice(0, 6)}-erasure.tanu-receipt`, receipt);
		setAsking(false);
		setGone(true);
	});
	const all = useAct(async () => {
		const data = await call("subject_export", { path: { subject: subject.id } });
		saveFile(`${subject.id.slice(0, 6)}.json`, JSON.stringify(data, null, 2), "application/json");
	});
	const receipt = useAct(() => saveReceipt(subject.id));
	return (
		<Section title={say("person.hers")}>
			<Hint>{say("person.hers.hint")}</Hint>
			<ProblemNote problem={receipt.problem ?? all.problem} />
			{gone ? (
				<p class="note good" role="status">{say("person.left")}</p>
			) : (
				<div class="actions">
					<Button icon="paper" onPress={receipt.run} busy={receipt.busy}>{say("receipt.save")}</Button>
					<Button icon="down" onPress={all.run} busy={all.busy}>{say("person.export")}</Button>
					<Button kind="grave" onPress={() => setAsking(true)}>{say("person.leave")}</Button>
				</div>
			)}
			{asking && (
				<Dialog title={say("person.leave.title")} onClose={() => setAsking(false)}>
					<p>{say("person.leave.text")}</p>
					<ProblemNote problem={remove.problem} />
					<div class="actions end">
						<Button onPress={() => setAsking(false)}>{say("do.cancel")}</Button>
						<Button kind="grave" onPress={remove.run} busy={remove.busy}>{say("person.leave.do")}</Button>
					</div>
				</Dialog>
			)}
		</Section>
	);
}

function Overview({ subject, again }: { readonly subject: Subject; readonly again: () => void }) {
	const { session } = useSession();
	const isEnrolment = hasRole(session, "enrolment");
	return (
		<>
			{hasRole(session, "operator", "enrolment") && <PersonConsents subject={subject} onChange={again} />}
			{hasRole(session, "operator", "enrolment") && <FaceState subject={subject} again={again} />}
			{isEnrolment && subject.asked && <PersonInvitation subject={subject.id} />}
			{isEnrolment && <Leave subject={subject} />}
		</>
	);
}

function CurrentTab({ tab, subject, again }: { readonly tab: Tab; readonly subject: Subject; readonly again: () => void }) {
	switch (tab) {
		case "overview":
			return <Overview subject={subject} again={again} />;
		case "guardians":
			return <PersonGuardians subject={subject.id} />;
		case "passes":
			return <PersonPasses subject={subject.id} />;
		case "papers":
			return <PersonPapers subject={subject.id} />;
		case "history":
			return <Section><HistoryList subject={subject.id} /></Section>;
	}
}

export function Person({ subject: id, tab }: { readonly subject: string; readonly tab: string | undefined }) {
	const { say, date, count } = useSpeech();
	const { session } = useSession();
	const load = useLoad((signal) => call("subject_get", { path: { subject: id }, signal }), [id]);
	return (
		<>
			<a class="back" href={linkTo("people")}><Icon name="back" />{say("nav.people")}</a>
			<Loaded load={load}>
				{(subject, again) => {
					const may = (role: keyof May) => hasRole(session, role);
					const tabs = tabsFor(subject, { operator: may("operator"), enrolment: may("enrolment"), presence: may("presence") });
					const current = tabs.find((one) => one === tab) ?? tabs[0] ?? "history";
					return (
						<>
							<Heading
								title={nameOf(subject, say("person.nameless"))}
								sub={subject.born && `${date(subject.born)} · ${count("person.years", ageOf(subject.born))}`}
							/>
							<nav class="tabs" aria-label={say("person.parts")}>
								{tabs.map((one) => (
									<a key={one} href={linkTo("people", id, ...(one === "overview" ? [] : [one]))} aria-current={one === current ? "page" : undefined}>
										{say(`person.tab.${one}`)}
									</a>
								))}
							</nav>
							<CurrentTab tab={current} subject={subject} again={again} />
							<p class="hint unprinted">{say("person.looks")}</p>
						</>
					);
				}}
			</Loaded>
		</>
	);
}
