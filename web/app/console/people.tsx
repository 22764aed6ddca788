// SPDX-License-Identifier: Apache-2.0
// People: found by name, added one by one or from a file.

import type { Subject } from "contract";
import { useEffect, useState } from "preact/hooks";
import { call, newAct } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { isoDate } from "../shared/dates";
import { Field, Form } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, ButtonLink, Heading, Section, Tag } from "../ui/parts";
import { goTo, linkTo } from "../ui/route";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import type { ScreenProps } from "./console";
import { Desk } from "./desk";
import { Enrol } from "./enrol";
import { ImportPeople } from "./import_people";
import { Person } from "./person";
import { Scans } from "./scans";

const PAGE = 50;
const TYPING_MS = 250;

export function PersonTags({ subject }: { readonly subject: Subject }) {
	const { say } = useSpeech();
	return (
		<span class="tags">
			{subject.damaged && <Tag tone="warn">{say("person.damaged")}</Tag>}
			{subject.minor && <Tag>{say("person.minor")}</Tag>}
			{subject.locked && <Tag tone="warn">{say("person.locked")}</Tag>}
			{subject.enrolled ? <Tag tone="good">{say("person.enrolled")}</Tag> : <Tag tone="off">{say("person.not-enrolled")}</Tag>}
		</span>
	);
}

export function nameOf(subject: Subject, nameless: string): string {
	return subject.name === undefined ? nameless : clean(subject.name);
}

function PersonRow({ subject }: { readonly subject: Subject }) {
	const { say, date } = useSpeech();
	return (
		<li>
			<a class="row" href={linkTo("people", subject.id)}>
				<span>
					<b>{nameOf(subject, say("person.nameless"))}</b>
					<span class="small">
						{subject.born && `${date(subject.born)} · `}
						<span class="code">{subject.id.slice(0, 6)}</span>
					</span>
				</span>
				<PersonTags subject={subject} />
			</a>
		</li>
	);
}

/** What was typed, once the typing has stopped. */
export function useSettled(value: string): string {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(value.trim()), TYPING_MS);
		return () => clearTimeout(timer);
	}, [value]);
	return settled;
}

function Found({ q }: { readonly q: string }) {
	const { say, count } = useSpeech();
	const { session } = useSession();
	const [more, setMore] = useState<{ readonly items: readonly Subject[]; readonly next: string | undefined } | null>(null);
	const first = useLoad((signal) => call("subjects_list", { query: { q, limit: PAGE }, signal }), [q]);
	useEffect(() => setMore(null), [q]);
	const next = more ? more.next : first.state === "ready" ? first.value.next : undefined;
	const read = useAct(async () => {
		const page = await call("subjects_list", { query: { q, limit: PAGE, ...(next ? { cursor: next } : {}) } });
		setMore((before) => ({ items: [...(before?.items ?? []), ...page.items], next: page.next }));
	});
	return (
		<Loaded load={first}>
			{({ items, total }) => {
				const all = [...items, ...(more?.items ?? [])];
				if (all.length === 0 && q !== "") return <Empty icon="search" title={say("people.none-found", clean(q))}><p>{say("people.none-found.hint")}</p></Empty>;
				if (all.length === 0)
					return (
						<Empty
							icon="people" title={say("people.none")}
							actions={hasRole(session, "enrolment") && (
								<>
									<ButtonLink kind="main" href={linkTo("people", "new")}>{say("people.add")}</ButtonLink>
									<ButtonLink href={linkTo("people", "import")}>{say("people.import")}</ButtonLink>
								</>
							)}
						>
							<p>{say("people.none.hint")}</p>
						</Empty>
					);
				return (
					<Section>
						<p class="hint" role="status">{count("people.total", total ?? all.length)}</p>
						<ul class="rows">{all.map((subject) => <PersonRow key={subject.id} subject={subject} />)}</ul>
						<ProblemNote problem={read.problem} />
						{next && <Button onPress={read.run} busy={read.busy}>{say("do.more")}</Button>}
					</Section>
				);
			}}
		</Loaded>
	);
}

function PeopleList() {
	const { say } = useSpeech();
	const { session } = useSession();
	const [q, setQ] = useState("");
	const settled = useSettled(q);
	return (
		<>
			<Heading
				title={say("nav.people")}
				actions={hasRole(session, "enrolment") && (
					<>
						<ButtonLink kind="main" href={linkTo("people", "new")}>{say("people.add")}</ButtonLink>
						<ButtonLink icon="down" href={linkTo("people", "import")}>{say("people.import")}</ButtonLink>
						<ButtonLink icon="paper" href={linkTo("people", "scans")}>{say("scan.title")}</ButtonLink>
					</>
				)}
			/>
			<form role="search" class="search" onSubmit={(event) => event.preventDefault()}>
				<Icon name="search" />
				<input
					type="search" value={q} aria-label={say("people.search")} placeholder={say("people.search")} maxLength={200}
					autocomplete="off" spellcheck={false} onInput={(event) => setQ(event.currentTarget.value)}
				/>
			</form>
			<Found q={settled} />
		</>
	);
}

function AddPerson() {
	const { say } = useSpeech();
	const [name, setName] = useState("");
	const [born, setBorn] = useState("");
	const [act, setAct] = useState(newAct);
	const add = useAct(async () => {
		const subject = await call("subject_add", { body: { name: name.trim(), born }, act });
		setAct(newAct());
		goTo("people", subject.id);
	});
	return (
		<>
			<a class="back" href={linkTo("people")}><Icon name="back" />{say("nav.people")}</a>
			<Heading title={say("people.add")} sub={say("people.add.lead")} />
			<Section>
				<Form onSubmit={add.run}>
					<Field label={say("person.name")} hint={say("person.name.hint")} value={name} onValue={setName} maxLength={200} autofocus required />
					<Field label={say("person.born")} value={born} onValue={setBorn} type="date" min="1900-01-01" max={isoDate(new Date())} required />
					<ProblemNote problem={add.problem} />
					<div class="actions">
						<Button kind="main" submit busy={add.busy} disabled={name.trim() === "" || born === ""}>{say("people.add.do")}</Button>
					</div>
				</Form>
			</Section>
		</>
	);
}

export function People({ rest }: ScreenProps) {
	const [first, second] = rest;
	if (first === undefined) return <PeopleList />;
	if (first === "new") return <AddPerson />;
	if (first === "import") return <ImportPeople />;
	if (first === "scans") return <Scans />;
	if (second === "consent") return <Desk subject={first} />;
	if (second === "face") return <Enrol subject={first} />;
	return <Person key={first} subject={first} tab={second} />;
}
