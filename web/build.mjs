// SPDX-License-Identifier: Apache-2.0
// The verifier as one HTML file that loads nothing: web/dist/verifier.html. The same sources give the
// same bytes, because a site states the file's SHA-256 in its log. Beside it verifier.mjs, the same
// verifier without a window, for Node: the demo and the tests run it.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, "verifier/page");

async function bundle(entry, options) {
	const result = await build({
		entryPoints: [entry],
		absWorkingDir: here,
		bundle: true,
		write: false,
		minify: true,
		legalComments: "inline",
		logLevel: "warning",
		...options,
	});
	return result.outputFiles[0].text.trim();
}

function hashOf(text) {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

const script = await bundle("verifier/page/main.ts", { format: "esm", target: "es2022", loader: { ".txt": "text" } });
const style = await bundle("verifier/page/page.css", {});
if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style)) throw new Error("the page would end too early");

const parts = { script, style, "script-hash": hashOf(script), "style-hash": hashOf(style) };
const template = readFileSync(join(page, "page.html"), "utf8");
const html = template.replace(/\{\{([a-z-]+)\}\}/g, (_, name) => parts[name]);
mkdirSync(join(here, "dist"), { recursive: true });
writeFileSync(join(here, "dist/verifier.html"), html);

const headless = await bundle("verifier/node/main.ts", { platform: "node", format: "esm", target: "node18" });
writeFileSync(join(here, "dist/verifier.mjs"), headless);
