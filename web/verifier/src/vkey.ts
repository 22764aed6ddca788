// SPDX-License-Identifier: Apache-2.0
// Names and keys of logs and witnesses: c2sp.org/signed-note, "vkey".

import { sha256 } from "@noble/hashes/sha2";
import { base64Bytes, hex, hexBytes, join, utf8Bytes, utf8Length, type Bytes } from "./bytes";

export const LOG = 0x01;
export const WITNESS = 0x04;

export interface Verifier {
	readonly name: string;
	readonly kind: typeof LOG | typeof WITNESS;
	readonly key: Bytes;
	/** Eight hex digits. */
	readonly id: string;
}

const NAME_BYTES = 255;

export function isName(name: string): boolean {
	return name !== "" && utf8Length(name) <= NAME_BYTES && !/[\u0000-\u0020+\u007f]/.test(name);
}

/** The first four bytes of a digest of name, kind and key, in hex. */
function keyId(name: string, kindAndKey: Bytes): string {
	return hex(sha256(join(utf8Bytes(`${name}\n`), kindAndKey)).subarray(0, 4));
}

/** An Ed25519 key that is known from elsewhere. */
export function verifierOf(name: string, key: Bytes): Verifier {
	return { name, kind: LOG, key, id: keyId(name, join(Uint8Array.of(LOG), key)) };
}

export function parseVerifier(vkey: string): Verifier | null {
	const [name = "", id = "", ...rest] = vkey.split("+");
	const raw = base64Bytes(rest.join("+"));
	if (!isName(name) || !hexBytes(id, 4) || rest.length === 0 || raw?.length !== 33) return null;
	const kind = raw[0];
	if (kind !== LOG && kind !== WITNESS) return null;
	if (keyId(name, raw) !== id) return null;
	return { name, kind, key: raw.subarray(1), id };
}
