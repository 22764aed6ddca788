// SPDX-License-Identifier: Apache-2.0
// Signed notes and cosignatures: c2sp.org/signed-note, c2sp.org/tlog-cosignature.

import { base64Bytes, hex, join, utf8Bytes, utf8Text, type Bytes } from "./bytes";
import { signatureHolds } from "./ed25519";
import { isName, LOG, type Verifier } from "./vkey";

export const NOTE_BYTES_MAX = 1 << 20;
const SIGNATURES_MAX = 100;
const DASH = "\u2014 ";
const ID_BYTES = 4;
const TIME_BYTES = 8;

interface SignatureLine {
	readonly name: string;
	readonly id: string;
	readonly bytes: Bytes;
}

export interface Note {
	/** With its last line feed. */
	readonly text: string;
	readonly signatures: readonly SignatureLine[];
}

export type Signed = { readonly result: "good"; readonly time: bigint } | { readonly result: "false" | "absent" };

function parseLine(line: string): SignatureLine | null {
	const space = line.indexOf(" ", DASH.length);
	if (!line.startsWith(DASH) || space < 0) return null;
	const name = line.slice(DASH.length, space);
	const raw = base64Bytes(line.slice(space + 1));
	if (!isName(name) || !raw || raw.length <= ID_BYTES) return null;
	return { name, id: hex(raw.subarray(0, ID_BYTES)), bytes: raw.subarray(ID_BYTES) };
}

/** null for what is no note. */
export function splitNote(bytes: Bytes): Note | null {
	const whole = bytes.length <= NOTE_BYTES_MAX ? utf8Text(bytes) : null;
	if (whole === null || /[\u0000-\u0009\u000b-\u001f]/.test(whole)) return null;
	const blank = whole.lastIndexOf("\n\n");
	const below = whole.slice(blank + 2);
	if (blank < 0 || below === "" || !below.endsWith("\n")) return null;
	const lines = below.slice(0, -1).split("\n");
	if (lines.length > SIGNATURES_MAX) return null;
	const signatures: SignatureLine[] = [];
	for (const line of lines) {
		const signature = parseLine(line);
		if (!signature) return null;
		signatures.push(signature);
	}
	return { text: whole.slice(0, blank + 1), signatures };
}

/** The first line of that key decides. */
export function verifyNote(note: Note, verifier: Verifier): Signed {
	const line = note.signatures.find((one) => one.id === verifier.id && one.name === verifier.name);
	if (!line) return { result: "absent" };
	if (verifier.kind === LOG)
		return signatureHolds(line.bytes, verifier.key, utf8Bytes(note.text))
			? { result: "good", time: 0n }
			: { result: "false" };
	if (line.bytes.length !== TIME_BYTES + 64 || line.bytes[0]! & 0x80) return { result: "false" };
	const time = BigInt(`0x${hex(line.bytes.subarray(0, TIME_BYTES))}`);
	const message = join(utf8Bytes(`cosignature/v1\ntime ${time}\n`), utf8Bytes(note.text));
	return signatureHolds(line.bytes.subarray(TIME_BYTES), verifier.key, message)
		? { result: "good", time }
		: { result: "false" };
}
