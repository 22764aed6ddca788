// SPDX-License-Identifier: Apache-2.0
// What the receipts alone can show: signatures, proofs, places, texts, digests.

import { sha256 } from "@noble/hashes/sha2";
import {
	accepted, headOf, lookAt, newestSeen, openAudit, promiseLeaf, promiseState, speaks, type Audit, type Promised,
} from "./audit";
import { hex, same, utf8Bytes } from "./bytes";
import { isKnown, parseEvent } from "./event";
import type { Code } from "./findings";
import { auditGates } from "./gates";
import { follows, isAt, LEAF_BYTES, says } from "./leaf";
import { verifyNote } from "./note";
import { policyTrusts } from "./policy";
import { parseProof } from "./proof";
import type { Receipt } from "./receipt";
import { closeReport, type Report } from "./report";
import { isIncluded } from "./tree";

function foundAt(audit: Audit, code: Code, promised: Promised): void {
	const { key, n } = promised.leaf;
	audit.findings.add(code, { key, n, index: promised.placed?.index ?? -1 });
}

function checkReceipt(audit: Audit, receipt: Receipt, at: number): void {
	if (verifyNote(receipt.note, audit.log).result !== "good") audit.findings.add("receipt-signature");
	if (!policyTrusts(audit.policies[at]!, audit.log)) audit.findings.add("log-untrusted");
}

function checkProof(audit: Audit, promised: Promised): void {
	const proof = parseProof(promised.leaf.proof);
	if (!proof || proof.extra?.length !== LEAF_BYTES) {
		foundAt(audit, "leaf-proof", promised);
		return;
	}
	const { index, extra: entry } = proof;
	promised.placed = { entry, index, proof };
	const { trusted } = lookAt(audit, promised.policy, proof.checkpoint);
	if (!trusted) foundAt(audit, "leaf-proof", promised);
	else if (trusted.result !== "accepted") foundAt(audit, `checkpoint-${trusted.result}`, promised);
	else if (!isIncluded(entry, index, trusted.checkpoint.size, trusted.checkpoint.root, proof.hashes))
		foundAt(audit, "leaf-proof", promised);
	else {
		promised.proven = true;
		promised.beforeMs = trusted.witnessedMs;
	}
}

/** What only her key can tell. */
function checkLeaf(audit: Audit, promised: Promised): void {
	const { key, placed, leaf } = promised;
	if (!key) foundAt(audit, "key-absent", promised);
	if (!key || !placed) return;
	promised.hers = isAt(placed.entry, key, leaf.n);
	if (!promised.hers) {
		foundAt(audit, "leaf-foreign", promised);
		return;
	}
	if (leaf.n === 0 && !follows(placed.entry, key, null)) foundAt(audit, "chain-broken", promised);
	promised.edited = !says(placed.entry, key, leaf.n, promised.text);
	if (promised.edited) foundAt(audit, "event-edited", promised);
}

function readEvent(audit: Audit, promised: Promised): void {
	promised.event = parseEvent(promised.text);
	if (!promised.event) foundAt(audit, "event-malformed", promised);
	else if (!isKnown(promised.event)) foundAt(audit, "event-unknown", promised);
}

function firstAt(audit: Audit, key: number, n: number): Promised | undefined {
	return audit.promises.find((one) => one.hers && one.leaf.key === key && one.leaf.n === n);
}

/** Two leaves that receipts hold both: at the same place, or one behind the other. */
function checkNeighbours(audit: Audit, promised: Promised): void {
	const { key, n } = promised.leaf;
	const here = promised.placed!;
	const first = firstAt(audit, key, n)!.placed!;
	const before = n > 0 ? firstAt(audit, key, n - 1)?.placed : undefined;
	if (first.index !== here.index || !same(first.entry, here.entry)) audit.findings.add("duplicate-place", { key, n });
	if (before && !follows(here.entry, promised.key!, before.entry)) foundAt(audit, "chain-broken", promised);
}

/** The record is what one of the receipt's events was about. */
function recordIsLogged(audit: Audit, receipt: Receipt): boolean {
	if (receipt.record === "") return receipt.kind === "history" || receipt.kind === "disclosure";
	const want = hex(sha256(utf8Bytes(receipt.record)));
	return audit.promises.some((one) => one.receipt === receipt && !one.edited && one.event?.document === want);
}

/** Two accepted checkpoints of one size with different roots. */
function checkFork(audit: Audit): void {
	for (const [i, one] of audit.seen.entries()) {
		const other = audit.seen.slice(i + 1).find((later) => {
			const [x, y] = [accepted(one)?.checkpoint, accepted(later)?.checkpoint];
			return x && y && x.size === y.size && !same(x.root, y.root);
		});
		if (!other) continue;
		audit.forked = [one, other];
		audit.findings.add("fork");
		return;
	}
}

/** Everything that the receipts alone can show. */
export function auditReceipts(audit: Audit): void {
	audit.receipts.forEach((receipt, i) => checkReceipt(audit, receipt, i));
	for (const promised of audit.promises) {
		if (!promised.pending) checkProof(audit, promised);
		checkLeaf(audit, promised);
		readEvent(audit, promised);
	}
	for (const promised of audit.promises) if (promised.hers) checkNeighbours(audit, promised);
	for (const receipt of audit.receipts) if (!recordIsLogged(audit, receipt)) audit.findings.add("record-mismatch");
	checkFork(audit);
}

/** Receipts of one person, without the log. */
export function verifyReceipts(receipts: readonly Receipt[], policy: string | null): Report {
	const audit = openAudit(receipts, policy);
	auditReceipts(audit);
	const leaves = audit.promises
		.filter((_, i) => speaks(audit, i))
		.map((promised) => {
			if (promiseState(promised) === "pending") foundAt(audit, "leaf-pending", promised);
			return promiseLeaf(promised, promised.placed?.index ?? -1);
		});
	const newest = newestSeen(audit);
	if (!newest?.witnesses) audit.findings.add("unwitnessed");
	const gates = auditGates(audit);
	return closeReport(audit.findings, {
		checkpoint: newest && headOf(newest),
		evidence: audit.forked && [audit.forked[0].note, audit.forked[1].note],
		gates,
		leaves,
	});
}
