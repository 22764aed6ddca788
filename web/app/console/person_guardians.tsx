// SPDX-License-Identifier: Apache-2.0
// Who may speak for a child, and how that was checked.

import type { Guardian, Subject } from "contract";
import { useState } from "preact/hooks";
import { call, newAct } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { useSession } from "../api/session";
import { isoDate } from "../shared/dates";
import { sha256Of } from "../shared/digest";
import { ConfirmButton } from "../ui/confirm";
import { Dialog } from "../ui/dialog";
import { Choose, Field, Form } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, Hint, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import { nameOf, useSettled } from "./people";

const RELATIONS = ["mother", "father", "guardian", "other"] as const;
type Relation = (typeof RELATIONS)[number];

function PickPerson({ child, onPick }: { readonly child: string; readonly onPick: (subject: Subject) => void }) {
	const { say, date } = useSpeech();
	const [q, setQ] = useState("");
	const settled = useSettled(q);
	const load = useLoad(async (signal) => (settled.length < 2 ? null : await call("subjects_list", { query: { q: settled, limit: 8 }, signal })), [settled]);
	const adults = load.state === "ready" && load.value ? load.value.items.filter((one) => one.id !== child && !one.minor) : null;
	return (
		<>
			<Field label={say("guardian.find")} hint={say("guardian.find.hint")} value={q} onValue={setQ} type="search" autofocus />
			{load.state === "failed" && <ProblemNote problem={load.problem} />}
			{adults && (
				<ul class="rows" aria-label={say("guardian.found")}>
					{adults.map((one) => (
						<li key={one.id}>
							<button type="button" class="row pick" onClick={() => onPick(one)}>
								<b>{nameOf(one, say("person.nameless"))}</b>
								<span class="small">{one.born && date(one.born)}</span>
							</button>
						</li>
					))}
					{adults.length === 0 && <li class="hint">{say("guardian.none-found")}</li>}
				</ul>
			)}
		</>
	);
}

function AddGuardian({ child, onClose, onDone }: { readonly child: string; readonly onClose: () => void; readonly onDone: () => void }) {
	const { say, cap } = useSpeech();
	const { session } = useSession();
	const [guardian, setGuardian] = useState<Subject | null>(null);
	const [relation, setRelation] = useState<Relation | "">("");
	const [how, setHow] = useState("");
	const [act] = useState(newAct);
	const add = useAct(async () => {
		if (!guardian || !relation) return;
		const body = { guardian: guardian.id, relation, checked_by: session.account.name, how: how.trim() };
		await call("guardian_add", { path: { subject: child }, body, act });
		onDone();
	});
	return (
		<Dialog title={say("guardian.add")} onClose={onClose}>
			<Form onSubmit={add.run}>
				{guardian ? (
					<p class="picked">
						<b>{nameOf(guardian, say("person.nameless"))}</b>
						<Button kind="quiet" onPress={() => setGuardian(null)}>{say("do.change")}</Button>
					</p>
				) : (
					<PickPerson child={child} onPick={setGuardian} />
				)}
				<Choose
					label={say("guardian.relation")} value={relation} onValue={setRelation}
					choices={RELATIONS.map((value) => ({ value, label: cap(say(`relation.${value}`)) }))}
				/>
				<Field label={say("guardian.how")} hint={say("guardian.how.hint")} value={how} onValue={setHow} maxLength={200} />
				<ProblemNote problem={add.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={add.busy} disabled={!guardian || !relation || how.trim() === ""}>{say("guardian.add.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

function BarGuardian({ child, guardian, onClose, onDone }: {
	readonly child: string; readonly guardian: Guardian; readonly onClose: () => void; readonly onDone: () => void;
}) {
	const { say } = useSpeech();
	const [from, setFrom] = useState(() => isoDate(new Date()));
	const [document, setDocument] = useState("");
	const [act] = useState(newAct);
	const hash = useAct(async (file: File) => setDocument(await sha256Of(file)));
	const bar = useAct(async () => {
		await call("guardian_bar", { path: { subject: child, guardian: guardian.guardian }, body: { document, from }, act });
		onDone();
	});
	return (
		<Dialog title={say("guardian.bar")} onClose={onClose}>
			<Form onSubmit={bar.run}>
				<p>{say("guardian.bar.text", clean(guardian.name ?? ""))}</p>
				<Field label={say("guardian.bar.from")} value={from} onValue={setFrom} type="date" />
				<label class="file">
					<input type="file" onChange={(event) => event.currentTarget.files?.[0] && hash.run(event.currentTarget.files[0])} />
					<span><Icon name="paper" />{say(document ? "guardian.bar.document.chosen" : "guardian.bar.document")}</span>
				</label>
				<Hint>{say("guardian.bar.document.hint")}</Hint>
				<ProblemNote problem={bar.problem ?? hash.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="grave" submit busy={bar.busy} disabled={document === "" || from === ""}>{say("guardian.bar.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

export function PersonGuardians({ subject }: { readonly subject: string }) {
	const { say, day } = useSpeech();
	const [adding, setAdding] = useState(false);
	const [barring, setBarring] = useState<Guardian | null>(null);
	const load = useLoad((signal) => call("guardians_list", { path: { subject }, signal }), [subject]);
	const remove = async (guardian: string, again: () => void) => {
		await call("guardian_remove", { path: { subject, guardian } });
		again();
	};
	return (
		<Section title={say("person.tab.guardians")} actions={<Button onPress={() => setAdding(true)}>{say("guardian.add")}</Button>}>
			<Loaded load={load}>
				{({ items }, again) => {
					const close = () => {
						setAdding(false);
						setBarring(null);
						again();
					};
					return (
						<>
							{items.length === 0 && <Empty icon="people" title={say("guardian.none")}><p>{say("guardian.none.hint")}</p></Empty>}
							<ul class="rows">
								{items.map((one) => (
									<li key={one.guardian} class="row">
										<span>
											<b><a href={linkTo("people", one.guardian)}>{clean(one.name ?? one.guardian.slice(0, 6))}</a></b>
											<span class="small">
												{say(`relation.${one.relation}`)} · {say("guardian.since", day(one.since_ms))}
												{one.how && ` · ${clean(one.how)}`}
											</span>
										</span>
										<span class="tags">
											<Tag tone={one.may_speak ? "good" : one.state === "barred" ? "warn" : "off"}>{say(`guardian.state.${one.state}`)}</Tag>
											{one.state === "speaks" && (
												<>
													<ConfirmButton title={say("guardian.remove.title")} text={say("guardian.remove.text")} act={() => remove(one.guardian, again)}>
														{say("guardian.remove")}
													</ConfirmButton>
													<Button kind="quiet" onPress={() => setBarring(one)}>{say("guardian.bar")}</Button>
												</>
											)}
										</span>
									</li>
								))}
							</ul>
							{adding && <AddGuardian child={subject} onClose={() => setAdding(false)} onDone={close} />}
							{barring && <BarGuardian child={subject} guardian={barring} onClose={() => setBarring(null)} onDone={close} />}
						</>
					);
				}}
			</Loaded>
		</Section>
	);
}
