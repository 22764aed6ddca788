// SPDX-License-Identifier: Apache-2.0
// Events, times and findings in words, as the C verifier says them.

import type { Event } from "../src/event";
import type { Finding } from "../src/findings";
import { clean, type ReportGate, type ReportLeaf } from "../src/report";
import type { Language, Say } from "./texts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PPB = 1_000_000_000;
/** The last time that a Date can write with a year of four digits. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59);

export function tellTime(ms: number): string {
	const text = new Date(Math.min(ms, LAST_MS)).toISOString();
	return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

function tellCount(language: Language, n: number): string {
	return String(n).replace(/\B(?=(\d{3})+$)/g, language === "en" ? "," : "\u00a0");
}

export function tellDetails(say: Say, language: Language, event: Event): string {
	const parts: string[] = [];
	const purposes = event.purposes.split(",").map((word) => say(`purpose.${word}`));
	if (event.purposes) parts.push(say("detail.for", purposes.join(", ")));
	if (event.by) parts.push(say("detail.by", say(`by.${event.by}`)));
	if (event.recipient) parts.push(say("detail.to", clean(event.recipient)));
	// A court's order has a first day, everything else a last one.
	if (event.due_ms) parts.push(say(event.type === "guardian-barred" ? "detail.since" : "detail.until", tellTime(event.due_ms)));
	if (event.reason) parts.push(say("detail.reason", say(`reason.${event.reason}`)));
	if (event.fmr_ppb) parts.push(say("detail.fmr", tellCount(language, Math.floor((PPB + event.fmr_ppb / 2) / event.fmr_ppb))));
	if (event.fmr_ppb && event.fmr_extrapolated) parts.push(say("detail.fitted"));
	return parts.join("; ");
}

function tellDuration(say: Say, ms: number, round: (n: number) => number): string {
	if (ms >= 2 * DAY) return say("unit.days", round(ms / DAY));
	return ms >= 2 * HOUR ? say("unit.hours", round(ms / HOUR)) : say("unit.minutes", round(ms / MINUTE));
}

/** When it was published, as far as that is bounded. */
export function tellPublished(say: Say, leaf: ReportLeaf, atMs: number): string {
	const low = leaf.afterMs && leaf.afterMs - atMs >= MINUTE ? tellDuration(say, leaf.afterMs - atMs, Math.floor) : "";
	const high = leaf.beforeMs && leaf.beforeMs >= atMs ? tellDuration(say, leaf.beforeMs - atMs, Math.ceil) : "";
	if (low && high) return say("detail.between", low, high);
	if (low) return say("detail.late", low);
	return high && say("detail.within", high);
}

export function tellFinding(say: Say, { code, n, index }: Finding): string {
	const parts: string[] = [];
	if (n >= 0) parts.push(say("detail.place", n + 1));
	if (index >= 0) parts.push(say("detail.entry", index));
	return say(`finding.${code}`) + (parts.length > 0 ? ` (${parts.join("; ")})` : "");
}

/** "Main entrance: erased ...", or until when it can hold anything. */
export function tellGate(say: Say, gate: ReportGate): string {
	return `${clean(gate.name)}: ${say(`gate.${gate.word}`, tellTime(gate.atMs || gate.untilMs))}`;
}
