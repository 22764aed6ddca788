// SPDX-License-Identifier: Apache-2.0
// Does the log keep what the receipts promise?

import { accepted, type Promised } from "./audit";
import { hersAt } from "./judge";
import { says } from "./leaf";
import type { History } from "./walk";

/** A batch is published within a minute; after an hour its absence needs another reason. */
const PATIENCE_MS = 3_600_000;

/** The latest time known of the log. */
export function latestMs(h: History): number {
	return Math.max(h.statementMs, (h.head && accepted(h.head)?.witnessedMs) ?? 0);
}

/** It was to stand at its index. Of what could not be read nothing is said. */
function keepPlaced(h: History, promised: Promised, index: number): void {
	const size = h.head?.trusted?.checkpoint.size;
	const beyond = size !== undefined && index >= size;
	const { key, n } = promised.leaf;
	if (!promised.inLog && (index < h.tree.size || beyond)) h.audit.findings.add("leaf-missing", { key, n, index });
}

function keepPending(h: History, promised: Promised): void {
	const { key, n } = promised.leaf;
	const [leaf] = promised.key ? hersAt(h, key, n) : [];
	const late = promised.key && h.complete && latestMs(h) > promised.receipt.issuedMs + PATIENCE_MS;
	if (!leaf) h.audit.findings.add(late ? "leaf-missing" : "leaf-pending", { key, n });
	else if (!says(leaf.entry, promised.key!, n, promised.text))
		h.audit.findings.add("event-edited", { key, n, index: leaf.index });
}

export function judgePromises(h: History): void {
	for (const promised of h.audit.promises) {
		if (promised.placed) keepPlaced(h, promised, promised.placed.index);
		else if (promised.pending) keepPending(h, promised);
	}
}
