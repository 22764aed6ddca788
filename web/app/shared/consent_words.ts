// SPDX-License-Identifier: Apache-2.0
// How consents stand, in words.

import type { Consent, Purpose } from "contract";
import type { Tone } from "../ui/parts";
import type { Speech } from "../words/speech";

export const PURPOSES: readonly Purpose[] = ["access", "attendance", "visit", "identity", "calibration"];

export const CONSENT_TONES: Readonly<Record<Consent["state"], Tone>> = {
	none: "off", requested: "warn", given: "good", refused: "off", withdrawn: "off", expired: "off", lapsed: "off", replaced: "off",
};

/** What counts now of each purpose: the newest that was not replaced. */
export function currentConsents(consents: readonly Consent[]): ReadonlyMap<Purpose, Consent> {
	const newest = new Map<Purpose, Consent>();
	for (const one of [...consents].sort((a, b) => a.given_ms - b.given_ms))
		if (one.state !== "replaced" || !newest.has(one.purpose)) newest.set(one.purpose, one);
	// A live one counts, whatever was noted beside it.
	for (const one of consents) if (one.state === "given") newest.set(one.purpose, one);
	return newest;
}

export function tellConsent({ say, day, lastDay }: Speech, consent: Consent): string {
	switch (consent.state) {
		case "given":
			return say("consent.until", lastDay(consent.not_after_ms));
		case "requested":
			return say("consent.asked", day(consent.given_ms));
		default:
			return say("consent.since", day(consent.given_ms));
	}
}
