// SPDX-License-Identifier: Apache-2.0
// One signed checkpoint: is it of this log, and do those whom the policy asks for vouch for it?

import { utf8Bytes } from "./bytes";
import { parseCheckpoint, type Checkpoint } from "./checkpoint";
import { splitNote, verifyNote } from "./note";
import { checkUnderPolicy, type Policy } from "./policy";
import type { Verifier } from "./vkey";

export interface Trusted {
	/** What it says, believed or not. */
	readonly checkpoint: Checkpoint;
	readonly result: "signature" | "untrusted" | "accepted";
	/** The log itself did sign it. */
	readonly byLog: boolean;
	readonly witnesses: number;
	/** 0: none. */
	readonly witnessedMs: number;
}

/** null for what is no checkpoint. */
export function checkTrust(policy: Policy, log: Verifier, text: string): Trusted | null {
	const note = splitNote(utf8Bytes(text));
	const checkpoint = note && parseCheckpoint(note.text);
	if (!note || !checkpoint) return null;
	const refused = { checkpoint, byLog: false, witnesses: 0, witnessedMs: 0 };
	const signed = checkpoint.origin === log.name ? verifyNote(note, log).result : "absent";
	if (signed !== "good") return { ...refused, result: signed === "false" ? "signature" : "untrusted" };
	const answer = checkUnderPolicy(policy, note);
	if (answer.result !== "accepted") return { ...refused, byLog: true, result: answer.result };
	// A time that JSON can't hold exactly is no time.
	const holds = answer.witnesses > 0 && answer.earliest < 2n ** 53n / 1000n;
	const witnessedMs = holds ? Number(answer.earliest) * 1000 : 0;
	return { checkpoint, result: "accepted", byLog: true, witnesses: answer.witnesses, witnessedMs };
}
