// SPDX-License-Identifier: Apache-2.0
// An event's canonical JSON as fields. A field of the wrong shape is refused, not guessed at.

import { hexBytes, utf8Length, type Bytes } from "./bytes";
import { EVENT_BYTES_MAX } from "./leaf";
import { isObject, member, parseCanonicalBytes, type Json, type JsonObject } from "./json";

export const EVENT_TYPES: readonly string[] = [
	"subject-added", "subject-removed", "consent-given", "consent-refused", "consent-withdrawn", "consent-expired",
	"enrolled", "enrol-refused", "verified", "verify-no-match", "verify-refused", "identified", "reference-erased",
	"calibrated", "compared-at-enrolment", "second-factor", "guardian-added", "guardian-barred", "guardian-removed",
	"consent-requested", "assent-given", "consent-lapsed", "log-key-renewed", "history-erased", "disclosed",
	"disclosure-refused", "corrected", "objected", "exported", "pass-issued", "pass-revoked", "paper-added", "staff-look",
	"locked", "unlocked", "receipt-issued", "reference-aged", "breach", "admitted", "not-admitted",
	"card-added", "card-revoked", "erased-at-gate",
];

/** What is absent is "", 0 or false; `before` is null. */
export interface Event {
	readonly about: string;
	readonly at_ms: number;
	readonly before: number | null;
	readonly by: string;
	readonly document: string;
	readonly due_ms: number;
	readonly fmr_extrapolated: boolean;
	readonly fmr_ppb: number;
	readonly purposes: string;
	readonly quarter: number;
	readonly reason: string;
	readonly recipient: string;
	readonly sequence: number;
	readonly type: string;
}

export function isKnown(event: Event): boolean {
	return EVENT_TYPES.includes(event.type);
}

class Misshapen extends Error {}

function words(object: JsonObject, key: string, bytesMax: number, shape: RegExp | null): string {
	const text = member(object, key);
	if (text === undefined) return "";
	if (typeof text !== "string" || text === "" || utf8Length(text) > bytesMax || (shape && !shape.test(text)))
		throw new Misshapen(key);
	return text;
}

function digits(object: JsonObject, key: string, bytes: number): string {
	const text = words(object, key, 2 * bytes, null);
	if (text !== "" && !hexBytes(text, bytes)) throw new Misshapen(key);
	return text;
}

function count(object: JsonObject, key: string, most = Number.MAX_SAFE_INTEGER): number {
	const value = member(object, key);
	if (value === undefined) return 0;
	if (typeof value !== "number" || value < 0 || value > most) throw new Misshapen(key);
	return value;
}

function flag(object: JsonObject, key: string): boolean {
	const value = member(object, key);
	if (value !== undefined && typeof value !== "boolean") throw new Misshapen(key);
	return value ?? false;
}

function readFields(object: JsonObject): Event {
	for (const needed of ["at_ms", "sequence", "type"]) if (member(object, needed) === undefined) throw new Misshapen(needed);
	return {
		about: digits(object, "about", 16),
		at_ms: count(object, "at_ms"),
		before: member(object, "before") === undefined ? null : count(object, "before"),
		by: words(object, "by", 15, /^[a-z-]*$/),
		document: digits(object, "document", 32),
		due_ms: count(object, "due_ms"),
		fmr_extrapolated: flag(object, "fmr_extrapolated"),
		fmr_ppb: count(object, "fmr_ppb", 1_000_000_000),
		purposes: words(object, "purposes", 127, /^[a-z,-]*$/),
		quarter: count(object, "quarter", 65535),
		reason: words(object, "reason", 39, /^[a-z0-9-]*$/),
		recipient: words(object, "recipient", 160, null),
		sequence: count(object, "sequence"),
		type: words(object, "type", 39, /^[a-z0-9-]*$/),
	};
}

/** null for what is no event. Fields that are not known here are passed over. */
export function parseEvent(text: Bytes): Event | null {
	const value = text.length <= EVENT_BYTES_MAX ? parseCanonicalBytes(text) : undefined;
	if (!isObject(value)) return null;
	try {
		return readFields(value);
	} catch (error) {
		if (error instanceof Misshapen) return null;
		throw error;
	}
}

/** The known fields, those that say nothing left out. */
export function eventFields(event: Event): JsonObject {
	const always = ["at_ms", "sequence", "type"];
	const fields: [string, Json][] = Object.entries(event);
	return Object.fromEntries(
		fields.filter(([key, value]) => always.includes(key) || (key === "before" ? value !== null : Boolean(value))),
	);
}

const PURPOSES: readonly string[] = ["access", "attendance", "visit", "identity", "calibration"];

/** None for a list that holds a word that is no purpose. */
export function purposesOf(event: Event): ReadonlySet<string> {
	const list = event.purposes.split(",");
	return new Set(list.every((word) => PURPOSES.includes(word)) ? list : []);
}
