// SPDX-License-Identifier: Apache-2.0
// An authenticator: RFC 6238 with its usual numbers (30 seconds, six digits, SHA-1).

import { createHmac } from "node:crypto";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MS = 30_000;
const DIGITS = 6;

export function totp(secret: string, nowMs: number): string {
	const bits = [...secret].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, "0")).join("");
	const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / STEP_MS)));
	const digest = createHmac("sha1", key).update(counter).digest();
	const at = digest.at(-1)! & 15;
	return String((digest.readUInt32BE(at) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, "0");
}
