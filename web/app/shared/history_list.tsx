// SPDX-License-Identifier: Apache-2.0
// What happened to a person, page by page, as the console and the portal both show it.

import type { Event } from "contract";
import { useEffect, useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { Button } from "../ui/parts";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean, type Speech } from "../words/speech";

const PAGE = 30;

/** Uses of the face, which people look for first. */
export const USES: ReadonlySet<string> = new Set(["verified", "verify-no-match", "verify-refused", "identified", "calibrated", "compared-at-enrolment", "enrolled"]);
const LOOKS = new Set(["staff-look"]);
const HANDED = new Set(["disclosed", "disclosure-refused", "exported"]);

export type HistoryKind = "use" | "look" | "handed";
const KINDS: Readonly<Record<HistoryKind, ReadonlySet<string>>> = { use: USES, look: LOOKS, handed: HANDED };

export function tellEvent(speech: Speech, event: Event): readonly string[] {
	const { say, list, oneIn } = speech;
	const parts: string[] = [];
	if (event.purposes.length > 0) parts.push(say("detail.for", list(event.purposes.map((word) => say(`purpose.${word}`)))));
	if (event.by) parts.push(say("detail.by", speech.has(`by.${event.by}`) ? say(`by.${event.by}`) : clean(event.by)));
	if (event.recipient) parts.push(say("detail.to", clean(event.recipient)));
	if (event.reason) parts.push(say("detail.reason", speech.has(`reason.${event.reason}`) ? say(`reason.${event.reason}`) : clean(event.reason)));
	if (event.due_ms) parts.push(say("detail.until", speech.lastDay(event.due_ms)));
	if (event.fmr) parts.push(say("history.error", oneIn(event.fmr)));
	return parts;
}

function EventItem({ event, onObject, objected }: {
	readonly event: Event; readonly onObject?: ((event: Event) => void) | undefined; readonly objected: boolean;
}) {
	const speech = useSpeech();
	const { say, lately } = speech;
	const kind = USES.has(event.event) ? "use" : LOOKS.has(event.event) ? "look" : HANDED.has(event.event) ? "handed" : "other";
	return (
		<li class={`event ${kind}`}>
			<time dateTime={new Date(event.at_ms).toISOString()}>{lately(event.at_ms, Date.now())}</time>
			<div>
				<b>{say(`event.${event.event}`)}</b>
				{tellEvent(speech, event).map((part) => <span key={part}>{part}</span>)}
				{objected && <span class="objected">{say("history.objected")}</span>}
			</div>
			{onObject && !objected && event.event !== "objected" && (
				<button
					type="button" class="event-act" onClick={() => onObject(event)}
					aria-label={`${say("history.object")}: ${say(`event.${event.event}`)}, ${lately(event.at_ms, Date.now())}`}
				>
					{say("history.object")}
				</button>
			)}
		</li>
	);
}

export function HistoryList({ subject, onObject, version = 0, kind }: {
	readonly subject: string; readonly onObject?: (event: Event) => void; readonly version?: number; readonly kind?: HistoryKind | undefined;
}) {
	const { say } = useSpeech();
	const [more, setMore] = useState<{ readonly items: readonly Event[]; readonly next: string | undefined } | null>(null);
	const first = useLoad((signal) => call("subject_history", { path: { subject }, query: { limit: PAGE }, signal }), [subject, version]);
	useEffect(() => setMore(null), [subject, version]);
	const shown = first.state === "ready" ? [...first.value.items, ...(more?.items ?? [])] : [];
	const next = more ? more.next : first.state === "ready" ? first.value.next : undefined;
	const read = useAct(async () => {
		const page = await call("subject_history", { path: { subject }, query: { limit: PAGE, ...(next ? { cursor: next } : {}) } });
		setMore((before) => ({ items: [...(before?.items ?? []), ...page.items], next: page.next }));
	});
	return (
		<Loaded load={first}>
			{() => {
				const objected = new Set(shown.filter((event) => event.event === "objected").map((event) => event.about));
				const wanted = shown.filter((event) => !kind || KINDS[kind].has(event.event));
				if (wanted.length === 0 && !next) return <Empty icon="paper" title={say(kind ? `history.none.${kind}` : "history.none")} />;
				return (
					<>
						<ol class="events">
							{wanted.map((event) => (
								<EventItem key={event.id} event={event} onObject={onObject} objected={objected.has(event.id)} />
							))}
						</ol>
						<ProblemNote problem={read.problem} />
						{next && <Button onPress={read.run} busy={read.busy}>{say("do.more")}</Button>}
					</>
				);
			}}
		</Loaded>
	);
}
