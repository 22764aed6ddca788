// SPDX-License-Identifier: Apache-2.0
// c2sp.org/tlog-proof: the file that proves one entry.

import { base64Bytes, type Bytes } from "./bytes";
import { base64Hash, decimal } from "./checkpoint";

const HASHES_MAX = 64;

export interface LogProof {
	/** null: the line is not there or not base64. */
	readonly extra: Bytes | null;
	readonly index: number;
	readonly hashes: readonly Bytes[];
	/** The signed checkpoint. */
	readonly checkpoint: string;
}

export function parseProof(text: string): LogProof | null {
	const lines = text.split("\n");
	if (lines.shift() !== "c2sp.org/tlog-proof@v1") return null;
	const extra = lines[0]?.startsWith("extra ") ? base64Bytes(lines.shift()!.slice("extra ".length)) : null;
	const indexLine = lines.shift() ?? "";
	const index = indexLine.startsWith("index ") ? decimal(indexLine.slice("index ".length)) : null;
	const blank = lines.indexOf("");
	if (index === null || blank < 0 || blank > HASHES_MAX) return null;
	const hashes = lines.slice(0, blank).map(base64Hash);
	const checkpoint = lines.slice(blank + 1).join("\n");
	if (checkpoint === "" || hashes.includes(null)) return null;
	return { extra, index, hashes: hashes.filter((hash) => hash !== null), checkpoint };
}
