// SPDX-License-Identifier: Apache-2.0
// The tags of her next leaves, so that each entry is looked up once. A gap of up to AHEAD missing
// leaves is seen; behind a longer one the chain seems to end.

import { hex, type Bytes } from "./bytes";
import { leafTag, tagOf } from "./leaf";
import type { ReceiptKey } from "./receipt";

const AHEAD = 1024;

export interface Place {
	readonly key: number;
	readonly n: number;
}

export class Tags {
	readonly #places = new Map<string, Place>();
	readonly #ends: number[];

	constructor(readonly keys: readonly ReceiptKey[]) {
		this.#ends = keys.map(() => 0);
		keys.forEach((_, key) => this.#lookFor(key, AHEAD));
	}

	#lookFor(key: number, end: number): void {
		for (let n = this.#ends[key]!; n < end; n++) {
			const tag = hex(leafTag(this.keys[key]!.key, n));
			// The same key may stand twice in a receipt: the first has it.
			if (!this.#places.has(tag)) this.#places.set(tag, { key, n });
		}
		this.#ends[key] = Math.max(end, this.#ends[key]!);
	}

	/** Her place of this leaf; it is looked AHEAD beyond from then on. */
	take(leaf: Bytes): Place | undefined {
		const place = this.#places.get(hex(tagOf(leaf)));
		if (place) this.#lookFor(place.key, place.n + 1 + AHEAD);
		return place;
	}
}
