// SPDX-License-Identifier: Apache-2.0
// Doors as they stand, and what happens at the site right now.

import { useEffect } from "preact/hooks";
import { call } from "../api/call";
import { useLiveEvents, type Connection, type LiveEvent } from "../api/events";
import { useLoad } from "../api/load";
import { ring } from "../shared/bell";
import { Icon } from "../ui/icon";
import { Heading, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { Empty, Loaded } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

const TONES = { connecting: "off", open: "good", lost: "warn" } as const satisfies Record<Connection, string>;

function LiveRow({ event }: { readonly event: LiveEvent }) {
	const { say, time } = useSpeech();
	return (
		<li class="row">
			<span>
				<b>{event.event === "bell" && <Icon name="bell" />}{say(`event.${event.event}`)}</b>
				{event.subject && <a class="small code" href={linkTo("people", event.subject)}>{event.subject.slice(0, 6)}</a>}
			</span>
			<time class="small" dateTime={new Date(event.atMs).toISOString()}>{time(event.atMs)}</time>
		</li>
	);
}

function Live() {
	const { say } = useSpeech();
	const { events, connection } = useLiveEvents();
	const latestBell = events.find(({ event }) => event === "bell")?.key;
	useEffect(() => {
		if (latestBell !== undefined) ring();
	}, [latestBell]);
	return (
		<Section title={say("doors.live")} actions={<span role="status"><Tag tone={TONES[connection]}>{say(`doors.connection.${connection}`)}</Tag></span>}>
			{events.length === 0 ? (
				<p class="hint">{say("doors.quiet")}</p>
			) : (
				<ul class="rows" aria-live="polite">{events.map((event) => <LiveRow key={event.key} event={event} />)}</ul>
			)}
		</Section>
	);
}

function standing(gate: { state: string; online: boolean }) {
	if (gate.state === "added") return "doors.waiting";
	if (gate.state === "revoked") return "doors.revoked";
	return gate.online ? "doors.online" : "doors.offline";
}

export function Doors() {
	const { say } = useSpeech();
	const load = useLoad((signal) => call("gates_list", { signal }), []);
	return (
		<>
			<Heading title={say("nav.doors")} sub={say("doors.lead")} />
			<Loaded load={load}>
				{({ items }) =>
					items.length === 0 ? (
						<Empty icon="door" title={say("doors.none")}><p>{say("doors.none.hint")}</p></Empty>
					) : (
						<ul class="gates">
							{items.map((gate) => (
								<li key={gate.id} class={gate.online ? "gate online" : "gate"}>
									<b>{clean(gate.name)}</b>
									<Tag tone={gate.online ? "good" : "warn"}>{say(standing(gate))}</Tag>
									<span>{say("doors.counts", gate.grants, gate.refusals)}</span>
									<span>{say("doors.features", gate.embeddings, gate.permits)}</span>
								</li>
							))}
						</ul>
					)}
			</Loaded>
			<Live />
		</>
	);
}
