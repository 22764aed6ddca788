// SPDX-License-Identifier: Apache-2.0
// Words in three languages: those of the C verifier, and a few of the page's own.

import en from "../../../src/receipt/texts/en.txt";
import kk from "../../../src/receipt/texts/kk.txt";
import ru from "../../../src/receipt/texts/ru.txt";
import pageEn from "../texts/en.txt";
import pageKk from "../texts/kk.txt";
import pageRu from "../texts/ru.txt";

export const LANGUAGES = ["kk", "ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { kk: "Қазақша", ru: "Русский", en: "English" };

function read(prefix: string, text: string): [string, string][] {
	return text
		.split("\n")
		.filter((line) => line.includes(" = ") && !line.startsWith("#"))
		.map((line) => [prefix + line.slice(0, line.indexOf(" = ")), line.slice(line.indexOf(" = ") + 3)]);
}

const texts: Readonly<Record<Language, ReadonlyMap<string, string>>> = {
	en: new Map([...read("", en), ...read("page.", pageEn)]),
	kk: new Map([...read("", kk), ...read("page.", pageKk)]),
	ru: new Map([...read("", ru), ...read("page.", pageRu)]),
};

/** The text of a key with its {} filled in; without a text the last part of the key. */
export type Say = (key: string, ...values: readonly (string | number)[]) => string;

export function speaker(language: Language): Say {
	return (key, ...values) =>
		values.reduce<string>(
			(text, value) => text.replace("{}", () => String(value)),
			texts[language].get(key) ?? key.slice(key.indexOf(".") + 1),
		);
}

export function preferredLanguage(wanted: readonly string[]): Language {
	for (const one of wanted) {
		const found = LANGUAGES.find((language) => one.toLowerCase().startsWith(language));
		if (found) return found;
	}
	return "en";
}
