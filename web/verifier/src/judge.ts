// SPDX-License-Identifier: Apache-2.0
// Her leaves: the text of each, its place in the chain, and what explains a text that is gone.

import { isKnown, parseEvent } from "./event";
import type { Code } from "./findings";
import { follows, says } from "./leaf";
import type { Hers, History } from "./walk";

export function foundAt(h: History, code: Code, { key, n, index }: Hers): void {
	h.audit.findings.add(code, { key, n, index });
}

export function isOpened(leaf: Hers, type: string): boolean {
	return leaf.state === "opened" && leaf.event?.type === type;
}

/** All of hers at a place, by index. */
export function hersAt(h: History, key: number, n: number): readonly Hers[] {
	return h.hers.filter((leaf) => leaf.key === key && leaf.n === n);
}

function keyOf(h: History, leaf: Hers): Uint8Array {
	return h.audit.keys[leaf.key]!.key;
}

/** The text of the slot, or what her receipts kept of one that the log does not give. */
function judgeText(h: History, leaf: Hers): void {
	const key = keyOf(h, leaf);
	if (leaf.slotText && says(leaf.entry, key, leaf.n, leaf.slotText)) {
		leaf.state = "opened";
		leaf.text = leaf.slotText;
	} else if (leaf.slotText) {
		leaf.state = "edited";
		foundAt(h, "event-edited", leaf);
	}
	if (leaf.text) return;
	const kept = h.audit.promises.find(
		(p) => p.leaf.key === leaf.key && p.leaf.n === leaf.n && says(leaf.entry, key, leaf.n, p.text),
	);
	leaf.text = kept?.text ?? null;
	leaf.fromReceipt = kept !== undefined;
}

function readEvent(h: History, leaf: Hers): void {
	if (!leaf.text) return;
	leaf.event = parseEvent(leaf.text);
	if (!leaf.event) foundAt(h, "event-malformed", leaf);
	else if (!isKnown(leaf.event)) foundAt(h, "event-unknown", leaf);
}

/**
 * Below which number the texts under each key are said to be erased. `before` counts her leaves over
 * all keys, those under former keys first; a leaf speaks of those before it only.
 */
function erasedBelow(h: History): readonly number[] {
	const counts = h.audit.keys.map(() => 0);
	for (const { key, n } of h.hers) counts[key] = Math.max(counts[key]!, n + 1);
	const erased = h.audit.keys.map(() => 0);
	for (const leaf of h.hers) {
		if (!isOpened(leaf, "history-erased") && !isOpened(leaf, "subject-removed")) continue;
		let left = leaf.event?.before ?? 0;
		for (let key = 0; key <= leaf.key && left > 0; key++) {
			const below = Math.min(left, key < leaf.key ? counts[key]! : leaf.n);
			erased[key] = Math.max(erased[key]!, below);
			left -= below;
		}
	}
	return erased;
}

function judgeErased(h: History, leaf: Hers, below: number): void {
	const explained = leaf.n < below;
	if (leaf.state === "withheld" && explained) leaf.state = "erased";
	else if (leaf.state === "withheld") foundAt(h, "withheld", leaf);
	else if (leaf.state === "opened" && explained) foundAt(h, "still-readable", leaf);
}

function judgePlace(h: History, leaf: Hers, first: Hers, before: readonly Hers[]): void {
	const key = keyOf(h, leaf);
	if (leaf !== first) {
		foundAt(h, "duplicate-place", first);
		foundAt(h, "duplicate-place", leaf);
	}
	if (leaf.n === 0 && !follows(leaf.entry, key, null)) foundAt(h, "chain-broken", leaf);
	if (before.length > 0 && !before.some((one) => follows(leaf.entry, key, one.entry))) foundAt(h, "chain-broken", leaf);
}

function judgePlaces(h: History): void {
	let here: Hers[] = [];
	let before: Hers[] = [];
	for (const leaf of h.hers) {
		const last = here[0];
		if (!last || last.key !== leaf.key || last.n !== leaf.n) {
			before = last?.key === leaf.key && last.n + 1 === leaf.n ? here : [];
			here = [];
		}
		here.push(leaf);
		judgePlace(h, leaf, here[0]!, before);
	}
}

/** Numbers that are missing before one that is there. */
function judgeGaps(h: History): void {
	const next = h.audit.keys.map(() => 0);
	for (const leaf of h.hers) {
		for (let n = next[leaf.key]!; n < leaf.n; n++) h.audit.findings.add("chain-gap", { key: leaf.key, n });
		next[leaf.key] = leaf.n + 1;
	}
}

/** An entry was published after everything that entries before it tell of. */
function judgeTimes(h: History): void {
	let latest = 0;
	for (const leaf of [...h.hers].sort((a, b) => a.index - b.index)) {
		leaf.afterMs = Math.max(leaf.afterMs, latest);
		if (leaf.state === "opened" && leaf.event) latest = Math.max(latest, leaf.event.at_ms);
	}
}

export function judgeHistory(h: History): void {
	h.hers.sort((a, b) => a.key - b.key || a.n - b.n || a.index - b.index);
	for (const leaf of h.hers) {
		judgeText(h, leaf);
		readEvent(h, leaf);
	}
	const below = erasedBelow(h);
	for (const leaf of h.hers) judgeErased(h, leaf, below[leaf.key]!);
	judgePlaces(h);
	if (h.complete) judgeGaps(h);
	judgeTimes(h);
}
