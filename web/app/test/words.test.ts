// SPDX-License-Identifier: Apache-2.0
// Every text in every language, with the same values, and with the forms that its numbers need.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LANGUAGES, parseTexts, type Language, type Texts } from "../words/language";
import { Speech } from "../words/speech";

const FORMS = /\.(zero|one|two|few|many|other)$/;

function read(language: Language): Texts {
	const shared = readFileSync(`../src/receipt/texts/${language}.txt`, "utf8");
	return parseTexts(shared, readFileSync(`app/texts/${language}.txt`, "utf8"));
}

const texts = Object.fromEntries(LANGUAGES.map((language) => [language, read(language)])) as Record<Language, Texts>;
/** Keys that are counted: those with an ".other". */
const counted = new Set([...texts.en.keys()].filter((key) => key.endsWith(".other") && texts.en.has(key.replace(FORMS, ".one"))).map((key) => key.replace(FORMS, "")));

function bases(all: Texts): readonly string[] {
	const names = [...all.keys()].map((key) => (counted.has(key.replace(FORMS, "")) ? key.replace(FORMS, "") : key));
	return [...new Set(names)].sort();
}

function values(text: string): number {
	return text.match(/\{\d?\}/g)?.length ?? 0;
}

test("every key is there in all three languages", () => {
	for (const language of LANGUAGES) assert.deepEqual(bases(texts[language]), bases(texts.en), language);
});

/** The words of an X-list in a header of the service. */
function wordsOf(list: string): readonly string[] {
	const header = readFileSync("../src/service/service.h", "utf8");
	const begin = header.indexOf(`#define ${list}(X)`);
	const body = header.slice(begin, header.indexOf("\nenum", begin));
	return [...body.matchAll(/X\(\w+,(?: \d+,)?\s*"([a-z-]+)"/g)].map((found) => found[1]!);
}

test("what the service may say by a word has a text", () => {
	const lists = [["ERASURE_SCOPE_LIST", "erasure.scope", 6], ["ERASURE_REMAINS_LIST", "erasure.remains", 11], ["BREACH_KIND_LIST", "breach.kind", 8]] as const;
	for (const [list, group, count] of lists) {
		const words = wordsOf(list);
		assert.equal(words.length, count, list);
		for (const word of words) assert(texts.en.has(`${group}.${word}`), `${group}.${word}`);
	}
});

test("each group of settings has a title, and no title is of none", () => {
	const named = (pattern: RegExp) => [...new Set([...texts.en.keys()].flatMap((key) => pattern.exec(key)?.[1] ?? []))].sort();
	assert.deepEqual(named(/^settings\.group\.([a-z]+)$/), named(/^setting\.([a-z]+)\./));
});

test("each error that the contract names has a text", () => {
	const contract = readFileSync("../src/api/openapi.yaml", "utf8");
	const named = new Set([...contract.matchAll(/x-errors: \[([a-z, -]+)\]/g)].flatMap((found) => found[1]!.split(", ")));
	const everywhere = ["forged", "repeated", "folder-busy", "file-too-large", "role", "signed-out", "json"];
	assert(named.size > 20);
	for (const code of [...named, ...everywhere]) assert(texts.en.has(`problem.${code}`), `problem.${code}`);
});

test("a text takes the same values in every language", () => {
	for (const language of LANGUAGES)
		for (const [key, text] of texts[language]) {
			const english = texts.en.get(key) ?? texts.en.get(key.replace(FORMS, ".other"))!;
			assert.equal(values(text), values(english), `${language}: ${key}`);
		}
});

test("nothing is left empty, or in another language's letters", () => {
	for (const language of LANGUAGES)
		for (const [key, text] of texts[language]) {
			assert.notEqual(text.trim(), "", `${language}: ${key}`);
			if (language === "en") assert.doesNotMatch(text, /\p{Script=Cyrillic}/u, key);
			if (language === "ru") assert.doesNotMatch(text, /[әғқңөұүһі]/i, key);
			if (language === "kk") assert.doesNotMatch(text, /[ёщ]/i, key);
		}
});

test("numbers have the forms that the language asks for", () => {
	for (const language of ["en", "ru"] as const) {
		const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
		for (const key of counted) for (const form of forms) assert(texts[language].has(`${key}.${form}`), `${language}: ${key}.${form}`);
	}
	const { count } = new Speech("ru", texts.ru);
	assert.equal(count("people.total", 1), "1 человек");
	assert.equal(count("people.total", 3), "3 человека");
	assert.equal(count("people.total", 25), "25 человек");
});

test("dates as each language writes them", () => {
	const day = new Date(2026, 10, 26, 8, 5).getTime();
	assert.equal(new Speech("kk", texts.kk).moment(day), "2026 жылғы 26 қараша, 08:05");
	assert.equal(new Speech("ru", texts.ru).day(day), "26 ноября 2026 г.");
	assert.equal(new Speech("en", texts.en).day(day), "26 November 2026");
});

function sources(folder: string): readonly string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return entry.name === "test" ? [] : sources(path);
		return /\.tsx?$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
	});
}

test("the pages say nothing that has no text, and no text is never said", () => {
	const code = sources("app").join("\n");
	const said = [...code.matchAll(/"([a-z]+(?:\.[a-z0-9-]+)+)"/g)].map((match) => match[1]!);
	const known = new Set(bases(texts.en));
	const families = [...code.matchAll(/`([a-z.-]+)\$\{/g)].map((match) => match[1]!);
	const heads = new Set([...known].map((key) => key.split(".")[0]!));
	const unsaid = said.filter((key) => heads.has(key.split(".")[0]!) && !known.has(key) && !families.includes(`${key}.`));
	assert.deepEqual(unsaid.filter((key) => !key.startsWith("tanu.") && !key.startsWith("key.")), []);
	const own = bases(parseTexts(readFileSync("app/texts/en.txt", "utf8")));
	const unused = own.filter((key) => !code.includes(`"${key.replace(FORMS, "")}"`) && !families.some((family) => key.startsWith(family)));
	assert.deepEqual(unused, []);
});
