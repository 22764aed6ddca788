// SPDX-License-Identifier: Apache-2.0
// Console, portal and kiosk: web/dist/site/, one page and assets that carry a hash in their names, for
// the server to embed. assets.json lists them.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import "./openapi.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const site = join(here, "dist/site");
const TYPES = {
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
};

rmSync(site, { recursive: true, force: true });
mkdirSync(join(site, "assets"), { recursive: true });
const result = await build({
	absWorkingDir: here,
	entryPoints: { app: "app/main.tsx", style: "app/style/style.css" },
	outdir: join(site, "assets"),
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

function digest(bytes, encoding) {
	return createHash("sha256").update(bytes).digest(encoding);
}

function put(word, ending, text) {
	writeFileSync(join(site, `assets/${word}-${digest(text, "hex").slice(0, 8).toUpperCase()}${ending}`), text);
}

put("licences", ".txt", licences());
put("mark", ".svg", readFileSync(join(here, "app/style/mark.svg"), "utf8"));

const names = readdirSync(join(site, "assets")).sort();
const named = (word, ending) => `/assets/${names.find((name) => name.startsWith(`${word}-`) && name.endsWith(ending))}`;
const parts = {
	script: named("app", ".js"),
	style: named("style", ".css"),
	mark: named("mark", ".svg"),
	licences: named("licences", ".txt"),
};
const page = readFileSync(join(here, "app/page.html"), "utf8").replace(/\{\{([a-z]+)\}\}/g, (_, name) => parts[name]);
writeFileSync(join(site, "index.html"), page);

const assets = ["index.html", ...names.map((name) => `assets/${name}`)].map((file) => {
	const bytes = readFileSync(join(site, file));
	const immutable = file !== "index.html";
	return { path: immutable ? `/${file}` : "/", file, type: TYPES[extname(file)], immutable, sha256: digest(bytes, "hex") };
});
writeFileSync(join(site, "assets.json"), `${JSON.stringify(assets, null, "\t")}\n`);
