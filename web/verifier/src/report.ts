// SPDX-License-Identifier: Apache-2.0
// The report, and its canonical JSON: the two verifiers write the same bytes.

import { type Bytes } from "./bytes";
import { eventFields, parseEvent } from "./event";
import { weightOf, type Finding, type Findings, type Verdict } from "./findings";
import { canonical, type Json, type JsonObject } from "./json";

/** From the one that is known least to the one that is known best. */
export const STATES = ["withheld", "erased", "edited", "unproven", "pending", "opened"] as const;
export type LeafState = (typeof STATES)[number];

export interface ReportLeaf {
	readonly key: number;
	readonly n: number;
	/** -1: not known to be in the log. */
	readonly index: number;
	readonly state: LeafState;
	readonly fromReceipt: boolean;
	/** 0: not known. */
	readonly afterMs: number;
	readonly beforeMs: number;
	readonly text: Bytes | null;
}

/** A gate of an erasure's record. */
export interface ReportGate {
	readonly gate: string;
	readonly name: string;
	/** End of its lease. */
	readonly untilMs: number;
	readonly word: "silent" | "false" | "erased";
	/** When it erased, by its own clock; 0: it has not said so. */
	readonly atMs: number;
}

export interface ReportHead {
	readonly size: number;
	readonly witnessedMs: number;
	readonly witnesses: number;
}

export interface Report {
	readonly checkpoint: ReportHead | null;
	/** Two signed checkpoints that contradict each other. */
	readonly evidence: readonly [string, string] | null;
	readonly findings: readonly Finding[];
	readonly findingsMore: number;
	readonly gates: readonly ReportGate[];
	readonly leaves: readonly ReportLeaf[];
	readonly verdict: Verdict;
}

export function closeReport(
	findings: Findings,
	parts: Pick<Report, "checkpoint" | "evidence" | "gates" | "leaves">,
): Report {
	const shown = findings.shown();
	return {
		...parts,
		leaves: [...parts.leaves].sort((a, b) => a.key - b.key || a.n - b.n || a.index - b.index),
		findings: shown.findings,
		findingsMore: shown.more,
		verdict: findings.verdict(),
	};
}

/** Without the members that say nothing. */
function only(members: Readonly<Record<string, Json | undefined>>): JsonObject {
	const said = Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined);
	return Object.fromEntries(said);
}

function known(n: number): number | undefined {
	return n >= 0 ? n : undefined;
}

/** Texts of strangers: no control characters, nothing that turns the direction of writing. */
export function clean(text: string): string {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

function cleanLines(note: string): string[] {
	const lines = note.split("\n");
	if (lines.at(-1) === "") lines.pop();
	return lines.map(clean);
}

function gateJson(gate: ReportGate): JsonObject {
	return only({
		at_ms: gate.atMs || undefined,
		gate: gate.gate,
		name: clean(gate.name),
		until_ms: gate.untilMs,
		word: gate.word,
	});
}

function leafJson(leaf: ReportLeaf): JsonObject {
	const event = leaf.text && parseEvent(leaf.text);
	return only({
		after_ms: leaf.afterMs || undefined,
		before_ms: leaf.beforeMs || undefined,
		event: event ? eventFields(event) : undefined,
		from_receipt: leaf.fromReceipt,
		index: known(leaf.index),
		key: leaf.key,
		n: leaf.n,
		state: leaf.state,
	});
}

function findingJson(finding: Finding): JsonObject {
	return only({
		code: finding.code,
		index: known(finding.index),
		key: known(finding.key),
		n: known(finding.n),
		weight: weightOf(finding.code),
	});
}

function headJson(head: ReportHead): JsonObject {
	return only({ size: head.size, witnessed_ms: head.witnessedMs || undefined, witnesses: head.witnesses });
}

export function reportJson(report: Report): string {
	return canonical(
		only({
			checkpoint: report.checkpoint ? headJson(report.checkpoint) : undefined,
			evidence: report.evidence ? report.evidence.map(cleanLines) : undefined,
			findings: report.findings.map(findingJson),
			findings_more: report.findingsMore || undefined,
			gates: report.gates.length > 0 ? report.gates.map(gateJson) : undefined,
			leaves: report.leaves.map(leafJson),
			verdict: report.verdict,
		}),
	);
}
