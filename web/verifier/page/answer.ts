// SPDX-License-Identifier: Apache-2.0
// The answer: verdict, findings, history, picture, limits.

import { parseEvent, type Event } from "../src/event";
import { weightOf } from "../src/findings";
import { clean, reportJson, type Report, type ReportHead, type ReportLeaf } from "../src/report";
import type { Receipt } from "../src/receipt";
import type { Checked } from "./check";
import { el } from "./dom";
import { picture } from "./picture";
import { tellDetails, tellFinding, tellGate, tellPublished, tellTime } from "./tell";
import type { Language, Say } from "./texts";

const SIGNS = { clean: "✓", suspicious: "!", unreachable: "?" } as const;

function verdict(say: Say, report: Report): HTMLElement {
	return el(
		"section", { class: `verdict ${report.verdict}`, id: "verdict", "data-verdict": report.verdict, tabindex: -1 },
		el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[report.verdict]),
		el("div", {}, el("h2", {}, say(`verdict.${report.verdict}`)), el("p", {}, say(`verdict.${report.verdict}.more`))),
	);
}

function findings(say: Say, report: Report): HTMLElement {
	const items = report.findings.map((finding) => {
		const weight = weightOf(finding.code);
		const mark = weight === "note" ? el("b", {}, `${say("label.note")}: `) : null;
		return el("li", { class: weight }, mark, tellFinding(say, finding));
	});
	if (report.findingsMore > 0) items.push(el("li", {}, say("label.more", report.findingsMore)));
	return el(
		"section", {},
		el("h2", {}, say("label.findings")),
		items.length > 0 ? el("ul", { class: "findings" }, ...items) : el("p", {}, say("page.nothing.found")),
	);
}

function row(name: string, value: string): readonly HTMLElement[] {
	return value ? [el("dt", {}, name), el("dd", {}, clean(value))] : [];
}

function prettyRecord(record: string): string {
	try {
		return JSON.stringify(JSON.parse(record), null, 2);
	} catch {
		return record;
	}
}

function receiptCard(say: Say, receipt: Receipt): HTMLElement {
	const record = el("details", {}, el("summary", {}, say("label.record")), el("pre", {}, prettyRecord(receipt.record)));
	return el(
		"section", {},
		el("h2", {}, `${say("label.receipt")}: ${say(`kind.${receipt.kind}`)}`),
		el(
			"dl", {},
			...row(say("label.site"), receipt.site),
			...row(say("label.issued"), tellTime(receipt.issuedMs)),
			...row(say("label.person"), receipt.subject),
			...row(say("label.log"), receipt.logUrl || receipt.log.name),
			...row(say("label.key"), receipt.logKey),
		),
		receipt.record ? record : null,
	);
}

function headText(say: Say, head: ReportHead): string {
	const witnesses = head.witnesses > 0 ? say("label.witnesses", head.witnesses) : say("label.unwitnessed");
	const parts = [say("label.entries", head.size), witnesses];
	if (head.witnessedMs) parts.push(say("label.witnessed", tellTime(head.witnessedMs)));
	return parts.join("; ");
}

function eventItem(say: Say, language: Language, leaf: ReportLeaf, event: Event | null): HTMLElement {
	if (!event)
		return el(
			"li", { class: leaf.state },
			el("time", {}, say("detail.place", leaf.n + 1)),
			el("strong", {}, say(leaf.text ? "finding.event-malformed" : `state.${leaf.state}`)),
		);
	const small = [
		tellDetails(say, language, event),
		tellPublished(say, leaf, event.at_ms),
		leaf.state === "opened" ? "" : say(`state.${leaf.state}`),
		leaf.fromReceipt && leaf.state !== "pending" ? say("detail.receipt") : "",
	].filter((text) => text !== "");
	return el(
		"li", { class: leaf.state },
		el("time", {}, tellTime(event.at_ms)),
		el("strong", {}, say(`event.${event.type}`)),
		...small.map((text) => el("span", {}, text)),
	);
}

function history(say: Say, language: Language, checked: Checked): HTMLElement {
	const { leaves, checkpoint } = checked.report;
	const events = leaves.map((leaf) => leaf.text && parseEvent(leaf.text));
	const matched = events.filter((event) => event?.type === "verified" || event?.type === "identified").length;
	const unmatched = events.filter((event) => event?.type === "verify-no-match").length;
	// A count over a part would look like one over all.
	const isWhole = checked.withLog && checked.report.verdict !== "unreachable";
	const compared = `${say("label.compared", matched + unmatched)} (${say("label.matched", matched)}, ${say("label.unmatched", unmatched)})`;
	return el(
		"section", {},
		el("h2", {}, say("label.events")),
		checkpoint ? el("p", { class: "quiet" }, `${say("label.log")}: ${headText(say, checkpoint)}`) : null,
		checked.withLog ? null : el("p", { class: "hint" }, say("page.receipt.only")),
		isWhole ? el("p", {}, compared) : null,
		leaves.length > 0
			? el("ol", { class: "events" }, ...leaves.map((leaf, i) => eventItem(say, language, leaf, events[i] ?? null)))
			: el("p", {}, say("label.none")),
	);
}

/** What each gate has said of the erasure. */
function gates(say: Say, report: Report): HTMLElement | null {
	if (report.gates.length === 0) return null;
	const items = report.gates.map((gate) => el("li", { class: gate.word }, tellGate(say, gate)));
	return el("section", {}, el("h2", {}, say("label.gates")), el("ul", {}, ...items));
}

function evidence(say: Say, report: Report): HTMLElement | null {
	if (!report.evidence) return null;
	const notes = report.evidence.map((note) => el("pre", {}, note));
	return el("section", {}, el("h2", {}, say("label.evidence")), ...notes);
}

export function answer(say: Say, language: Language, checked: Checked): readonly HTMLElement[] {
	const { report, receipts } = checked;
	const json = el("details", {}, el("summary", {}, say("page.report")), el("pre", { id: "report" }, reportJson(report)));
	const parts = [
		verdict(say, report),
		findings(say, report),
		evidence(say, report),
		gates(say, report),
		history(say, language, checked),
		...receipts.map((receipt) => receiptCard(say, receipt)),
		checked.ownPolicy ? null : el("p", { class: "hint" }, say("page.trust")),
		picture(say, receipts),
		el("section", {}, el("h2", {}, say("limits.title")), el("p", {}, say("limits")), json),
	];
	return parts.filter((part) => part !== null);
}
