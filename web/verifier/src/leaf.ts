// SPDX-License-Identifier: Apache-2.0
// Her leaves and the sealed texts beside them: docs/log.md, "Entries" and "Openings".

import { xchacha20poly1305 } from "@noble/ciphers/chacha";
import { hmac } from "@noble/hashes/hmac";
import { sha256 } from "@noble/hashes/sha2";
import { join, same, u64be, utf8Bytes, type Bytes } from "./bytes";

export const LEAF_BYTES = 128;
export const SLOT_BYTES = 512;
const PART = 32;
const NONCE = 24;
export const EVENT_BYTES_MAX = 470;

function keyed(key: Bytes, word: string, bytes: Bytes): Bytes {
	return hmac(sha256, key, join(utf8Bytes(word), bytes));
}

export function leafTag(key: Bytes, n: number): Bytes {
	return keyed(key, "tag", u64be(n));
}

export function tagOf(leaf: Bytes): Bytes {
	return leaf.subarray(0, PART);
}

export function isAt(leaf: Bytes, key: Bytes, n: number): boolean {
	return same(tagOf(leaf), leafTag(key, n));
}

export function says(leaf: Bytes, key: Bytes, n: number, event: Bytes): boolean {
	return same(leaf.subarray(PART, 2 * PART), hmac(sha256, keyed(key, "salt", u64be(n)), event));
}

/** `before` null: it is the first. */
export function follows(leaf: Bytes, key: Bytes, before: Bytes | null): boolean {
	return same(leaf.subarray(2 * PART, 3 * PART), keyed(key, "prev", before ?? new Uint8Array()));
}

/** The text in a slot, or null when it does not open. */
export function openSlot(slot: Bytes, key: Bytes, n: number): Bytes | null {
	try {
		const cipher = xchacha20poly1305(keyed(key, "open", u64be(n)), slot.subarray(0, NONCE), leafTag(key, n));
		const plain = cipher.decrypt(slot.subarray(NONCE));
		const length = (plain[0]! << 8) | plain[1]!;
		const rest = plain.subarray(2 + length);
		if (length === 0 || length > EVENT_BYTES_MAX || rest.some((byte) => byte !== 0)) return null;
		return plain.subarray(2, 2 + length);
	} catch {
		return null;
	}
}
