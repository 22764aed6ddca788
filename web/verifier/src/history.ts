// SPDX-License-Identifier: Apache-2.0
// The whole history of one person: receipts, walk, judgement, report.

import { accepted, headOf, newestSeen, openAudit, promiseLeaf, speaks } from "./audit";
import { auditGates } from "./gates";
import { hersAt, judgeHistory } from "./judge";
import type { LogFiles } from "./log_files";
import { judgePromises } from "./promises";
import type { Receipt } from "./receipt";
import { closeReport, type Report, type ReportLeaf } from "./report";
import { judgeRules } from "./rules";
import { auditReceipts } from "./verify";
import { walkLog, type History, type Progress } from "./walk";

/** By when a witness had seen this entry; checkpoints of another tree tell nothing. */
function seenBy(h: History, index: number): number {
	const isForked = h.audit.findings.has("fork");
	const times = h.audit.seen
		.filter((seen) => seen === h.head || !isForked)
		.map(accepted)
		.filter((trusted) => trusted !== null && trusted.witnessedMs > 0 && trusted.checkpoint.size > index)
		.map((trusted) => trusted!.witnessedMs);
	return times.length === 0 ? 0 : Math.min(...times);
}

function hersLeaves(h: History): ReportLeaf[] {
	return h.hers.map(({ key, n, index, state, fromReceipt, afterMs, text }) => ({
		key, n, index, state, fromReceipt, afterMs, text,
		beforeMs: seenBy(h, index),
	}));
}

/** Promised leaves that are not in the log. */
function absentLeaves(h: History): ReportLeaf[] {
	return h.audit.promises
		.filter((p, i) => speaks(h.audit, i) && !(p.key && hersAt(h, p.leaf.key, p.leaf.n).length > 0))
		.map((p) => promiseLeaf(p, p.inLog && p.placed ? p.placed.index : -1));
}

function evidenceOf(h: History): readonly [string, string] | null {
	if (h.audit.forked) return [h.audit.forked[0].note, h.audit.forked[1].note];
	return h.audit.findings.has("fork") && h.fork && h.head ? [h.fork.note, h.head.note] : null;
}

/** Receipts of one person with the files of the log. */
export async function verifyHistory(
	receipts: readonly Receipt[],
	files: LogFiles,
	policy: string | null,
	progress: Progress = () => {},
): Promise<Report> {
	const audit = openAudit(receipts, policy);
	auditReceipts(audit);
	const h = await walkLog(audit, files, progress);
	judgeHistory(h);
	judgeRules(h);
	judgePromises(h);
	const leaves = [...hersLeaves(h), ...absentLeaves(h)];
	const head = h.head ? accepted(h.head) : newestSeen(audit);
	if (!head?.witnesses) audit.findings.add("unwitnessed");
	const gates = auditGates(audit);
	return closeReport(audit.findings, { checkpoint: head && headOf(head), evidence: evidenceOf(h), gates, leaves });
}
