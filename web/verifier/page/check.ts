// SPDX-License-Identifier: Apache-2.0
// One check of what was chosen.

import { verifyHistory } from "../src/history";
import { NOTE_BYTES_MAX } from "../src/note";
import { BadInput, parseReceipt, type Receipt } from "../src/receipt";
import type { Report } from "../src/report";
import { verifyReceipts } from "../src/verify";
import type { Progress } from "../src/walk";
import { logFiles, type Chosen } from "./chosen";

export interface Checked {
	readonly receipts: readonly Receipt[];
	readonly report: Report;
	readonly withLog: boolean;
	/** She said herself whom she trusts. */
	readonly ownPolicy: boolean;
}

async function readReceipt(file: File): Promise<Receipt> {
	if (file.size > NOTE_BYTES_MAX) throw new BadInput("receipt");
	return parseReceipt(new Uint8Array(await file.arrayBuffer()));
}

/** Throws BadInput. */
export async function check(chosen: Chosen, progress: Progress): Promise<Checked> {
	const receipts = await Promise.all(chosen.receipts.map(readReceipt));
	const policy = chosen.policy && (await chosen.policy.text());
	const withLog = chosen.log.length > 0;
	const report = withLog
		? await verifyHistory(receipts, logFiles(chosen.log), policy, progress)
		: verifyReceipts(receipts, policy);
	return { receipts, report, withLog, ownPolicy: policy !== null };
}
