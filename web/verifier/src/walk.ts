// SPDX-License-Identifier: Apache-2.0
// The log's checkpoint and then every entry, whoever's it is: who fetched only her own would tell the
// server which those are. The tree is built anew; the log's tiles of hashes are not needed.

import { accepted, lookAt, type Audit, type Seen } from "./audit";
import { same, utf8Text, type Bytes } from "./bytes";
import type { Event } from "./event";
import { LEAF_BYTES, openSlot } from "./leaf";
import { readBundle, readSlots, WIDTH, type LogFiles } from "./log_files";
import { NOTE_BYTES_MAX } from "./note";
import { BadInput } from "./receipt";
import type { LeafState } from "./report";
import { readStatement, type Statement } from "./statement";
import { Tags } from "./tags";
import { GrowingTree } from "./tree";
import type { Trusted } from "./trust";

const LEAVES_MAX = 100000;
const SEALED_MAX = 100000;

/** A leaf of hers in the log. */
export interface Hers {
	readonly key: number;
	readonly n: number;
	readonly index: number;
	readonly entry: Bytes;
	/** null: the slot does not open. */
	readonly slotText: Bytes | null;
	afterMs: number;
	state: LeafState;
	/** Of the slot or of a receipt; null: not known. */
	text: Bytes | null;
	fromReceipt: boolean;
	event: Event | null;
}

/** A disclosure that the site may not speak of yet. */
export interface Sealed {
	readonly tag: string;
	readonly index: number;
	dueMs: number;
	opened: boolean;
}

export interface History {
	readonly audit: Audit;
	readonly files: LogFiles;
	readonly tree: GrowingTree;
	readonly tags: Tags;
	/** The log's own checkpoint, whatever it is worth; null: there is none. */
	head: Seen | null;
	hers: Hers[];
	sealed: Sealed[];
	/** The latest time that a statement names so far. */
	statementMs: number;
	/** Every entry was read. */
	complete: boolean;
	/** A checkpoint of a receipt that is not this log's past. */
	fork: Seen | null;
}

export type Progress = (done: number, size: number) => void | Promise<void>;

async function readHead(h: History): Promise<void> {
	const { audit } = h;
	const bytes = await h.files.read("checkpoint", NOTE_BYTES_MAX);
	if (typeof bytes === "string") {
		audit.findings.add(bytes === "too-long" ? "log-damaged" : "log-unreachable");
		return;
	}
	h.head = lookAt(audit, audit.newestPolicy, utf8Text(bytes) ?? "");
	const { trusted } = h.head;
	if (!trusted) audit.findings.add("log-damaged");
	else if (trusted.result !== "accepted") audit.findings.add(`checkpoint-${trusted.result}`);
}

function keepPromises(h: History, index: number, entry: Bytes): void {
	for (const promised of h.audit.promises)
		if (promised.placed?.index === index && same(entry, promised.placed.entry)) promised.inLog = true;
}

function takeLeaf(h: History, index: number, entry: Bytes, slot: Bytes | undefined): void {
	const place = h.tags.take(entry);
	if (!place) return;
	if (h.hers.length === LEAVES_MAX) throw new BadInput("leaves");
	h.hers.push({
		...place, index, entry,
		slotText: slot ? openSlot(slot, h.audit.keys[place.key]!.key, place.n) : null,
		afterMs: h.statementMs,
		state: "withheld", text: null, fromReceipt: false, event: null,
	});
}

function takeStatement(h: History, index: number, statement: Statement): void {
	const sealed = h.sealed.findLast((one) => one.tag === statement.tag);
	h.statementMs = Math.max(h.statementMs, statement.at_ms);
	switch (statement.type) {
		case "database-restored":
			h.audit.findings.add("database-restored", { index });
			break;
		case "disclosure-sealed":
			if (h.sealed.length === SEALED_MAX) throw new BadInput("sealed");
			h.sealed.push({ tag: statement.tag, index, dueMs: statement.due_ms, opened: false });
			break;
		case "disclosure-extended":
			if (sealed) sealed.dueMs = statement.due_ms;
			break;
		case "disclosure-opened":
			if (sealed) sealed.opened = true;
			break;
	}
}

function takeEntry(h: History, entry: Bytes, slot: Bytes | undefined): void {
	const index = h.tree.size;
	if (entry.length === LEAF_BYTES) {
		keepPromises(h, index, entry);
		takeLeaf(h, index, entry, slot);
		return;
	}
	const statement = readStatement(entry, h.audit.log);
	if (statement) takeStatement(h, index, statement);
	else h.audit.findings.add("entry-invalid", { index });
}

/** A checkpoint that a receipt was given under, of just this size and another root. */
function compareRoot(h: History): void {
	h.fork ??=
		h.audit.seen.find((seen) => {
			const checkpoint = seen === h.head ? undefined : accepted(seen)?.checkpoint;
			return checkpoint?.size === h.tree.size && !same(h.tree.root(), checkpoint.root);
		}) ?? null;
}

/** One bundle and its slots. false: it can't be read, and why was found. */
async function walkBundle(h: History, size: number): Promise<boolean> {
	const index = h.tree.size;
	const at = Math.floor(index / WIDTH);
	const bundle = await readBundle(h.files, at, Math.min(WIDTH, size - index));
	if (typeof bundle === "string") {
		h.audit.findings.add(`log-${bundle}`, { index });
		return false;
	}
	const slots = await readSlots(h.files, at);
	if (typeof slots === "string") h.audit.findings.add(`log-${slots}`, { index });
	if (slots === "incomplete") return false;
	for (const [i, entry] of bundle.entries()) {
		takeEntry(h, entry, slots === "damaged" ? undefined : slots[i]);
		h.tree.add(entry);
		compareRoot(h);
	}
	return true;
}

/** The files against what was signed, and that against what the receipts hold. */
function judgeTree(h: History, head: Trusted): void {
	const { audit } = h;
	const others = audit.seen.filter((seen) => seen !== h.head).map((seen) => accepted(seen)?.checkpoint.size ?? 0);
	h.complete = h.tree.size === head.checkpoint.size;
	if (head.byLog && Math.max(0, ...others) > head.checkpoint.size) audit.findings.add("log-older");
	if (!h.complete) return;
	if (!same(h.tree.root(), head.checkpoint.root)) audit.findings.add("log-damaged");
	else if (h.fork && head.byLog) audit.findings.add("fork");
}

export async function walkLog(audit: Audit, files: LogFiles, progress: Progress): Promise<History> {
	const h: History = {
		audit, files,
		tree: new GrowingTree(),
		tags: new Tags(audit.keys),
		head: null, hers: [], sealed: [], statementMs: 0, complete: false, fork: null,
	};
	await readHead(h);
	const trusted = h.head?.trusted;
	if (!trusted) return h;
	const { size } = trusted.checkpoint;
	let more = true;
	while (more && h.tree.size < size) {
		await progress(h.tree.size, size);
		more = await walkBundle(h, size);
	}
	judgeTree(h, trusted);
	return h;
}
