// SPDX-License-Identifier: Apache-2.0
// What a phone fetches before it shows the first page, as compressed as a server would send it.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const DIST = "dist";
const LIMIT = 150_000;

function imported(file: string, seen: Set<string>): void {
	if (seen.has(file)) return;
	seen.add(file);
	const text = readFileSync(join(DIST, "assets", file), "utf8");
	for (const [, next] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) imported(next!, seen);
}

function weigh(bytes: Buffer): number {
	return gzipSync(bytes, { level: 6 }).length;
}

test("the first page weighs less than 150 kB, in the heaviest language", () => {
	const page = readFileSync(join(DIST, "index.html"));
	const names = [...page.toString().matchAll(/\/assets\/([^"]+)/g)].map((match) => match[1]!).filter((name) => !name.startsWith("licences"));
	const all = readdirSync(join(DIST, "assets"));
	const scripts = new Set<string>();
	for (const name of names.filter((one) => one.endsWith(".js"))) imported(name, scripts);
	const languages = ["kk", "ru", "en"].map((language) => all.filter((name) => name.startsWith(`${language}-`)));
	const of = (files: readonly string[]) => files.reduce((sum, file) => sum + weigh(readFileSync(join(DIST, "assets", file))), 0);
	// The two that are fetched next are counted in: nobody stays at the sign-in.
	const next = new Set<string>();
	for (const name of all.filter((one) => /^(console|portal)-.*\.js$/.test(one))) imported(name, next);
	const first = weigh(page) + of(names.filter((one) => !one.endsWith(".js"))) + of([...scripts]) + Math.max(...languages.map(of));
	const whole = first + of([...next].filter((one) => !scripts.has(one)));
	assert(first > 0 && first < LIMIT, `${first} bytes`);
	assert(whole < LIMIT, `${whole} bytes with console and portal`);
});

test("pages load nothing from elsewhere and run nothing inline", () => {
	for (const name of ["index.html", "portal.html", "kiosk.html"]) {
		const page = readFileSync(join(DIST, name), "utf8");
		assert.doesNotMatch(page, /<script(?![^>]*src=)|<style|\son[a-z]+=|style=|https?:\/\//);
	}
	for (const name of readdirSync(join(DIST, "assets")).filter((one) => one.endsWith(".css")))
		assert.doesNotMatch(readFileSync(join(DIST, "assets", name), "utf8"), /@import|url\((?!["']?data:)/);
});
