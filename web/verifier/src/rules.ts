// SPDX-License-Identifier: Apache-2.0
// What the events say of each other: ends of chains and renewals of keys, uses after a consent had
// ended, sealed disclosures that are overdue.

import { sha256 } from "@noble/hashes/sha2";
import { hex } from "./bytes";
import { purposesOf, type Event } from "./event";
import { foundAt, isOpened } from "./judge";
import { latestMs } from "./promises";
import type { Hers, History } from "./walk";

/** After a renewal nothing more of that key, after a removal nothing at all. */
function judgeEnds(h: History): void {
	let removed: Hers | null = null;
	let renewed: Hers | null = null;
	for (const leaf of h.hers) {
		if (renewed && renewed.key !== leaf.key) renewed = null;
		const afterRenewal = renewed && renewed.n < leaf.n;
		const afterRemoval = removed && (removed.key < leaf.key || removed.n < leaf.n);
		if (afterRenewal || afterRemoval) foundAt(h, "after-end", leaf);
		if (isOpened(leaf, "log-key-renewed")) renewed ??= leaf;
		if (isOpened(leaf, "subject-removed")) removed ??= leaf;
	}
}

function judgeRenewal(h: History, leaf: Hers): void {
	const next = h.audit.keys[leaf.key + 1];
	if (!next) foundAt(h, "key-renewed", leaf);
	else if (hex(sha256(next.key)) !== leaf.event?.document) foundAt(h, "renewal-mismatch", leaf);
}

/** A key that another one follows must end in a renewal, as far as its last text is known. */
function judgeKey(h: History, key: number): void {
	const own = h.hers.filter((leaf) => leaf.key === key);
	const last = own.at(-1);
	const renewed = own.some((leaf) => isOpened(leaf, "log-key-renewed"));
	if (!renewed && h.complete && (!last || last.state === "opened")) h.audit.findings.add("renewal-mismatch", { key });
}

interface Consent {
	readonly purposes: ReadonlySet<string>;
	readonly fromMs: number;
	readonly endMs: number;
}

const ENDS: readonly string[] = ["consent-withdrawn", "consent-expired", "consent-lapsed"];
const USES: readonly string[] = ["verified", "verify-no-match", "identified", "enrolled"];

function consentsIn(events: readonly Event[]): readonly Consent[] {
	return events
		.filter((event) => event.type === "consent-given" && event.about !== "")
		.map((given) => ({
			purposes: purposesOf(given),
			fromMs: given.at_ms,
			endMs: events
				.filter((event) => ENDS.includes(event.type) && event.about === given.about)
				.reduce((end, event) => Math.min(end, event.at_ms), given.due_ms || Number.POSITIVE_INFINITY),
		}));
}

/**
 * Some consent to one of the purposes is known, but none that was live then. Times are whole
 * milliseconds: what happened in the one in which it ended is let pass.
 */
function isUncovered(use: Event, consents: readonly Consent[]): boolean {
	return [...purposesOf(use)].some((purpose) => {
		const known = consents.filter((consent) => consent.purposes.has(purpose));
		return known.length > 0 && !known.some((consent) => consent.fromMs <= use.at_ms && use.at_ms <= consent.endMs);
	});
}

/** Only where every text is known: a consent may stand in one that was erased. */
function judgeUses(h: History): void {
	const events = h.hers.map((leaf) => leaf.event).filter((event) => event !== null);
	if (events.length < h.hers.length) return;
	const consents = consentsIn(events);
	for (const leaf of h.hers)
		if (leaf.event && USES.includes(leaf.event.type) && isUncovered(leaf.event, consents))
			foundAt(h, "use-after-withdrawal", leaf);
}

function judgeSealed(h: History): void {
	for (const { opened, dueMs, index } of h.sealed)
		if (!opened && dueMs < latestMs(h)) h.audit.findings.add("disclosure-overdue", { index });
}

export function judgeRules(h: History): void {
	judgeEnds(h);
	for (const leaf of h.hers) if (isOpened(leaf, "log-key-renewed")) judgeRenewal(h, leaf);
	for (let key = 0; key + 1 < h.audit.keys.length; key++) judgeKey(h, key);
	judgeSealed(h);
	judgeUses(h);
}
