// SPDX-License-Identifier: Apache-2.0
// Site statements: one table says how each field is written, another which fields a type has.

import { hexBytes, utf8Length, type Bytes } from "./bytes";
import { isObject, member, parseCanonical, type Json, type JsonObject } from "./json";
import { splitNote, verifyNote } from "./note";
import type { Verifier } from "./vkey";

const HEADING = "tanu site statement v1\n";
const TEXT_BYTES_MAX = 1024;
const WORD_BYTES = 63;

type Shape = (value: Json | undefined) => boolean;

function isCount(value: Json | undefined): value is number {
	return typeof value === "number" && value >= 0;
}

const isHash: Shape = (value) => typeof value === "string" && hexBytes(value, 32) !== null;

function text(bytesMax: number): Shape {
	return (value) => typeof value === "string" && value !== "" && utf8Length(value) <= bytesMax;
}

const isDay: Shape = (value) => {
	if (typeof value !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value)) return false;
	const date = new Date(`${value}T00:00:00Z`);
	return date.getTime() >= 0 && date.toISOString().startsWith(value);
};

const isMonth: Shape = (value) =>
	typeof value === "string" && /^[0-9]{4}-(0[1-9]|1[0-2])$/.test(value) && !value.startsWith("0000");

const SHAPES = {
	at_ms: isCount,
	change: (value) => value === "added" || value === "removed",
	commitment: isHash,
	day: isDay,
	document: isHash,
	due_ms: isCount,
	embeddings: isCount,
	extended: isCount,
	face: isCount,
	face_ms: isCount,
	face_refused: isCount,
	fmr_ppb: isCount,
	identify: isCount,
	key: text(319),
	language: text(31),
	month: isMonth,
	opened: isCount,
	other: isCount,
	other_ms: isCount,
	other_refused: isCount,
	people: isCount,
	permits: isCount,
	profile: text(31),
	refusals: isCount,
	refused: isCount,
	released: isCount,
	sealed: isCount,
	sha256: isHash,
	site: text(255),
	size: isCount,
	tag: isHash,
	type: text(WORD_BYTES),
	uses: isCount,
	version: text(63),
} satisfies Record<string, Shape>;

type Field = keyof typeof SHAPES;

const TYPES = new Map<string, readonly Field[]>([
	["log-opened", ["site", "version"]],
	["software", ["sha256", "version"]],
	["verifier", ["sha256"]],
	["policy", ["fmr_ppb", "identify", "profile", "sha256"]],
	["notice", ["language", "sha256", "version"]],
	["counts", ["day", "embeddings", "permits", "refusals", "uses"]],
	["disclosures", ["extended", "month", "refused", "released", "sealed"]],
	["approver", ["change", "key"]],
	["witness", ["change", "key"]],
	["recovery", ["sha256"]],
	["breaches", ["month", "opened", "people"]],
	["gate", ["change", "key"]],
	["lanes", ["face", "face_ms", "face_refused", "month", "other", "other_ms", "other_refused"]],
	["disclosure-sealed", ["commitment", "due_ms", "tag"]],
	["disclosure-extended", ["document", "due_ms", "tag"]],
	["disclosure-opened", ["tag"]],
	["database-restored", ["size"]],
]);

export interface Statement {
	readonly type: string;
	readonly at_ms: number;
	readonly due_ms: number;
	readonly tag: string;
}

/** Exactly the fields of its type; of a type that is not known nothing more is asked. */
function hasItsFields(object: JsonObject, type: string): boolean {
	const own = TYPES.get(type);
	if (!own) return true;
	const fields: readonly Field[] = ["at_ms", "type", ...own];
	return (
		Object.keys(object).length === fields.length && fields.every((field) => SHAPES[field](member(object, field)))
	);
}

function readObject(object: JsonObject): Statement | null {
	const type = member(object, "type");
	const atMs = member(object, "at_ms");
	if (typeof type !== "string" || utf8Length(type) > WORD_BYTES || !isCount(atMs)) return null;
	if (!hasItsFields(object, type)) return null;
	const due = member(object, "due_ms");
	const tag = member(object, "tag");
	return { type, at_ms: atMs, due_ms: isCount(due) ? due : 0, tag: typeof tag === "string" ? tag : "" };
}

/** An entry that is not a leaf, as a statement of this log; null when it is none. */
export function readStatement(entry: Bytes, log: Verifier): Statement | null {
	const note = splitNote(entry);
	if (!note || verifyNote(note, log).result !== "good" || !note.text.startsWith(HEADING)) return null;
	const body = note.text.slice(HEADING.length, -1);
	const value = utf8Length(body) <= TEXT_BYTES_MAX ? parseCanonical(body) : undefined;
	return isObject(value) ? readObject(value) : null;
}
