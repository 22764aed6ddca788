// SPDX-License-Identifier: Apache-2.0
// Texts in every language, with the same keys and the same gaps.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

function gaps(file: string): ReadonlyMap<string, number> {
	const lines = readFileSync(file, "utf8").split("\n").filter((line) => line.includes(" = ") && !line.startsWith("#"));
	return new Map(lines.map((line) => [line.slice(0, line.indexOf(" = ")), line.split("{}").length - 1]));
}

for (const language of ["kk", "ru"])
	test(`words of the page: ${language}`, () => {
		assert.deepEqual(gaps(`verifier/texts/${language}.txt`), gaps("verifier/texts/en.txt"));
	});
