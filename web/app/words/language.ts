// SPDX-License-Identifier: Apache-2.0
// The three languages, and the texts of one of them, fetched when it is wanted.

export const LANGUAGES = ["kk", "ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { kk: "Қазақша", ru: "Русский", en: "English" };

export type Texts = ReadonlyMap<string, string>;
const KEPT = "tanu.language";

export function isLanguage(word: string): word is Language {
	return (LANGUAGES as readonly string[]).includes(word);
}

export function parseTexts(...files: readonly string[]): Texts {
	const lines = files.flatMap((file) => file.split("\n")).filter((line) => line.includes(" = ") && !line.startsWith("#"));
	return new Map(
		lines.map((line) => {
			const at = line.indexOf(" = ");
			return [line.slice(0, at), line.slice(at + 3)];
		}),
	);
}

/** Our own words, and those that receipts and printed papers use for the same things. */
const FILES: Readonly<Record<Language, () => Promise<Texts>>> = {
	kk: async () => parseTexts((await import("../../../src/receipt/texts/kk.txt")).default, (await import("../texts/kk.txt")).default),
	ru: async () => parseTexts((await import("../../../src/receipt/texts/ru.txt")).default, (await import("../texts/ru.txt")).default),
	en: async () => parseTexts((await import("../../../src/receipt/texts/en.txt")).default, (await import("../texts/en.txt")).default),
};

export function loadTexts(language: Language): Promise<Texts> {
	return FILES[language]();
}

export function startLanguage(): Language {
	let kept: string | null = null;
	try {
		kept = localStorage.getItem(KEPT);
	} catch {
		// A browser that keeps nothing is none the worse for it.
	}
	const wanted = [...(kept ? [kept] : []), ...navigator.languages].map((word) => word.slice(0, 2).toLowerCase());
	return wanted.find(isLanguage) ?? "kk";
}

export function keepLanguage(language: Language): void {
	try {
		localStorage.setItem(KEPT, language);
	} catch {
		// As above.
	}
}
