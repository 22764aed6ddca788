// SPDX-License-Identifier: Apache-2.0
// What happens at the site, live. The browser connects anew by itself; we only say how it stands.

import { useEffect, useState } from "preact/hooks";
import { addressOf } from "./call";

export interface LiveEvent {
	readonly key: number;
	readonly event: string;
	readonly atMs: number;
	readonly subject: string | null;
	readonly gate: string | null;
}
export type Connection = "connecting" | "open" | "lost";

const KEPT_MAX = 50;

function parseLive(key: number, text: string): LiveEvent | null {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value !== "object" || value === null) return null;
		const { event, at_ms: atMs, subject, gate } = value as Readonly<Record<string, unknown>>;
		if (typeof event !== "string" || typeof atMs !== "number") return null;
		const word = (one: unknown) => (typeof one === "string" ? one : null);
		return { key, event, atMs, subject: word(subject), gate: word(gate) };
	} catch {
		return null;
	}
}

export function useLiveEvents(): { readonly events: readonly LiveEvent[]; readonly connection: Connection } {
	const [events, setEvents] = useState<readonly LiveEvent[]>([]);
	const [connection, setConnection] = useState<Connection>("connecting");
	useEffect(() => {
		const source = new EventSource(addressOf("events_stream"));
		let count = 0;
		source.onopen = () => setConnection("open");
		source.onerror = () => setConnection("lost");
		source.onmessage = ({ data }) => {
			const one = parseLive(count++, String(data));
			if (one) setEvents((before) => [one, ...before].slice(0, KEPT_MAX));
		};
		return () => source.close();
	}, []);
	return { events, connection };
}
