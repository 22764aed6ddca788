// SPDX-License-Identifier: Apache-2.0
// The verifier without a window, for tests and the demo:
//   node verifier.mjs [--log FOLDER] [--policy FILE] RECEIPT...
// writes the report as JSON. Exit code 0: clean; 1: suspicious; 4: no receipt; 5: unreachable.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { verifyHistory } from "../src/history";
import type { LogFiles } from "../src/log_files";
import { NOTE_BYTES_MAX } from "../src/note";
import { BadInput, parseReceipt, type Receipt } from "../src/receipt";
import { reportJson } from "../src/report";
import { verifyReceipts } from "../src/verify";

const EXITS = { clean: 0, suspicious: 1, unreachable: 5 } as const;
const EXIT_USAGE = 2;
const EXIT_INPUT = 4;

function filesIn(folder: string): LogFiles {
	return {
		async read(path, bytesMax) {
			try {
				const file = join(folder, path);
				if ((await stat(file)).size > bytesMax) return "too-long";
				return new Uint8Array(await readFile(file));
			} catch (problem) {
				return (problem as NodeJS.ErrnoException).code === "ENOENT" ? "missing" : "unreadable";
			}
		},
	};
}

async function readReceipt(path: string): Promise<Receipt> {
	if ((await stat(path)).size > NOTE_BYTES_MAX) throw new BadInput("receipt");
	return parseReceipt(new Uint8Array(await readFile(path)));
}

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { log: { type: "string" }, policy: { type: "string" } },
	});
	if (positionals.length === 0) {
		process.stderr.write("usage: verifier.mjs [--log FOLDER] [--policy FILE] RECEIPT...\n");
		return EXIT_USAGE;
	}
	const receipts = await Promise.all(positionals.map(readReceipt));
	const policy = values.policy === undefined ? null : await readFile(values.policy, "utf8");
	const report = values.log === undefined
		? verifyReceipts(receipts, policy)
		: await verifyHistory(receipts, filesIn(values.log), policy);
	process.stdout.write(`${reportJson(report)}\n`);
	return EXITS[report.verdict];
}

main().then(
	(code) => (process.exitCode = code),
	(problem: unknown) => {
		process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
		process.exitCode = problem instanceof BadInput ? EXIT_INPUT : EXITS.unreachable;
	},
);
