// SPDX-License-Identifier: Apache-2.0
// Bytes and their spellings: UTF-8, hex, base64. What is spelled in another way than the one is refused.

export type Bytes = Uint8Array;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function utf8Bytes(text: string): Bytes {
	return encoder.encode(text);
}

/** null for what is not UTF-8. */
export function utf8Text(bytes: Bytes): string | null {
	try {
		return strict.decode(bytes);
	} catch {
		return null;
	}
}

export function utf8Length(text: string): number {
	return utf8Bytes(text).length;
}

export function same(a: Bytes, b: Bytes): boolean {
	return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function join(...parts: readonly Bytes[]): Bytes {
	const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

export function u64be(n: number | bigint): Bytes {
	const out = new Uint8Array(8);
	new DataView(out.buffer).setBigUint64(0, BigInt(n));
	return out;
}

export function hex(bytes: Bytes): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Exactly `length` bytes in small hex digits, or null. */
export function hexBytes(text: string, length: number): Bytes | null {
	if (text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) return null;
	return Uint8Array.from({ length }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Padded, and with zeros in the bits that stand for nothing; else null. */
export function base64Bytes(text: string): Bytes | null {
	if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
	const pads = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
	const out = new Uint8Array((text.length / 4) * 3 - pads);
	let at = 0;
	for (let i = 0; i < text.length; i += 4) {
		let group = 0;
		for (const digit of text.slice(i, i + 4)) group = (group << 6) | (digit === "=" ? 0 : DIGITS.indexOf(digit));
		const kept = Math.min(3, out.length - at);
		if (group & ((1 << (8 * (3 - kept))) - 1)) return null;
		for (let k = 0; k < kept; k++) out[at++] = (group >> (16 - 8 * k)) & 255;
	}
	return out;
}
