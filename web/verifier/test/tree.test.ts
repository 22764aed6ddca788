// SPDX-License-Identifier: Apache-2.0
// Trees of all small sizes, made as RFC 6962, 2.1 defines them, against the ways that are checked.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes } from "../src/bytes";
import { GrowingTree, hashLeaf, hashNode, isIncluded } from "../src/tree";

const SIZES = 40;
const entries = Array.from({ length: SIZES }, (_, i) => Uint8Array.of(i, 7));

/** The largest power of two smaller than n. */
function split(n: number): number {
	let k = 1;
	while (2 * k < n) k *= 2;
	return k;
}

function root(leaves: readonly Bytes[]): Bytes {
	if (leaves.length === 1) return hashLeaf(leaves[0]!);
	const k = split(leaves.length);
	return hashNode(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

function path(at: number, leaves: readonly Bytes[]): Bytes[] {
	if (leaves.length === 1) return [];
	const k = split(leaves.length);
	const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
	return at < k ? [...path(at, left), root(right)] : [...path(at - k, right), root(left)];
}

test("tree: the root while it grows", () => {
	const tree = new GrowingTree();
	entries.forEach((entry, i) => {
		tree.add(entry);
		assert.deepEqual(tree.root(), root(entries.slice(0, i + 1)));
	});
});

test("tree: every entry of every size", () => {
	for (let size = 1; size <= SIZES; size++) {
		const leaves = entries.slice(0, size);
		const top = root(leaves);
		leaves.forEach((entry, i) => assert(isIncluded(entry, i, size, top, path(i, leaves)), `${i} of ${size}`));
	}
});

test("tree: another entry, place, hash or length is refused", () => {
	const leaves = entries.slice(0, 21);
	const top = root(leaves);
	for (const [i, entry] of leaves.entries()) {
		const way = path(i, leaves);
		const turned = way.map((hash, at) => (at === way.length - 1 ? hash.map((byte) => byte ^ 1) : hash));
		assert(!isIncluded(entries[30]!, i, 21, top, way));
		assert(!isIncluded(entry, i ^ 1, 21, top, way));
		assert(!isIncluded(entry, i, 21, top, turned));
		assert(!isIncluded(entry, i, 21, top, [...way, top]));
		assert(!isIncluded(entry, i, 21, top, way.slice(1)));
		assert(!isIncluded(entry, 21, 21, top, way));
	}
});
