// SPDX-License-Identifier: Apache-2.0
// Tests by node's own runner; the last line counts them. Without a word: types, the built pages, and all
// tests that need no server. "pages": those in Chromium before a tanud that embeds the pages.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "dist/test");
process.chdir(here);

const FOLDERS = ["verifier/test", "app/test"];
const wantsServer = process.argv[2] === "pages";
const isWanted = (file) => file.endsWith(".test.ts") && file.endsWith("pages.test.ts") === wantsServer;

function run(...words) {
	return spawnSync(process.execPath, words, { encoding: "utf8", maxBuffer: 1 << 26 });
}

function stop(what, { stdout, stderr }) {
	process.stdout.write(`${stdout}${stderr}${what}\n0 passed, 1 failed, 0 skipped\n`);
	process.exit(1);
}

if (!wantsServer) {
	const contract = run("openapi.mjs");
	if (contract.status !== 0) stop("the contract is not understood", contract);
	const types = run("node_modules/typescript/bin/tsc", "--noEmit");
	if (types.status !== 0) stop("the types do not fit", types);
	for (const script of ["build.mjs", "app.mjs"]) {
		const built = run(script);
		if (built.status !== 0) stop(`${script} fails`, built);
	}
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
	absWorkingDir: here,
	entryPoints: FOLDERS.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file))).filter(isWanted),
	outdir: out,
	outExtension: { ".js": ".mjs" },
	bundle: true,
	platform: "node",
	format: "esm",
	loader: { ".txt": "text" },
	external: ["playwright-core"],
	logLevel: "warning",
});

const files = readdirSync(out, { recursive: true }).filter((file) => file.endsWith(".mjs")).map((file) => join(out, file));
const tests = run("--test", "--test-reporter=tap", ...files);
const counted = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(tests.stdout)?.[1] ?? 0);
if (tests.status !== 0) process.stdout.write(tests.stdout + tests.stderr);
const failed = Math.max(counted("fail") + counted("cancelled"), tests.status === 0 ? 0 : 1);
process.stdout.write(`${counted("pass")} passed, ${failed} failed, ${counted("skipped")} skipped\n`);
process.exit(failed === 0 ? 0 : 1);
