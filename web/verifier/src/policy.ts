// SPDX-License-Identifier: Apache-2.0
// c2sp.org/tlog-policy: whom a verifier trusts. Members of a group are named before it, so that one
// pass in the order of the file settles all.

import { decimal, parseCheckpoint } from "./checkpoint";
import { utf8Length } from "./bytes";
import { verifyNote, type Note } from "./note";
import { LOG, parseVerifier, WITNESS, type Verifier } from "./vkey";

const LOGS_MAX = 64;
const NODES_MAX = 128;
const MEMBERS_MAX = 64;
const WORDS_MAX = 3 + MEMBERS_MAX;
const BYTES_MAX = 64 * 1024;
const LINE_BYTES = 4096;
const NAME_BYTES = 64;

type Party =
	| { readonly name: string; readonly witness: Verifier }
	| { readonly name: string; readonly need: number; readonly members: readonly number[] };

export interface Policy {
	readonly logs: readonly Verifier[];
	readonly parties: readonly Party[];
	/** Which of the parties must agree; null: none. */
	readonly quorum: number | null;
}

interface Draft {
	logs: Verifier[];
	parties: Party[];
	quorum: number | null | undefined;
}

function find(draft: Draft, name: string): number {
	return draft.parties.findIndex((party) => party.name === name);
}

function isFree(draft: Draft, name: string): boolean {
	return draft.parties.length < NODES_MAX && utf8Length(name) < NAME_BYTES && name !== "none" && find(draft, name) < 0;
}

function addLog(draft: Draft, words: readonly string[]): boolean {
	const log = parseVerifier(words[1] ?? "");
	if (words.length > 3 || draft.logs.length === LOGS_MAX || log?.kind !== LOG) return false;
	draft.logs.push(log);
	return true;
}

function addWitness(draft: Draft, words: readonly string[]): boolean {
	const [, name = "", vkey = ""] = words;
	const witness = parseVerifier(vkey);
	if (words.length > 4 || !isFree(draft, name) || witness?.kind !== WITNESS) return false;
	draft.parties.push({ name, witness });
	return true;
}

function addGroup(draft: Draft, words: readonly string[]): boolean {
	const [, name = "", needed = "", ...names] = words;
	const need = needed === "all" ? names.length : needed === "any" ? 1 : decimal(needed);
	const members = names.map((one) => find(draft, one));
	if (names.length === 0 || !isFree(draft, name) || need === null || need < 1 || need > names.length) return false;
	if (members.includes(-1)) return false;
	draft.parties.push({ name, need, members });
	return true;
}

function setQuorum(draft: Draft, words: readonly string[]): boolean {
	const [, name = ""] = words;
	if (words.length !== 2 || draft.quorum !== undefined) return false;
	draft.quorum = name === "none" ? null : find(draft, name);
	return draft.quorum !== -1;
}

function takeLine(draft: Draft, line: string): boolean {
	if (utf8Length(line) >= LINE_BYTES || line.includes("\0")) return false;
	const all = line.split(/[ \t\r]+/).filter((word) => word !== "");
	const comment = all.findIndex((word) => word.startsWith("#"));
	const words = comment < 0 ? all : all.slice(0, comment);
	if (words.length > WORDS_MAX) return false;
	switch (words[0]) {
		case undefined:
			return true;
		case "log":
			return addLog(draft, words);
		case "witness":
			return addWitness(draft, words);
		case "group":
			return addGroup(draft, words);
		case "quorum":
			return setQuorum(draft, words);
		default:
			return false;
	}
}

export function parsePolicy(text: string): Policy | null {
	const draft: Draft = { logs: [], parties: [], quorum: undefined };
	if (utf8Length(text) > BYTES_MAX || !text.split("\n").every((line) => takeLine(draft, line))) return null;
	const { logs, parties, quorum } = draft;
	return quorum === undefined || logs.length === 0 ? null : { logs, parties, quorum };
}

/** The very key, not only the name. */
export function policyTrusts(policy: Policy, log: Verifier): boolean {
	return policy.logs.some((one) => one.name === log.name && one.id === log.id && one.key.every((b, i) => b === log.key[i]));
}

export type PolicyAnswer =
	| { readonly result: "accepted"; readonly witnesses: number; readonly earliest: bigint }
	| { readonly result: "signature" | "untrusted" };

function logSigned(policy: Policy, note: Note, origin: string): "good" | "false" | "absent" {
	for (const log of policy.logs) {
		const result = log.name === origin ? verifyNote(note, log).result : "absent";
		if (result !== "absent") return result;
	}
	return "absent";
}

/** A checkpoint, signed by a log of the policy and cosigned by its quorum. */
export function checkUnderPolicy(policy: Policy, note: Note): PolicyAnswer {
	const signed = logSigned(policy, note, parseCheckpoint(note.text)?.origin ?? "");
	if (signed !== "good") return { result: signed === "false" ? "signature" : "untrusted" };
	const agreed: boolean[] = [];
	let witnesses = 0;
	let earliest = 0n;
	for (const party of policy.parties) {
		if ("members" in party) {
			agreed.push(party.members.filter((at) => agreed[at]).length >= party.need);
			continue;
		}
		const seen = verifyNote(note, party.witness);
		if (seen.result === "false") return { result: "signature" };
		agreed.push(seen.result === "good");
		if (seen.result !== "good") continue;
		witnesses++;
		if (earliest === 0n || seen.time < earliest) earliest = seen.time;
	}
	if (policy.quorum !== null && !agreed[policy.quorum]) return { result: "untrusted" };
	return { result: "accepted", witnesses, earliest };
}
