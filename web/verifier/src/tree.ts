// SPDX-License-Identifier: Apache-2.0
// RFC 6962 hashing: leaves, nodes, inclusion, and the root of a tree that grows by one entry at a time.

import { sha256 } from "@noble/hashes/sha2";
import { join, same, type Bytes } from "./bytes";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function hashLeaf(entry: Bytes): Bytes {
	return sha256(join(LEAF, entry));
}

export function hashNode(left: Bytes, right: Bytes): Bytes {
	return sha256(join(NODE, left, right));
}

/** On which side the sibling stands, from the leaf up; null when no path has that shape. */
export function pathSides(index: number, size: number): readonly ("left" | "right")[] | null {
	if (index >= size) return null;
	const sides: ("left" | "right")[] = [];
	for (let at = BigInt(index), last = BigInt(size - 1); last > 0n; at >>= 1n, last >>= 1n) {
		if (at & 1n) sides.push("left");
		else if (at < last) sides.push("right");
	}
	return sides;
}

export function isIncluded(entry: Bytes, index: number, size: number, root: Bytes, proof: readonly Bytes[]): boolean {
	const sides = pathSides(index, size);
	if (sides?.length !== proof.length) return false;
	let hash = hashLeaf(entry);
	sides.forEach((side, i) => {
		hash = side === "left" ? hashNode(proof[i]!, hash) : hashNode(hash, proof[i]!);
	});
	return same(hash, root);
}

export class GrowingTree {
	size = 0;
	/** Complete subtrees from the left, the largest first. */
	readonly #left: Bytes[] = [];

	add(entry: Bytes): void {
		let node = hashLeaf(entry);
		for (let size = this.size; size % 2 === 1; size = (size - 1) / 2) node = hashNode(this.#left.pop()!, node);
		this.#left.push(node);
		this.size++;
	}

	root(): Bytes {
		return this.#left.length === 0 ? sha256(new Uint8Array()) : this.#left.reduceRight((right, left) => hashNode(left, right));
	}
}
