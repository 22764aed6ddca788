// SPDX-License-Identifier: Apache-2.0
// A real tanu-gate with a simulated door, paired with the site; nothing opens but a picture.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Gate {
	readonly stop: () => Promise<void>;
}

/** `script`: who walks through and shows what, in milliseconds after the start (docs/devices.md). */
export async function openGate(programs: string, folder: string, name: string, code: string, url: string, script: string): Promise<Gate> {
	const program = join(programs, "tanu-gate");
	const settings = join(folder, "gate.ini");
	mkdirSync(folder);
	writeFileSync(join(folder, "script"), script);
	writeFileSync(
		settings,
		`[gate]\nsocket = ${folder}/view.sock\n[state]\ndir = ${folder}/state\n[run]\ndir = ${folder}/run\n` +
			`[door]\ndriver = sim\nscript = ${folder}/script\n[reader1]\ndriver = sim\n[link]\nurl = ${url}\npoll_ms = 200\n`,
	);
	if (!existsSync(program)) throw new Error(`there is no ${program}`);
	execFileSync(program, ["--config", settings, "pair", "--code", code, "--site", url]);
	const gate = spawn(program, ["--config", settings, "run"], { stdio: ["ignore", "ignore", process.env["TANU_LOUD"] ? "inherit" : "ignore"] });
	return {
		stop: async () => {
			const ended = new Promise((next) => gate.once("exit", next));
			if (gate.exitCode === null && gate.kill("SIGTERM")) await ended;
			if (gate.exitCode !== null && gate.exitCode !== 0) throw new Error(`${name} ended with ${gate.exitCode}`);
		},
	};
}
