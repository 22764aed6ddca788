// SPDX-License-Identifier: Apache-2.0
// Everything that happened, every use of the face, every look by staff, everything handed over; and a
// word against any of it.

import type { Event } from "contract";
import { useState } from "preact/hooks";
import { call, newAct } from "../api/call";
import { useAct } from "../api/load";
import { HistoryList, tellEvent, type HistoryKind } from "../shared/history_list";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Button, Heading, Section } from "../ui/parts";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { firstName, type Reached } from "./portal";
import { TicketCheck } from "./ticket";

const KINDS: readonly (HistoryKind | "all")[] = ["all", "use", "look", "handed"];

export function HistoryScreen({ person, back }: { readonly person: Reached; readonly back: string }) {
	const speech = useSpeech();
	const { say, moment } = speech;
	const [kind, setKind] = useState<HistoryKind | "all">("all");
	const [disputed, setDisputed] = useState<Event | null>(null);
	const [version, setVersion] = useState(0);
	const object = useAct(async () => {
		if (!disputed) return;
		await call("subject_object", { path: { subject: person.subject.id }, body: { event: disputed.id }, act: newAct() });
		setDisputed(null);
		setVersion((n) => n + 1);
	});
	return (
		<>
			<a class="back" href={back}><Icon name="back" />{firstName(person, say("person.nameless"))}</a>
			<Heading title={say("portal.history")} sub={say("portal.history.lead")} />
			<div class="filter" role="group" aria-label={say("history.filter")}>
				{KINDS.map((one) => (
					<Button key={one} pressed={one === kind} onPress={() => setKind(one)}>{say(`history.kind.${one}`)}</Button>
				))}
			</div>
			<Section>
				<HistoryList subject={person.subject.id} onObject={setDisputed} version={version} kind={kind === "all" ? undefined : kind} />
			</Section>
			<p class="hint">{say("portal.history.limits")}</p>
			<TicketCheck subject={person.subject.id} />
			{disputed && (
				<Dialog title={say("history.object.title")} onClose={() => setDisputed(null)}>
					<p><b>{say(`event.${disputed.event}`)}</b>, {moment(disputed.at_ms)}</p>
					<p class="hint">{tellEvent(speech, disputed).join("; ")}</p>
					<p>{say("history.object.text")}</p>
					<ProblemNote problem={object.problem} />
					<div class="actions end">
						<Button onPress={() => setDisputed(null)}>{say("do.cancel")}</Button>
						<Button kind="main" onPress={object.run} busy={object.busy}>{say("history.object.do")}</Button>
					</div>
				</Dialog>
			)}
		</>
	);
}
