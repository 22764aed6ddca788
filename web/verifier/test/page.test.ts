// SPDX-License-Identifier: Apache-2.0
// The built page in Chromium, from a file and without a network: the same reports as everywhere.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";

const folder = process.env["TANU_VECTORS"] ?? "../tests/vectors/receipt";
const program = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Where pictures of the page go, if somebody wants to look at them. */
const pictures = process.env["TANU_PICTURES"];
const address = pathToFileURL(resolve("dist/verifier.html")).href;
const skip = existsSync(program) ? false : `there is no ${program}`;

let browser: Browser | null = null;

before(async () => {
	if (!skip) browser = await chromium.launch({ executablePath: program });
});

after(async () => {
	await browser?.close();
});

interface Opened {
	readonly page: Page;
	/** What the page asked for, or complained about. */
	readonly trouble: string[];
}

async function open(options: { readonly width: number; readonly dark: boolean; readonly locale: string }): Promise<Opened> {
	assert(browser);
	const context = await browser.newContext({
		offline: true,
		viewport: { width: options.width, height: 800 },
		colorScheme: options.dark ? "dark" : "light",
		locale: options.locale,
	});
	const page = await context.newPage();
	const trouble: string[] = [];
	page.on("request", (request) => {
		if (request.url() !== address) trouble.push(request.url());
	});
	page.on("console", (message) => trouble.push(message.text()));
	page.on("pageerror", (error) => trouble.push(error.message));
	await page.goto(address);
	return { page, trouble };
}

async function look(page: Page, name: string, receipts: readonly string[], withLog: boolean): Promise<void> {
	const at = join(folder, name);
	if (withLog) await page.setInputFiles("#folder", join(at, "log"));
	await page.setInputFiles("#receipts", receipts.map((file) => join(at, file)));
	await page.waitForSelector("#verdict");
}

async function keepPicture(page: Page, name: string): Promise<void> {
	if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

const LOOKS = [
	{ name: "good_history", receipts: ["1.tanu-receipt"], log: true, width: 360, dark: false, locale: "kk-KZ" },
	{ name: "edited_event", receipts: ["1.tanu-receipt"], log: true, width: 360, dark: true, locale: "ru-RU" },
	{ name: "forked_receipts", receipts: ["1.tanu-receipt", "2.tanu-receipt"], log: false, width: 1000, dark: false, locale: "en-GB" },
	{ name: "missing_bundle", receipts: ["1.tanu-receipt"], log: true, width: 1000, dark: true, locale: "en-GB" },
	{ name: "two_bundles", receipts: ["1.tanu-receipt"], log: true, width: 360, dark: false, locale: "ru-RU" },
];

for (const one of LOOKS) {
	test(`page: ${one.name}`, { skip }, async () => {
		const { page, trouble } = await open(one);
		await look(page, one.name, one.receipts, one.log);
		const want = readFileSync(join(folder, one.name, "report.json"), "utf8").trim();
		assert.equal(await page.textContent("#report"), want);
		assert.equal(await page.getAttribute("#verdict", "data-verdict"), (JSON.parse(want) as { verdict: string }).verdict);
		assert.equal(await page.getAttribute("html", "lang"), one.locale.slice(0, 2));
		assert(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than the screen");
		assert.deepEqual(trouble, []);
		await keepPicture(page, one.name);
		await page.context().close();
	});
}

test("page: what is no receipt, by keyboard and in another language", { skip }, async () => {
	const { page, trouble } = await open({ width: 360, dark: false, locale: "en-GB" });
	await page.setInputFiles("#receipts", join(folder, "cases.json"));
	await page.waitForSelector("#bad");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	assert.equal(await page.getAttribute("html", "lang"), "kk");
	assert.match((await page.textContent("#bad")) ?? "", /түбіртек емес/);
	assert.equal(await page.evaluate("document.activeElement.id"), "language-kk");
	assert.deepEqual(trouble, []);
	await keepPicture(page, "no_receipt");
	await page.context().close();
});

test("page: a receipt that is dropped", { skip }, async () => {
	const { page, trouble } = await open({ width: 360, dark: false, locale: "en-GB" });
	const bytes = readFileSync(join(folder, "good_receipt/1.tanu-receipt"), "utf8");
	await page.evaluate((text) => {
		const dataTransfer = new DataTransfer();
		dataTransfer.items.add(new File([text], "1.tanu-receipt"));
		document.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
	}, bytes);
	assert.equal(await page.getAttribute("#verdict", "data-verdict"), "clean");
	assert.deepEqual(trouble, []);
	await page.context().close();
});

test("page: a file that can't be read is no answer", { skip }, async () => {
	const { page } = await open({ width: 360, dark: false, locale: "en-GB" });
	await page.evaluate("File.prototype.arrayBuffer = () => Promise.reject(new Error('gone'))");
	await page.setInputFiles("#receipts", join(folder, "good_receipt/1.tanu-receipt"));
	assert.match((await page.textContent("#bad")) ?? "", /could not be read to the end/);
	assert.equal(await page.locator("#verdict").count(), 0);
	await page.context().close();
});

test("page: nothing can be fetched", { skip }, async () => {
	const { page } = await open({ width: 360, dark: false, locale: "en-GB" });
	const fetched = page.evaluate("fetch('data:text/plain,x').then(() => 'fetched', () => 'refused')");
	assert.equal(await fetched, "refused");
	await page.context().close();
});
