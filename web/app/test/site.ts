// SPDX-License-Identifier: Apache-2.0
// A real site in memory with a real tanud before it, as its operator would set it up.

import { execFile, execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { request, type APIRequestContext, type APIResponse } from "playwright-core";
import { openGate, type Gate } from "./gate";

/** Built by "ninja -C build/dev tanu tanud"; TANU_PROGRAMS names another folder. */
export const PROGRAMS = resolve(process.env["TANU_PROGRAMS"] ?? "../build/dev/prog");
const MEMORY = "/dev/shm";
const START_MS = 15_000;
export const PASSWORD = "kök aspan astynda 7";

export const ROLES = ["operator", "enrolment", "presence", "auditor", "administrator"] as const;
export type Role = (typeof ROLES)[number];
export type Cookies = Awaited<ReturnType<APIRequestContext["storageState"]>>;

export interface Signed {
	readonly request: APIRequestContext;
	readonly cookies: Cookies;
	readonly token: string;
}
export interface Site {
	readonly address: string;
	readonly folder: string;
	readonly staff: Readonly<Record<Role, Signed>>;
	/** A first password that nobody has used yet. */
	readonly fresh: { readonly name: string; readonly password: string };
	readonly tanu: (...words: readonly string[]) => string;
	/** The same while this process goes on, to answer it. */
	readonly tanuAsync: (...words: readonly string[]) => Promise<string>;
	/** Where tablets are answered, and the certificate of one that the site knows. */
	readonly tablets: { readonly address: string; readonly certificate: Certificate };
	/** A gate of that name with a simulated door, until the site stops. */
	readonly gate: (name: string, script: string) => Promise<void>;
	/** The server anew, with this word for every face, or with the real evidence (null). */
	readonly restart: (liveness: Liveness) => Promise<void>;
	readonly stop: () => Promise<void>;
}
export interface Certificate {
	readonly origin: string;
	readonly pfxPath: string;
	readonly passphrase: string;
}
/** Photographs do not live: the flow is tried with a word that a build for tests takes instead of evidence. */
export type Liveness = "live" | "attack" | null;

function freePort(): Promise<number> {
	return new Promise((good, bad) => {
		const server = createServer().once("error", bad).listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() => (typeof address === "object" && address ? good(address.port) : bad(new Error("no port"))));
		});
	});
}

async function answers(context: APIRequestContext): Promise<boolean> {
	return context.get("/healthz").then((response) => response.ok(), () => false);
}

async function waitFor(address: string, server: ChildProcess): Promise<void> {
	const context = await request.newContext({ baseURL: address, ignoreHTTPSErrors: true });
	const end = Date.now() + START_MS;
	while (!(await answers(context))) {
		if (Date.now() > end || server.exitCode !== null) throw new Error("tanud does not answer");
		await new Promise((next) => setTimeout(next, 50));
	}
	await context.dispose();
}

/** A folder that tanu has borrowed is back within a moment; until then the server says 503. */
export async function patiently(ask: () => Promise<APIResponse>): Promise<APIResponse> {
	for (let tries = 0; ; tries++) {
		const response = await ask();
		if (response.status() !== 503 || tries === 20) return response;
		await new Promise((next) => setTimeout(next, 250));
	}
}

/** Signs in; changes a first password into the one of these tests. */
export async function signIn(address: string, name: string, password: string): Promise<Signed> {
	const context = await request.newContext({ baseURL: address, ignoreHTTPSErrors: true });
	let response = await patiently(() => context.post("/api/v1/session", { data: { name, password } }));
	if (!response.ok()) throw new Error(`${name} can't sign in: ${await response.text()}`);
	let session = await response.json();
	if (session.account.must_change) {
		const headers = { "X-Tanu-Token": session.token };
		response = await context.post("/api/v1/me/password", { headers, data: { old: password, new: PASSWORD } });
		if (!response.ok()) throw new Error(`the password of ${name} can't be changed: ${await response.text()}`);
		session = await (await context.get("/api/v1/session")).json();
	}
	const origins = [{ origin: address, localStorage: [{ name: "tanu.in", value: "1" }] }];
	return { request: context, cookies: { ...(await context.storageState()), origins }, token: session.token };
}

const NGINX = "/usr/sbin/nginx";
export const hasNginx = existsSync(NGINX);

/** nginx as docs/server.md says, with TLS of its own before plain HTTP of this machine. */
function openProxy(folder: string, address: string, inner: string): ChildProcess {
	const config = join(folder, "nginx.conf");
	execFileSync("openssl", [
		"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
		"-addext", "subjectAltName=DNS:localhost", "-keyout", join(folder, "proxy.key"), "-out", join(folder, "proxy.crt"),
	], { stdio: "ignore" });
	writeFileSync(config, `daemon off; ${process.getuid?.() === 0 ? "user root;" : ""} pid ${folder}/nginx.pid; error_log ${folder}/nginx.log;
events { worker_connections 1024; }
http {
	access_log off;
	${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((what) => `${what}_temp_path ${folder}/nginx-${what};`).join(" ")}
	server {
		listen ${address} ssl;
		ssl_certificate proxy.crt;
		ssl_certificate_key proxy.key;
		client_max_body_size 64m;
		location / {
			proxy_pass http://${inner};
			proxy_buffering off;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header X-Forwarded-For $remote_addr;
			proxy_set_header Host $http_host;
		}
	}
}
`);
	return spawn(NGINX, ["-p", folder, "-c", config], { stdio: "ignore" });
}

export interface Wish {
	/** Then without gates and tablets. */
	readonly behindNginx?: boolean;
	/** Lines of its tanu.ini. */
	readonly settings?: string;
}

/** null, with the reason told, where there is nothing to run. */
export async function openSite({ behindNginx = false, settings = "" }: Wish = {}): Promise<Site | null> {
	const program = (name: string) => join(PROGRAMS, name);
	if (!existsSync(program("tanud")) || !existsSync(program("tanu"))) return null;
	const above = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : "/tmp", "tanu-web-"));
	const folder = join(above, "site");
	const tanu = (...words: readonly string[]) => execFileSync(program("tanu"), [...words, "--data", folder], { encoding: "utf8" });
	const tanuAsync = async (...words: readonly string[]) => (await promisify(execFile)(program("tanu"), [...words, "--data", folder])).stdout;
	execFileSync(program("tanu"), ["init", folder, "--site", "№ 12 мектеп"]);
	writeFileSync(join(folder, "tanu.ini"), settings, { flag: "a" });
	for (const language of ["kk", "ru", "en"]) {
		tanu("notice", "add", "--language", language);
		tanu("notice", "add", "--children", "--language", language);
	}
	const first = (name: string, role: string): string => JSON.parse(tanu("account", "add", name, "--role", role, "--json")).password;
	const passwords = Object.fromEntries(ROLES.map((role) => [role, first(role, role)]));
	const fresh = { name: "aigul", password: first("aigul", "enrolment") };
	writeFileSync(join(above, "people.csv"), "name;born\nӘлия Серікқызы;1986-03-09\nТимур Ким;1984-11-30\nАйша Оспан;2015-09-01\nJohn Smith;1990-01-15\n");
	tanu("subject", "import", join(above, "people.csv"));

	const address = `https://localhost:${await freePort()}`;
	const gatesAt = `127.0.0.1:${await freePort()}`;
	const tabletsAt = `https://localhost:${await freePort()}`;
	const pfxPath = join(above, "door.p12");
	const { password: passphrase } = JSON.parse(tanu("tablet", "add", "front door", "--out", pfxPath, "--json")) as { password: string };
	const tablets = { address: tabletsAt, certificate: { origin: tabletsAt, pfxPath, passphrase } };
	const loopback = (url: string) => url.slice("https://".length).replace("localhost", "127.0.0.1");
	const gates: Gate[] = [];
	const gate = async (name: string, script: string) => {
		const { code } = JSON.parse(tanu("gate", "add", name, "--json")) as { code: string };
		gates.push(await openGate(PROGRAMS, join(above, name), name, code, `https://${gatesAt}`, script));
	};
	const inner = `127.0.0.1:${await freePort()}`;
	const proxy = behindNginx ? openProxy(above, loopback(address), inner) : null;
	const served = behindNginx ? ["--listen", inner, "--plain"] : ["--listen", loopback(address), "--gates", gatesAt, "--tablets", loopback(tabletsAt)];
	const serve = (liveness: Liveness) =>
		spawn(program("tanud"), ["--data", folder, ...served], {
			stdio: ["ignore", "ignore", process.env["TANU_LOUD"] ? "inherit" : "ignore"],
			env: { ...process.env, ...(liveness ? { TANU_SYNTHETIC_LIVENESS: liveness } : {}) },
		});
	let server = serve("live");
	const end = async () => {
		const ended = new Promise((next) => server.once("exit", next));
		if (server.exitCode === null && server.kill("SIGTERM")) await ended;
	};
	const restart = async (liveness: Liveness) => {
		await end();
		server = serve(liveness);
		await waitFor(address, server);
	};
	const stop = async () => {
		for (const one of gates) await one.stop();
		await end();
		proxy?.kill("SIGTERM");
		rmSync(above, { recursive: true, force: true });
	};
	try {
		await waitFor(address, server);
		const signed = [];
		for (const role of ROLES) signed.push([role, await signIn(address, role, passwords[role]!)] as const);
		return { address, folder, staff: Object.fromEntries(signed) as Record<Role, Signed>, fresh, tanu, tanuAsync, tablets, gate, restart, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
