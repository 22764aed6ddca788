// SPDX-License-Identifier: Apache-2.0
// c2sp.org/tlog-checkpoint: origin, size and root, a line each, and no extension lines.

import { base64Bytes, type Bytes } from "./bytes";
import { isName } from "./vkey";

export interface Checkpoint {
	readonly origin: string;
	readonly size: number;
	readonly root: Bytes;
}

/** A decimal number below 2^53 without leading zeros, or null. */
export function decimal(text: string): number | null {
	if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return null;
	const n = Number(text);
	return Number.isSafeInteger(n) ? n : null;
}

export function base64Hash(text: string): Bytes | null {
	const raw = base64Bytes(text);
	return raw?.length === 32 ? raw : null;
}

export function parseCheckpoint(text: string): Checkpoint | null {
	const [origin = "", sizeText = "", rootText = "", end, ...rest] = text.split("\n");
	const size = decimal(sizeText);
	const root = base64Hash(rootText);
	if (!isName(origin) || size === null || !root || end !== "" || rest.length > 0) return null;
	return { origin, size, root };
}
