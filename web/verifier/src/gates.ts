// SPDX-License-Identifier: Apache-2.0
// Gates that had been lent a reference: the record of an erasure names them, with their keys, and each signs
// a note once it has erased what it held. docs/erasure.md.

import type { Audit } from "./audit";
import { hexBytes, utf8Bytes, utf8Length, type Bytes } from "./bytes";
import { isObject, member, parseCanonical, type Json, type JsonObject } from "./json";
import { splitNote, verifyNote, type Note } from "./note";
import { GATES_MAX, type Receipt } from "./receipt";
import type { ReportGate } from "./report";
import { verifierOf } from "./vkey";

const NAME_BYTES_MAX = 256;

/** What a note says, believed or not. */
interface Word {
	readonly note: Note;
	readonly gate: string;
	readonly subject: string;
	readonly atMs: number;
}

const WORD =
	/^tanu gate erased 1\nsite [0-9a-f]{32}\ngate ([0-9a-f]{32})\nsubject ([0-9a-f]{32})\nlease [0-9]{1,10}\nat ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z)\n$/;

/** As the gates write it: what does not come out the same is none. */
function readTime(text: string): number {
	const ms = Date.parse(text);
	return Number.isNaN(ms) || new Date(ms).toISOString() !== text ? 0 : ms;
}

function readWord(text: string): Word | null {
	const note = splitNote(utf8Bytes(text));
	const parts = note && WORD.exec(note.text);
	const atMs = parts ? readTime(parts[3]!) : 0;
	return note && parts && atMs > 0 ? { note, gate: parts[1]!, subject: parts[2]!, atMs } : null;
}

/** A gate of a record, while its words are looked for. */
interface Lent {
	readonly gate: string;
	readonly name: string;
	readonly key: string;
	readonly keyBytes: Bytes;
	readonly untilMs: number;
	readonly requestedMs: number;
	/** A word in its name is not its own. */
	doubted: boolean;
	atMs: number;
}

function text(object: JsonObject, key: string): string | null {
	const value = member(object, key);
	return typeof value === "string" ? value : null;
}

function readLent(value: Json, requestedMs: number): Lent | null {
	if (!isObject(value)) return null;
	const [gate, key, name, untilMs] = [text(value, "gate"), text(value, "key"), text(value, "name"), member(value, "until_ms")];
	const keyBytes = key === null ? null : hexBytes(key, 32);
	if (gate === null || key === null || name === null || !keyBytes || !hexBytes(gate, 16)) return null;
	if (utf8Length(name) > NAME_BYTES_MAX || typeof untilMs !== "number" || untilMs < 0) return null;
	return { gate, name, key, keyBytes, untilMs, requestedMs, doubted: false, atMs: 0 };
}

/** The same gate of the same erasure, in an older and a newer receipt, is one. */
function addLent(lents: Lent[], lent: Lent): void {
	const known = lents.some((one) => one.gate === lent.gate && one.requestedMs === lent.requestedMs && one.key === lent.key);
	if (!known) lents.push(lent);
}

/** Only an erasure's record names gates; one that is not canonical JSON names none. */
function takeRecord(lents: Lent[], audit: Audit, receipt: Receipt): void {
	if ((receipt.kind !== "termination" && receipt.kind !== "erasure") || receipt.record === "") return;
	const record = parseCanonical(receipt.record);
	const list = isObject(record) ? member(record, "gates") : undefined;
	if (list === undefined || !isObject(record)) return;
	const requestedMs = member(record, "requested_ms");
	if (!Array.isArray(list) || list.length > GATES_MAX || typeof requestedMs !== "number") {
		audit.findings.add("gate-word");
		return;
	}
	for (const value of list) {
		const lent = readLent(value, requestedMs);
		if (lent) addLent(lents, lent);
		else audit.findings.add("gate-word");
	}
}

/** True when some gate's signature is under it. */
function isSigned(lents: readonly Lent[], word: Word): boolean {
	let any = false;
	for (const lent of lents.filter((one) => one.gate === word.gate)) {
		if (verifyNote(word.note, verifierOf(`gate-${lent.gate}`, lent.keyBytes)).result !== "good") {
			lent.doubted = true;
			continue;
		}
		any = true;
		// An older one is about an earlier lease; gates date theirs by the site's clock.
		const isOfThis = word.atMs >= lent.requestedMs;
		if (isOfThis && (lent.atMs === 0 || word.atMs < lent.atMs)) lent.atMs = word.atMs;
	}
	return any;
}

function takeWords(lents: readonly Lent[], audit: Audit, receipt: Receipt): void {
	for (const one of receipt.gateWords) {
		const word = readWord(one);
		if (!word || word.subject !== receipt.subject || !isSigned(lents, word)) audit.findings.add("gate-word");
	}
}

/** What gates have said of an erasure; what is wrong with it goes to the findings. */
export function auditGates(audit: Audit): readonly ReportGate[] {
	const lents: Lent[] = [];
	for (const receipt of audit.receipts) takeRecord(lents, audit, receipt);
	for (const receipt of audit.receipts) takeWords(lents, audit, receipt);
	return lents.map(({ gate, name, untilMs, atMs, doubted }) => {
		const word = atMs > 0 ? "erased" : doubted ? "false" : "silent";
		if (word === "silent") audit.findings.add("gate-silent");
		return { gate, name, untilMs, atMs, word };
	});
}
