// SPDX-License-Identifier: Apache-2.0
// Types, the built page, and all tests by node's own runner. The last line counts them.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "dist/test");
process.chdir(here);

function run(...words) {
	return spawnSync(process.execPath, words, { encoding: "utf8", maxBuffer: 1 << 26 });
}

function stop(what, { stdout, stderr }) {
	process.stdout.write(`${stdout}${stderr}${what}\n0 passed, 1 failed, 0 skipped\n`);
	process.exit(1);
}

const types = run("node_modules/typescript/bin/tsc", "--noEmit");
if (types.status !== 0) stop("the types do not fit", types);
const page = run("build.mjs");
if (page.status !== 0) stop("the page can't be built", page);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
	absWorkingDir: here,
	entryPoints: readdirSync("verifier/test").map((file) => join("verifier/test", file)),
	outdir: out,
	outExtension: { ".js": ".mjs" },
	bundle: true,
	platform: "node",
	format: "esm",
	external: ["playwright-core"],
	logLevel: "warning",
});

const files = readdirSync(out).map((file) => join(out, file));
const tests = run("--test", "--test-reporter=tap", ...files);
const counted = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(tests.stdout)?.[1] ?? 0);
if (tests.status !== 0) process.stdout.write(tests.stdout + tests.stderr);
const failed = Math.max(counted("fail") + counted("cancelled"), tests.status === 0 ? 0 : 1);
process.stdout.write(`${counted("pass")} passed, ${failed} failed, ${counted("skipped")} skipped\n`);
process.exit(failed === 0 ? 0 : 1);
