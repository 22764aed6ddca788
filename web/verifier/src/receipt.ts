// SPDX-License-Identifier: Apache-2.0
// A receipt file: signed note, first line, one canonical JSON object. docs/log.md, "Receipts".

import { hexBytes, utf8Length, type Bytes } from "./bytes";
import { isObject, member, parseCanonical, type Json, type JsonObject } from "./json";
import { EVENT_BYTES_MAX } from "./leaf";
import { splitNote, type Note } from "./note";
import { parsePolicy } from "./policy";
import { LOG, parseVerifier, type Verifier } from "./vkey";

const FIRST_LINE = "tanu receipt v1\n";
const KEYS_MAX = 32;
const LEAVES_MAX = 512;
const LINES_MAX = 512;
export const GATES_MAX = 64;
const RECORD_BYTES_MAX = 65536;
const SITE_BYTES_MAX = 256;
const URL_BYTES_MAX = 512;
const KINDS: readonly string[] = ["consent", "refusal", "termination", "erasure", "disclosure", "history"];

export interface ReceiptKey {
	readonly fromMs: number;
	readonly key: Bytes;
}

export interface ReceiptLeaf {
	readonly event: string;
	readonly key: number;
	readonly n: number;
	/** "": not yet published. */
	readonly proof: string;
}

export interface Receipt {
	readonly note: Note;
	/** Signed notes of gates that have erased what they had been lent of her. */
	readonly gateWords: readonly string[];
	readonly issuedMs: number;
	readonly keys: readonly ReceiptKey[];
	readonly kind: string;
	readonly leaves: readonly ReceiptLeaf[];
	readonly log: Verifier;
	readonly logKey: string;
	readonly logUrl: string;
	readonly policy: string;
	readonly record: string;
	readonly site: string;
	readonly subject: string;
}

/** A file that is no receipt, or receipts that do not belong together. */
export class BadInput extends Error {
	override readonly name = "BadInput";
}

function refuse(place: string): never {
	throw new BadInput(place);
}

/** An object with exactly these fields. */
function exactly(value: Json | undefined, names: readonly string[], place: string): JsonObject {
	if (!isObject(value) || Object.keys(value).length !== names.length || !names.every((name) => Object.hasOwn(value, name)))
		refuse(place);
	return value;
}

function text(object: JsonObject, key: string, bytesMax = Number.MAX_SAFE_INTEGER): string {
	const value = member(object, key);
	return typeof value === "string" && utf8Length(value) <= bytesMax ? value : refuse(key);
}

function count(object: JsonObject, key: string, end = Number.MAX_SAFE_INTEGER): number {
	const value = member(object, key);
	return typeof value === "number" && value >= 0 && value <= end ? value : refuse(key);
}

function list(object: JsonObject, key: string, most: number): readonly Json[] {
	const value = member(object, key);
	return Array.isArray(value) && value.length <= most ? value : refuse(key);
}

/** Lines as one text, a line feed behind each. */
function joinLines(lines: readonly Json[], key: string): string {
	return lines.map((line) => (typeof line === "string" ? `${line}\n` : refuse(key))).join("");
}

function lines(object: JsonObject, key: string): string {
	return joinLines(list(object, key, LINES_MAX), key);
}

/** Absent when there are none. */
function readWords(root: JsonObject): readonly string[] {
	if (!Object.hasOwn(root, "gate_words")) return [];
	const words = list(root, "gate_words", GATES_MAX);
	if (words.length === 0) refuse("gate_words");
	return words.map((word) =>
		Array.isArray(word) && word.length <= LINES_MAX ? joinLines(word, "gate_words") : refuse("gate_words"),
	);
}

function readKey(value: Json): ReceiptKey {
	const object = exactly(value, ["from_ms", "key"], "keys");
	return { fromMs: count(object, "from_ms"), key: hexBytes(text(object, "key"), 32) ?? refuse("key") };
}

function readLeaf(value: Json): ReceiptLeaf {
	const object = exactly(value, ["event", "key", "n", "proof"], "leaves");
	const event = text(object, "event", EVENT_BYTES_MAX);
	if (event === "") refuse("event");
	return { event, key: count(object, "key", KEYS_MAX - 1), n: count(object, "n"), proof: lines(object, "proof") };
}

function readLog(root: JsonObject): Pick<Receipt, "log" | "logKey" | "logUrl"> {
	const object = exactly(member(root, "log"), ["key", "url"], "log");
	const logKey = text(object, "key");
	const log = parseVerifier(logKey);
	if (log?.kind !== LOG) refuse("log");
	return { log, logKey, logUrl: text(object, "url", URL_BYTES_MAX) };
}

const FIELDS = ["issued_ms", "keys", "kind", "leaves", "log", "policy", "record", "site", "subject"];

function readFields(note: Note, value: Json | undefined): Receipt {
	const fields = isObject(value) && Object.hasOwn(value, "gate_words") ? ["gate_words", ...FIELDS] : FIELDS;
	const root = exactly(value, fields, "receipt");
	const kind = text(root, "kind");
	const subject = text(root, "subject");
	const policy = lines(root, "policy");
	if (!KINDS.includes(kind)) refuse("kind");
	if (!hexBytes(subject, 16)) refuse("subject");
	if (!parsePolicy(policy)) refuse("receipt");
	return {
		note,
		gateWords: readWords(root),
		issuedMs: count(root, "issued_ms"),
		keys: list(root, "keys", KEYS_MAX).map(readKey),
		kind,
		leaves: list(root, "leaves", LEAVES_MAX).map(readLeaf),
		...readLog(root),
		policy,
		record: text(root, "record", RECORD_BYTES_MAX),
		site: text(root, "site", SITE_BYTES_MAX),
		subject,
	};
}

/** Throws BadInput for what is no receipt. The signature is not looked at here. */
export function parseReceipt(bytes: Bytes): Receipt {
	const note = splitNote(bytes);
	if (!note?.text.startsWith(FIRST_LINE)) refuse("receipt");
	return readFields(note, parseCanonical(note.text.slice(FIRST_LINE.length, -1)));
}
