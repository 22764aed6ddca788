// SPDX-License-Identifier: Apache-2.0
// Chromium with a fake camera, and what is asked of every screen.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Certificate, Cookies } from "./site";

export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const PROGRAMS = resolve(process.env["TANU_PROGRAMS"] ?? "../build/dev/prog");
/** Where pictures of the pages go, if somebody wants to look at them. Faces are never on them. */
const PICTURES = process.env["TANU_PICTURES"];
const SHEET = "../.deps/demo/screenshot-facematch.jpg";
const ARGS = [
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Seen {
	readonly box: readonly [number, number, number, number];
	readonly advice_enrol: string | null;
	readonly quality: { readonly unified: number };
}

/** Pictures of one round, at which a hand that holds a photograph is back where it was. */
const ROUND = 30;
/** How many pictures a pass is held up for, and then a face, where there is a pass. */
const PASS_FRAMES = 45;
const FACE_ROUNDS = 7;

/** A picture in somebody's hand, as a film of so many JPEGs. */
async function held(browser: Browser, picture: Buffer, type: string, box: readonly [number, number, number, number] | null, frames: number): Promise<readonly Buffer[]> {
	const page = await browser.newPage();
	const encoded = await page.evaluate(async ([address, box, frames]) => {
		const image = new Image();
		image.src = address;
		await image.decode();
		const [x1, y1, x2, y2] = box ?? [0, 0, image.width, image.height];
		const height = box ? (y2 - y1) * 1.7 : Math.max(y2, (x2 * 3) / 4);
		const width = (height * 4) / 3;
		const canvas = document.createElement("canvas");
		canvas.width = 1280;
		canvas.height = 960;
		const onto = canvas.getContext("2d")!;
		const film: string[] = [];
		for (let at = 0; at < frames; at++) {
			const angle = (2 * Math.PI * at) / frames;
			onto.fillStyle = "#9a9a9a";
			onto.fillRect(0, 0, 1280, 960);
			onto.drawImage(image, (x1 + x2 - width) / 2, (y1 + y2 - height) / 2, width, height, 6 * Math.sin(angle), 4 * Math.cos(angle), 1280, 960);
			film.push(canvas.toDataURL("image/jpeg", 0.95).split(",")[1]!);
		}
		return film;
	}, [`data:${type};base64,${picture.toString("base64")}`, box, frames] as const);
	await page.close();
	return encoded.map((frame) => Buffer.from(frame, "base64"));
}

/**
 * The best face of the demo's sheet, cut out by the browser itself, as a film of a photograph in somebody's
 * hand; before it a pass (PNG), if there is one. Beside it the face as one picture.
 */
async function film(browser: Browser, folder: string, pass: Buffer | null): Promise<string | null> {
	if (!existsSync(SHEET)) return null;
	const { faces } = JSON.parse(execFileSync(join(PROGRAMS, "tanu"), ["inspect", resolve(SHEET), "--json"], { encoding: "utf8", maxBuffer: 1 << 26 })) as { faces: Seen[] };
	const rated = (face: Seen) => face.quality.unified + (face.advice_enrol === null ? 1 : 0);
	const best = [...faces].sort((a, b) => rated(b) - rated(a))[0];
	if (!best) return null;
	const face = await held(browser, readFileSync(SHEET), "image/jpeg", best.box, ROUND);
	// A face alone first: nothing comes of it, and the page asks for the pass.
	const shown = pass ? [...face, ...(await held(browser, pass, "image/png", null, PASS_FRAMES))] : [];
	const path = join(folder, "camera.mjpeg");
	writeFileSync(join(folder, "face.jpg"), face[0]!);
	writeFileSync(path, Buffer.concat([...shown, ...Array.from({ length: pass ? FACE_ROUNDS : 1 }, () => face).flat()]));
	return path;
}

export interface Chromium {
	readonly browser: Browser;
	/** The camera sees a face, not only colours. */
	readonly hasFace: boolean;
	/** The face as one picture, where there is one. */
	readonly face: string;
	readonly close: () => Promise<void>;
}

/** `pass`: a picture of one, which the camera sees before the face. */
export async function openChromium(pass: Buffer | null = null): Promise<Chromium> {
	const folder = mkdtempSync(join(tmpdir(), "tanu-camera-"));
	const launch = (args: readonly string[]) => chromium.launch({ executablePath: CHROMIUM, args: [...ARGS, ...args] });
	let browser = await launch([]);
	const path = await film(browser, folder, pass);
	if (path) {
		await browser.close();
		browser = await launch([`--use-file-for-fake-video-capture=${path}`]);
	}
	const close = async () => {
		await browser.close();
		rmSync(folder, { recursive: true, force: true });
	};
	return { browser, hasFace: path !== null, face: join(folder, "face.jpg"), close };
}

export interface Opened {
	readonly page: Page;
	/** Errors of the page and the console; answers that refuse on purpose are named by the test. */
	readonly trouble: string[];
}

export interface View {
	readonly language: string;
	readonly width: number;
	readonly dark?: boolean;
}

/** The same signed-in browser at another port of the machine: what it keeps is of that origin. */
export function keptAt(address: string, cookies: Cookies): Cookies {
	return { ...cookies, origins: cookies.origins.map((one) => ({ ...one, origin: address })) };
}

export async function openPage(browser: Browser, address: string, view: View, cookies?: Cookies, certificate?: Certificate): Promise<Opened> {
	const context = await browser.newContext({
		baseURL: address,
		ignoreHTTPSErrors: true,
		locale: view.language,
		viewport: { width: view.width, height: 900 },
		colorScheme: view.dark ? "dark" : "light",
		reducedMotion: "reduce",
		acceptDownloads: true,
		...(cookies ? { storageState: keptAt(address, cookies) } : {}),
		...(certificate ? { clientCertificates: [certificate] } : {}),
	});
	const page = await context.newPage();
	page.setDefaultTimeout(10_000);
	const trouble: string[] = [];
	page.on("console", (message) => {
		if (message.type() === "error" || message.type() === "warning") trouble.push(`${page.url()}: ${message.text()}`);
	});
	page.on("pageerror", (error) => trouble.push(`${page.url()}: ${error.message}`));
	page.on("request", (request) => {
		const url = new URL(request.url());
		if (url.protocol !== "blob:" && url.protocol !== "data:" && url.origin !== address) trouble.push(`a stranger was asked: ${request.url()}`);
	});
	return { page, trouble };
}

/** The screen has come: its heading is there, and nothing is being waited for. */
export async function settled(page: Page): Promise<void> {
	await page.waitForSelector("h1");
	await page.waitForFunction(() => !document.querySelector(".waiting"));
}

/** By how many pixels it is wider than the window. */
export function overhang(page: Page): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** No serious fault by axe-core (WCAG 2.2 AA). */
export async function faultsOf(page: Page): Promise<readonly string[]> {
	// Through the debugger, since the page's own policy lets no script in.
	await page.evaluate(`if (!globalThis.axe) { ${AXE} }`);
	return page.evaluate(async () => {
		const { axe } = globalThis as unknown as { axe: { run: (what: object) => Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> } };
		const { violations } = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
		return violations
			.filter((one) => one.impact === "serious" || one.impact === "critical")
			.map((one) => `${one.id}: ${one.nodes[0]?.html} ${one.nodes[0]?.failureSummary}`);
	});
}

export async function accessible(page: Page, where: string): Promise<void> {
	assert.deepEqual(await faultsOf(page), [], where);
}

export async function keepPicture(page: Page, name: string): Promise<void> {
	if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
