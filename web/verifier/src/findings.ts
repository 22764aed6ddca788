// SPDX-License-Identifier: Apache-2.0
// What can be found, in the order of docs/receipts.md, and how much each weighs.

export type Weight = "suspicious" | "unreachable" | "note";

const SUSPICIOUS = [
	"receipt-signature", "log-untrusted", "keys-differ", "record-mismatch", "leaf-proof", "leaf-foreign",
	"checkpoint-signature", "checkpoint-untrusted", "fork", "log-older", "log-damaged", "entry-invalid", "leaf-missing",
	"chain-gap", "chain-broken", "duplicate-place", "after-end", "renewal-mismatch", "withheld", "event-edited",
	"event-malformed", "use-after-withdrawal", "disclosure-overdue", "gate-word",
] as const;
const UNREACHABLE = ["log-unreachable", "log-incomplete"] as const;
const NOTE = [
	"unwitnessed", "leaf-pending", "key-absent", "key-renewed", "still-readable", "event-unknown", "database-restored",
	"gate-silent",
] as const;

export const CODES = [...SUSPICIOUS, ...UNREACHABLE, ...NOTE] as const;
export type Code = (typeof CODES)[number];

export function weightOf(code: Code): Weight {
	const at = CODES.indexOf(code);
	if (at < SUSPICIOUS.length) return "suspicious";
	return at < SUSPICIOUS.length + UNREACHABLE.length ? "unreachable" : "note";
}

/** -1: not about one. */
export interface Finding {
	readonly code: Code;
	readonly key: number;
	readonly n: number;
	readonly index: number;
}

const KEPT_MAX = 20000;
const SHOWN_MAX = 256;

export type Verdict = "clean" | "suspicious" | "unreachable";

function compare(a: Finding, b: Finding): number {
	return CODES.indexOf(a.code) - CODES.indexOf(b.code) || a.key - b.key || a.n - b.n || a.index - b.index;
}

export class Findings {
	readonly #all: Finding[] = [];
	#beyond = 0;

	add(code: Code, place: { readonly key?: number; readonly n?: number; readonly index?: number } = {}): void {
		const { key = -1, n = -1, index = -1 } = place;
		if (this.#all.length === KEPT_MAX) this.#beyond++;
		else this.#all.push({ code, key, n, index });
	}

	has(code: Code): boolean {
		return this.#all.some((finding) => finding.code === code);
	}

	/** Over all of them: one that is not shown weighs as much. */
	verdict(): Verdict {
		const weights = new Set(this.#all.map((finding) => weightOf(finding.code)));
		if (weights.has("suspicious") || this.#beyond > 0) return "suspicious";
		return weights.has("unreachable") ? "unreachable" : "clean";
	}

	/** Sorted, each once, and how many more there are. */
	shown(): { readonly findings: readonly Finding[]; readonly more: number } {
		const sorted = [...this.#all].sort(compare).filter((one, i, all) => i === 0 || compare(one, all[i - 1]!) !== 0);
		return {
			findings: sorted.slice(0, SHOWN_MAX),
			more: this.#beyond + Math.max(0, sorted.length - SHOWN_MAX),
		};
	}
}
