// SPDX-License-Identifier: Apache-2.0
// Words, numbers, dates and lists as the reader's language has them.

import type { Language, Texts } from "./language";

export type Value = string | number;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Some browsers know no Kazakh months. */
const KK_MONTHS = ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"];

/** Names of strangers: no control characters, nothing that turns the direction of writing. */
export function clean(text: string): string {
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

export class Speech {
	readonly language: Language;
	readonly #texts: Texts;
	readonly #plural: Intl.PluralRules;
	readonly #number: Intl.NumberFormat;

	constructor(language: Language, texts: Texts) {
		this.language = language;
		this.#texts = texts;
		this.#plural = new Intl.PluralRules(language);
		// Chromium writes Kazakh numbers as Russian does.
		this.#number = new Intl.NumberFormat(language === "kk" ? "ru" : language);
	}

	has = (key: string): boolean => this.#texts.has(key);

	/** The text of a key, its {} filled in order; a word of the registry without a text says itself. */
	say = (key: string, ...values: readonly Value[]): string => {
		let next = 0;
		const text = this.#texts.get(key) ?? key.slice(key.indexOf(".") + 1);
		return text.replace(/\{(\d?)\}/g, (_, place: string) => {
			const value = values[place === "" ? next++ : Number(place)] ?? "";
			return typeof value === "number" ? this.number(value) : value;
		});
	};

	/** As a line of its own begins: with a capital letter. */
	cap = (text: string): string => text.charAt(0).toLocaleUpperCase(this.language) + text.slice(1);

	/** The same by number: "key.one", "key.few" and so on; the number comes first. */
	count = (key: string, n: number, ...values: readonly Value[]): string => {
		const exact = `${key}.${this.#plural.select(n)}`;
		return this.say(this.#texts.has(exact) ? exact : `${key}.other`, n, ...values);
	};

	number = (n: number): string => this.#number.format(n);

	/** "26 November 2026", "2026 жылғы 26 қараша", "26 ноября 2026 г." */
	day = (ms: number): string => {
		const date = new Date(ms);
		if (this.language === "kk") return `${date.getFullYear()} жылғы ${date.getDate()} ${KK_MONTHS[date.getMonth()]}`;
		return new Intl.DateTimeFormat(this.language === "en" ? "en-GB" : this.language, {
			day: "numeric", month: "long", year: "numeric",
		}).format(date);
	};

	/** The last day on which something holds that ends at this instant: its end is a midnight of UTC. */
	lastDay = (endMs: number): string => this.date(new Date(endMs - 1).toISOString().slice(0, 10));

	time = (ms: number): string =>
		new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(ms));

	moment = (ms: number): string => `${this.day(ms)}, ${this.time(ms)}`;

	/** "today, 08:12" where that says more than a date. */
	lately = (ms: number, nowMs: number): string => {
		const days = Math.round((new Date(nowMs).setHours(0, 0, 0, 0) - new Date(ms).setHours(0, 0, 0, 0)) / DAY_MS);
		if (days === 0) return this.say("time.today", this.time(ms));
		if (days === 1) return this.say("time.yesterday", this.time(ms));
		return this.moment(ms);
	};

	/** A date without a time of day, YYYY-MM-DD. */
	date = (text: string): string => {
		const [year, month, day] = text.split("-").map(Number);
		return this.day(new Date(year ?? 0, (month ?? 1) - 1, day ?? 1).getTime());
	};

	list = (words: readonly string[]): string =>
		this.language === "kk" ? words.join(", ") : new Intl.ListFormat(this.language, { type: "conjunction" }).format(words);

	/** Once in how many, for an error rate: people understand that better than a power of ten. */
	oneIn = (rate: number): string => (rate > 0 ? this.say("rate.one-in", Math.round(1 / rate)) : this.say("rate.none"));
}
