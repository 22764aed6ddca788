// SPDX-License-Identifier: Apache-2.0
// Every case of tests/vectors/receipt: the report must be the same bytes.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { verifyHistory } from "../src/history";
import type { LogFiles } from "../src/log_files";
import { parseReceipt } from "../src/receipt";
import { reportJson } from "../src/report";
import { verifyReceipts } from "../src/verify";

interface Case {
	readonly name: string;
	readonly about: string;
	readonly log: boolean;
	readonly policy?: string;
	readonly receipts: readonly string[];
}

const folder = process.env["TANU_VECTORS"] ?? "../tests/vectors/receipt";
const cases = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as readonly Case[];

function filesIn(log: string): LogFiles {
	return {
		async read(path, bytesMax) {
			if (!existsSync(join(log, path))) return "missing";
			const bytes = readFileSync(join(log, path));
			return bytes.length > bytesMax ? "too-long" : new Uint8Array(bytes);
		},
	};
}

for (const one of cases) {
	test(`${one.name}: ${one.about}`, async () => {
		const at = join(folder, one.name);
		const receipts = one.receipts.map((file) => parseReceipt(new Uint8Array(readFileSync(join(at, file)))));
		const policy = one.policy ? readFileSync(join(at, one.policy), "utf8") : null;
		const report = one.log
			? await verifyHistory(receipts, filesIn(join(at, "log")), policy)
			: verifyReceipts(receipts, policy);
		assert.equal(`${reportJson(report)}\n`, readFileSync(join(at, "report.json"), "utf8"));
	});
}
