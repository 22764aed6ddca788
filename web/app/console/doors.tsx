// SPDX-License-Identifier: Apache-2.0
// Doors as they stand, and what happens at the site right now.

import type { Gate } from "contract";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { call } from "../api/call";
import { useLiveEvents, type Connection, type LiveEvent } from "../api/events";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { ring } from "../shared/bell";
import { LanesSection } from "../shared/lanes";
import { ConfirmButton } from "../ui/confirm";
import { Icon } from "../ui/icon";
import { Button, Heading, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

/** Somebody waits for an adult: it rings. */
const CALLS: ReadonlySet<string> = new Set(["bell", "bell-late"]);
/** What stands on this page changes with these. */
const CHANGES: ReadonlySet<string> = new Set(["lockdown", "lockdown-over", "lockdown-ordered", "lockdown-ended", "admitted", "not-admitted", "released"]);
const TONES = { connecting: "off", open: "good", lost: "warn" } as const satisfies Record<Connection, string>;

/** Newest first: a call waits until the same door, or a tablet, is answered. */
function waits(events: readonly LiveEvent[], at: number): boolean {
	const { event, gate } = events[at]!;
	return CALLS.has(event) && !events.slice(0, at).some((later) => later.gate === gate && (later.event === "bell-answered" || CALLS.has(later.event)));
}

function Answer({ gate }: { readonly gate: string | null }) {
	const { say } = useSpeech();
	const [told, setTold] = useState(false);
	const act = useAct(async () => {
		await call("bell_answer", { body: gate ? { gate } : {} });
		setTold(true);
	});
	if (told) return <span class="small" role="status">{say("doors.answer.told")}</span>;
	return (
		<>
			<Button busy={act.busy} onPress={() => act.run()}>{say("doors.answer")}</Button>
			{act.problem && <ProblemNote problem={act.problem} />}
		</>
	);
}

function LiveRow({ event, door, isWaiting }: { readonly event: LiveEvent; readonly door: string | undefined; readonly isWaiting: boolean }) {
	const { say, time } = useSpeech();
	return (
		<li class="row">
			<span>
				<b>{CALLS.has(event.event) && <Icon name="bell" />}{say(`event.${event.event}`)}</b>
				{door && <span class="small">{clean(door)}{event.subject && " · "}</span>}
				{event.subject && <a class="small code" href={linkTo("people", event.subject)}>{event.subject.slice(0, 6)}</a>}
				{isWaiting && <Answer gate={event.gate} />}
			</span>
			<time class="small" dateTime={new Date(event.atMs).toISOString()}>{time(event.atMs)}</time>
		</li>
	);
}

function Live({ gates, onChange }: { readonly gates: readonly Gate[]; readonly onChange: () => void }) {
	const { say } = useSpeech();
	const { session } = useSession();
	const { events, connection } = useLiveEvents();
	const mayAnswer = hasRole(session, "operator");
	const latestCall = events.find(({ event }) => CALLS.has(event))?.key;
	const latestChange = events.find(({ event }) => CHANGES.has(event))?.key;
	useEffect(() => {
		if (latestCall !== undefined) ring();
	}, [latestCall]);
	useEffect(() => {
		if (latestChange !== undefined) onChange();
	}, [latestChange, onChange]);
	return (
		<Section title={say("doors.live")} actions={<span role="status"><Tag tone={TONES[connection]}>{say(`doors.connection.${connection}`)}</Tag></span>}>
			{events.length === 0 ? (
				<p class="hint">{say("doors.quiet")}</p>
			) : (
				<ul class="rows" aria-live="polite">
					{events.map((event, at) => (
						<LiveRow key={event.key} event={event} door={gates.find(({ id }) => id === event.gate)?.name} isWaiting={mayAnswer && waits(events, at)} />
					))}
				</ul>
			)}
		</Section>
	);
}

function standing(gate: { state: string; online: boolean }) {
	if (gate.state === "added") return "doors.waiting";
	if (gate.state === "revoked") return "doors.revoked";
	return gate.online ? "doors.online" : "doors.offline";
}

function LetIn({ gate }: { readonly gate: Gate }) {
	const { say } = useSpeech();
	const [told, setTold] = useState(false);
	return (
		<>
			<ConfirmButton
				title={say("doors.release.title", clean(gate.name))} text={say("doors.release.text")} kind="plain" label={`${say("doors.release")}: ${clean(gate.name)}`}
				act={async () => {
					await call("gate_release", { path: { gate: gate.id } });
					setTold(true);
				}}
			>
				{say("doors.release")}
			</ConfirmButton>
			<span class="small" role="status">{told && say("doors.release.told")}</span>
		</>
	);
}

function GateCard({ gate, mayRelease }: { readonly gate: Gate; readonly mayRelease: boolean }) {
	const { say } = useSpeech();
	const isShut = gate.lockdown !== "off";
	return (
		<li class={isShut ? "gate shut" : gate.online ? "gate online" : "gate"}>
			<b>{clean(gate.name)}</b>
			<Tag tone={gate.online ? "good" : "warn"}>{say(standing(gate))}</Tag>
			{isShut && <Tag tone="grave">{say(`doors.lockdown.${gate.lockdown}`)}</Tag>}
			{gate.lockdown === "on" && !gate.lockdown_by_site && <span class="small">{say("doors.lockdown.there")}</span>}
			<span>{say("doors.counts", gate.grants, gate.refusals)}</span>
			<span>{say("doors.features", gate.embeddings, gate.permits)}</span>
			{mayRelease && gate.online && <LetIn gate={gate} />}
		</li>
	);
}

/** The one button for all doors; taking back asks as well, as it opens them. */
function Lockdown({ gates, onChange }: { readonly gates: readonly Gate[]; readonly onChange: () => void }) {
	const { say } = useSpeech();
	const isOrdered = gates.some((gate) => gate.lockdown_by_site);
	const word = isOrdered ? "end" : "order";
	return (
		<ConfirmButton
			kind={isOrdered ? "main" : "grave"} title={say(`doors.lockdown.${word}.title`)} text={say(`doors.lockdown.${word}.text`)}
			act={async () => {
				await call("gates_lockdown", { body: { on: !isOrdered } });
				onChange();
			}}
		>
			{say(`doors.lockdown.${word}`)}
		</ConfirmButton>
	);
}

const NO_GATES: readonly Gate[] = [];

export function Doors() {
	const { say } = useSpeech();
	const { session } = useSession();
	const load = useLoad((signal) => call("gates_list", { signal }), []);
	const gates = load.state === "ready" ? load.value.items : NO_GATES;
	const again = useRef<() => void>(() => {});
	again.current = load.state === "loading" ? () => {} : load.again;
	const onChange = useCallback(() => again.current(), []);
	const mayOrder = hasRole(session, "operator", "administrator") && gates.some(({ state }) => state === "paired");
	return (
		<>
			<Heading title={say("nav.doors")} sub={say("doors.lead")} actions={mayOrder && <Lockdown gates={gates} onChange={onChange} />} />
			<Loaded load={load}>
				{({ items }) =>
					items.length === 0 ? (
						<Empty icon="door" title={say("doors.none")}><p>{say("doors.none.hint")}</p></Empty>
					) : (
						<ul class="gates">
							{items.map((gate) => <GateCard key={gate.id} gate={gate} mayRelease={hasRole(session, "operator")} />)}
						</ul>
					)}
			</Loaded>
			<Live gates={gates} onChange={onChange} />
			<LanesSection />
		</>
	);
}
