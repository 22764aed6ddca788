// SPDX-License-Identifier: Apache-2.0
// Ed25519 without the cofactor, like libsodium: both verifiers must say the same about odd signatures too.

import { ed25519 } from "@noble/curves/ed25519";
import { sha512 } from "@noble/hashes/sha2";
import { join, same, type Bytes } from "./bytes";

const ORDER = ed25519.CURVE.n;

function little(bytes: Bytes): bigint {
	return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

export function signatureHolds(signature: Bytes, key: Bytes, message: Bytes): boolean {
	try {
		const r = signature.subarray(0, 32);
		const s = little(signature.subarray(32));
		const a = ed25519.Point.fromBytes(key);
		if (signature.length !== 64 || s >= ORDER || a.isSmallOrder() || ed25519.Point.fromBytes(r).isSmallOrder())
			return false;
		const k = little(sha512(join(r, key, message))) % ORDER;
		const base = s === 0n ? ed25519.Point.ZERO : ed25519.Point.BASE.multiplyUnsafe(s);
		return same(base.subtract(a.multiplyUnsafe(k)).toBytes(), r);
	} catch {
		return false;
	}
}
