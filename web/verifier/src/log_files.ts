// SPDX-License-Identifier: Apache-2.0
// The folder of a log, read as files: c2sp.org/tlog-tiles, and openings as docs/log.md says.

import type { Bytes } from "./bytes";
import { SLOT_BYTES } from "./leaf";

export const WIDTH = 256;
const ENTRY_BYTES = 65535;
const BUNDLE_BYTES = WIDTH * (2 + ENTRY_BYTES);
const SLOTS_BYTES = WIDTH * SLOT_BYTES;

export type FileProblem = "missing" | "too-long" | "unreadable";

/** `read` gives the bytes of a file, or why there are none. */
export interface LogFiles {
	read(path: string, bytesMax: number): Promise<Bytes | FileProblem>;
}

/** 1234067 -> "x001/x234/067" */
function indexPath(index: number): string {
	const groups = [];
	for (let left = index; groups.length === 0 || left > 0; left = Math.floor(left / 1000))
		groups.unshift(String(left % 1000).padStart(3, "0"));
	return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
}

function split(bytes: Bytes, count: number): Bytes[] | null {
	const entries: Bytes[] = [];
	let at = 0;
	for (let i = 0; i < count; i++) {
		const begin = at + 2;
		const end = begin + ((bytes[at]! << 8) | bytes[at + 1]!);
		if (begin > bytes.length || end > bytes.length) return null;
		entries.push(bytes.subarray(begin, end));
		at = end;
	}
	return at === bytes.length ? entries : null;
}

/** Entries of one bundle; the full one serves in place of a partial one that is gone. */
export async function readBundle(
	files: LogFiles, index: number, width: number,
): Promise<readonly Bytes[] | "damaged" | "incomplete"> {
	const full = `tile/entries/${indexPath(index)}`;
	let whole = width === WIDTH;
	let bytes = await files.read(whole ? full : `${full}.p/${width}`, BUNDLE_BYTES);
	if (bytes === "missing" && !whole) {
		bytes = await files.read(full, BUNDLE_BYTES);
		whole = true;
	}
	if (bytes === "too-long") return "damaged";
	if (typeof bytes === "string") return "incomplete";
	return split(bytes, whole ? WIDTH : width)?.slice(0, width) ?? "damaged";
}

/** Openings of 256 entries; none when there is no such file. */
export async function readSlots(files: LogFiles, index: number): Promise<readonly Bytes[] | "damaged" | "incomplete"> {
	const bytes = await files.read(`opening/${indexPath(index)}`, SLOTS_BYTES);
	if (bytes === "missing") return [];
	if (bytes === "unreadable") return "incomplete";
	if (bytes === "too-long" || bytes.length % SLOT_BYTES !== 0) return "damaged";
	return Array.from({ length: bytes.length / SLOT_BYTES }, (_, i) => bytes.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES));
}
