// SPDX-License-Identifier: Apache-2.0
// Breaches of data protection: what happened, who must be told by when, and who was. Nobody is told by this page.

import type { Breach } from "contract";
import { useState } from "preact/hooks";
import { call, newAct } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { Choose, Field, Form } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, ButtonLink, Fact, Facts, Heading, Hint, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import type { ScreenProps } from "./console";
import { NewBreach } from "./new_breach";

type Whom = Breach["told"][number]["whom"];
const WHOM: readonly Whom[] = ["authority", "persons", "result", "other"];

function toldMs(one: Breach, whom: Whom): number {
	const times = one.told.filter((told) => told.whom === whom).map((told) => told.at_ms);
	return times.length > 0 ? Math.min(...times) : 0;
}

/** What of its clock is still open: the next time by which somebody must be told. */
function nextDue(one: Breach): number {
	if (one.closed_ms) return 0;
	if (one.due_ms && !toldMs(one, "authority")) return one.due_ms;
	return one.result_due_ms && !toldMs(one, "result") ? one.result_due_ms : 0;
}

function Clock({ one }: { readonly one: Breach }) {
	const { say, moment } = useSpeech();
	if (one.closed_ms) return <Tag tone="off">{say("breach.closed")}</Tag>;
	const due = nextDue(one);
	if (!due) return <Tag tone="good">{say("breach.open")}</Tag>;
	return <Tag tone="warn">{say(due < Date.now() ? "breach.late" : "breach.due", moment(due))}</Tag>;
}

function Tell({ one, again }: { readonly one: Breach; readonly again: () => void }) {
	const { say, cap } = useSpeech();
	const [whom, setWhom] = useState<Whom>("authority");
	const [how, setHow] = useState("");
	const [act, setAct] = useState(newAct);
	const tell = useAct(async () => {
		await call("breach_told", { path: { breach: one.id }, body: { whom, how: how.trim() }, act });
		setHow("");
		setAct(newAct());
		again();
	});
	return (
		<Section title={say("breach.tell")}>
			<Form onSubmit={tell.run}>
				<Choose label={say("breach.whom")} value={whom} onValue={setWhom} choices={WHOM.map((value) => ({ value, label: cap(say(`breach.whom.${value}`)) }))} />
				<Field label={say("breach.how")} hint={say("breach.how.hint")} value={how} onValue={setHow} maxLength={160} />
				<ProblemNote problem={tell.problem} />
				<div class="actions"><Button kind="main" submit busy={tell.busy} disabled={how.trim() === ""}>{say("breach.tell.do")}</Button></div>
			</Form>
		</Section>
	);
}

function Close({ one, again }: { readonly one: Breach; readonly again: () => void }) {
	const { say } = useSpeech();
	const [outcome, setOutcome] = useState("");
	const [untold, setUntold] = useState("");
	const [act] = useState(newAct);
	const mustSay = one.due_ms !== undefined && !toldMs(one, "authority");
	const close = useAct(async () => {
		const body = { outcome: outcome.trim(), ...(mustSay ? { untold: untold.trim() } : {}) };
		await call("breach_close", { path: { breach: one.id }, body, act });
		again();
	});
	return (
		<Section title={say("breach.close")}>
			<Form onSubmit={close.run}>
				<Field label={say("breach.outcome")} value={outcome} onValue={setOutcome} lines={3} maxLength={2000} />
				{mustSay && <Field label={say("breach.untold")} hint={say("breach.untold.hint")} value={untold} onValue={setUntold} maxLength={160} />}
				<ProblemNote problem={close.problem} />
				<div class="actions">
					<Button submit busy={close.busy} disabled={outcome.trim() === "" || (mustSay && untold.trim() === "")}>{say("breach.close.do")}</Button>
				</div>
			</Form>
		</Section>
	);
}

function One({ one, again }: { readonly one: Breach; readonly again: () => void }) {
	const { say, list, moment, count } = useSpeech();
	const { session } = useSession();
	const mayAct = hasRole(session, "administrator") && !one.closed_ms;
	return (
		<>
			<a class="back" href={linkTo("breaches")}><Icon name="back" />{say("nav.breaches")}</a>
			<Heading title={clean(one.what)} actions={<Clock one={one} />} />
			<Section>
				<Facts>
					<Fact name={say("breach.noticed")}>{moment(one.noticed_ms)}</Fact>
					<Fact name={say("breach.kinds")}>{list(one.kinds.map((kind) => say(`breach.kind.${kind}`)))}</Fact>
					<Fact name={say("breach.people")}>{count("breach.people.n", one.people)}</Fact>
					{one.about && <Fact name={say("breach.about")}>{String(one.about)}</Fact>}
					{one.measures && <Fact name={say("breach.measures")}>{clean(one.measures)}</Fact>}
					{one.due_ms && <Fact name={say("breach.due.authority")}>{moment(one.due_ms)}</Fact>}
					{one.result_due_ms && <Fact name={say("breach.due.result")}>{moment(one.result_due_ms)}</Fact>}
					{one.told.map((told) => (
						<Fact key={`${told.whom}${told.at_ms}`} name={say(`breach.told.${told.whom}`)}>{moment(told.at_ms)} · {clean(told.how)}</Fact>
					))}
					{one.closed_ms && <Fact name={say("breach.closed")}>{moment(one.closed_ms)} · {clean(one.outcome ?? "")}</Fact>}
				</Facts>
			</Section>
			{mayAct && <Tell one={one} again={again} />}
			{mayAct && <Close one={one} again={again} />}
			<Hint>{say("breach.drafts")} <code>tanu breach draft</code></Hint>
		</>
	);
}

function Register({ items }: { readonly items: readonly Breach[] }) {
	const { say, count, day } = useSpeech();
	const { session } = useSession();
	const mayAdd = hasRole(session, "administrator");
	return (
		<>
			<Heading
				title={say("nav.breaches")} sub={say("breach.lead")}
				actions={mayAdd && <ButtonLink kind="main" href={linkTo("breaches", "new")}>{say("breach.add")}</ButtonLink>}
			/>
			{items.length === 0 ? (
				<Empty icon="bell" title={say("breach.none")}><p>{say("breach.none.hint")}</p></Empty>
			) : (
				<Section>
					<ul class="rows">
						{[...items].reverse().map((one) => (
							<li key={one.id}>
								<a class="row" href={linkTo("breaches", one.id)}>
									<span>
										<b>{clean(one.what)}</b>
										<span class="small">{day(one.noticed_ms)} · {count("breach.people.n", one.people)}</span>
									</span>
									<Clock one={one} />
								</a>
							</li>
						))}
					</ul>
				</Section>
			)}
		</>
	);
}

export function Breaches({ rest }: ScreenProps) {
	const { say } = useSpeech();
	const [word] = rest;
	const load = useLoad((signal) => call("breaches_list", { signal }), [word === "new"]);
	if (word === "new") return <NewBreach />;
	return (
		<Loaded load={load}>
			{({ items }, again) => {
				const one = word && items.find((candidate) => candidate.id === word);
				if (one) return <One key={one.id} one={one} again={again} />;
				return word ? <Empty icon="bell" title={say("state.not-here")} /> : <Register items={items} />;
			}}
		</Loaded>
	);
}
