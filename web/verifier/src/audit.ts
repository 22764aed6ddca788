// SPDX-License-Identifier: Apache-2.0
// The receipts of one person, opened together: log, policies, keys, promises, checkpoints that were seen.

import { same, utf8Bytes, type Bytes } from "./bytes";
import type { Event } from "./event";
import { Findings } from "./findings";
import { parsePolicy, type Policy } from "./policy";
import type { LogProof } from "./proof";
import { BadInput, type Receipt, type ReceiptKey, type ReceiptLeaf } from "./receipt";
import { STATES, type LeafState, type ReportHead, type ReportLeaf } from "./report";
import { checkTrust, type Trusted } from "./trust";
import type { Verifier } from "./vkey";

const RECEIPTS_MAX = 8;

/** A leaf that a receipt says is in the log. */
export interface Promised {
	readonly leaf: ReceiptLeaf;
	readonly text: Bytes;
	readonly receipt: Receipt;
	readonly policy: Policy;
	/** Her key for it; null: in another receipt. */
	readonly key: Bytes | null;
	/** It has no proof yet. */
	readonly pending: boolean;
	/** As the proof file says; null: unreadable. */
	placed: { readonly entry: Bytes; readonly index: number; readonly proof: LogProof } | null;
	/** The proof holds under an accepted checkpoint. */
	proven: boolean;
	/** The leaf carries her tag of this place. */
	hers: boolean;
	/** The leaf commits to another text. */
	edited: boolean;
	event: Event | null;
	/** It stands in the log, at its index. */
	inLog: boolean;
	beforeMs: number;
}

/** A signed checkpoint, looked at once under each policy; null when it is none. */
export interface Seen {
	readonly note: string;
	readonly policy: Policy;
	readonly trusted: Trusted | null;
}

export function accepted(seen: Seen): Trusted | null {
	return seen.trusted?.result === "accepted" ? seen.trusted : null;
}

export interface Audit {
	readonly receipts: readonly Receipt[];
	readonly policies: readonly Policy[];
	/** That of the receipt issued last. */
	readonly newestPolicy: Policy;
	readonly log: Verifier;
	readonly keys: readonly ReceiptKey[];
	readonly promises: readonly Promised[];
	readonly seen: Seen[];
	readonly findings: Findings;
	/** Two checkpoints of the receipts themselves. */
	forked: readonly [Seen, Seen] | null;
}

function checkTogether(receipts: readonly Receipt[]): Receipt {
	const first = receipts[0];
	if (!first || receipts.length > RECEIPTS_MAX) throw new BadInput("count");
	for (const receipt of receipts) {
		if (receipt.logKey !== first.logKey) throw new BadInput("logs");
		if (receipt.subject !== first.subject) throw new BadInput("people");
	}
	return first;
}

function readPolicy(text: string): Policy {
	const policy = parsePolicy(text);
	if (!policy) throw new BadInput("policy");
	return policy;
}

/** The longest list of keys; a shorter one must be its beginning. */
function takeKeys(receipts: readonly Receipt[], findings: Findings): readonly ReceiptKey[] {
	const longest = receipts.reduce<readonly ReceiptKey[]>(
		(best, receipt) => (receipt.keys.length > best.length ? receipt.keys : best),
		[],
	);
	for (const receipt of receipts)
		receipt.keys.forEach((one, key) => {
			if (!same(one.key, longest[key]!.key)) findings.add("keys-differ", { key });
		});
	return longest;
}

function promise(leaf: ReceiptLeaf, receipt: Receipt, policy: Policy, keys: readonly ReceiptKey[]): Promised {
	return {
		leaf, receipt, policy,
		text: utf8Bytes(leaf.event),
		key: keys[leaf.key]?.key ?? null,
		pending: leaf.proof === "",
		placed: null, proven: false, hers: false, edited: false, event: null, inLog: false, beforeMs: 0,
	};
}

/** `policy`: whom she trusts, instead of what the receipts say. Throws BadInput. */
export function openAudit(receipts: readonly Receipt[], policy: string | null): Audit {
	const first = checkTogether(receipts);
	const own = policy === null ? null : readPolicy(policy);
	const policies = receipts.map((receipt) => own ?? readPolicy(receipt.policy));
	const findings = new Findings();
	const keys = takeKeys(receipts, findings);
	const newest = receipts.reduce((best, receipt, i) => (receipt.issuedMs > receipts[best]!.issuedMs ? i : best), 0);
	return {
		receipts, policies, keys, findings,
		newestPolicy: policies[newest]!,
		log: first.log,
		promises: receipts.flatMap((receipt, i) => receipt.leaves.map((leaf) => promise(leaf, receipt, policies[i]!, keys))),
		seen: [],
		forked: null,
	};
}

export function lookAt(audit: Audit, policy: Policy, note: string): Seen {
	const known = audit.seen.find((seen) => seen.policy === policy && seen.note === note);
	if (known) return known;
	const seen = { note, policy, trusted: checkTrust(policy, audit.log, note) };
	audit.seen.push(seen);
	return seen;
}

/** The accepted one of the largest size, then of most witnesses. */
export function newestSeen(audit: Audit): Trusted | null {
	let best: Trusted | null = null;
	for (const seen of audit.seen) {
		const t = accepted(seen);
		if (!t) continue;
		const more = best ? t.checkpoint.size - best.checkpoint.size || t.witnesses - best.witnesses : 1;
		if (more > 0) best = t;
	}
	return best;
}

export function headOf(trusted: Trusted): ReportHead {
	return { size: trusted.checkpoint.size, witnessedMs: trusted.witnessedMs, witnesses: trusted.witnesses };
}

/** What a receipt alone says of it. */
export function promiseState(promised: Promised): LeafState {
	if (promised.pending) return "pending";
	if (promised.edited) return "edited";
	return promised.proven && promised.hers ? "opened" : "unproven";
}

/** Of the promises of one place the one that is known best speaks; of equals the first. */
export function speaks(audit: Audit, at: number): boolean {
	const one = audit.promises[at]!;
	const rank = STATES.indexOf(promiseState(one));
	return !audit.promises.some((other, i) => {
		if (i === at || other.leaf.key !== one.leaf.key || other.leaf.n !== one.leaf.n) return false;
		const otherRank = STATES.indexOf(promiseState(other));
		return otherRank > rank || (otherRank === rank && i < at);
	});
}

/** A promise as a leaf of the report; `index` -1: not known to be in the log. */
export function promiseLeaf(promised: Promised, index: number): ReportLeaf {
	return {
		key: promised.leaf.key,
		n: promised.leaf.n,
		index,
		state: promiseState(promised),
		fromReceipt: true,
		afterMs: 0,
		beforeMs: promised.beforeMs,
		text: promised.text,
	};
}
