// SPDX-License-Identifier: Apache-2.0
// Console, portal, kiosk and the page of a check: one page under four names, and web/dist/assets/, whose names carry a
// hash. The server embeds what is in web/dist.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import "./openapi.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const assets = join(dist, "assets");
const PAGES = ["index.html", "portal.html", "kiosk.html", "check.html"];
rmSync(assets, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
const result = await build({
	absWorkingDir: here,
	entryPoints: { app: "app/main.tsx", style: "app/style/style.css" },
	outdir: assets,
	publicPath: "/assets",
	entryNames: "[name]-[hash]",
	chunkNames: "[name]-[hash]",
	assetNames: "[name]-[hash]",
	bundle: true,
	splitting: true,
	minify: true,
	format: "esm",
	target: "es2022",
	charset: "utf8",
	jsx: "automatic",
	jsxImportSource: "preact",
	loader: { ".txt": "text", ".svg": "file" },
	legalComments: "none",
	metafile: true,
	logLevel: "warning",
});

/** What was shipped of others, with the licences under which it is. */
function licences() {
	const folders = new Set(
		Object.keys(result.metafile.inputs)
			.map((path) => /node_modules\/(@[^/]+\/[^/]+|[^/]+)\//.exec(path)?.[1])
			.filter((name) => name !== undefined),
	);
	return [...folders].sort().map((name) => {
		const folder = join(here, "node_modules", name);
		const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
		const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
		if (!file) throw new Error(`${name} has no licence file`);
		return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
	}).join(`\n${"-".repeat(72)}\n\n`);
}

function digestOf(text) {
	return createHash("sha256").update(text).digest("hex");
}

function put(word, ending, text) {
	writeFileSync(join(assets, `${word}-${digestOf(text).slice(0, 8).toUpperCase()}${ending}`), text);
}

put("licences", ".txt", licences());
put("mark", ".svg", readFileSync(join(here, "app/style/mark.svg"), "utf8"));

const names = readdirSync(assets);
const named = (word, ending) => `/assets/${names.find((name) => name.startsWith(`${word}-`) && name.endsWith(ending))}`;
const parts = {
	script: named("app", ".js"),
	style: named("style", ".css"),
	mark: named("mark", ".svg"),
	licences: named("licences", ".txt"),
};
const page = readFileSync(join(here, "app/page.html"), "utf8").replace(/\{\{([a-z]+)\}\}/g, (_, name) => parts[name]);
for (const name of PAGES) writeFileSync(join(dist, name), page);
