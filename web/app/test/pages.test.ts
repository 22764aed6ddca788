// SPDX-License-Identifier: Apache-2.0
// The pages in Chromium with a fake camera, before a real tanud: what each role comes for, and every
// screen in three languages at three widths.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac, createPublicKey, verify } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { Agent, get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { request, type APIRequestContext, type Page } from "playwright-core";
import { renderSVG } from "uqr";
import { accessible, CHROMIUM, faultsOf, keepPicture, openChromium, openPage, overhang, settled, type Chromium, type Opened, type View } from "./browser";
import { hasNginx, openSite, PASSWORD, patiently, PROGRAMS, ROLES, signIn, type Certificate, type Role, type Signed, type Site } from "./site";
import { totp } from "./totp";

let site: Site | null = null;
let chromium: Chromium | null = null;
let skip: string | false = "there is no tanud, or no Chromium";

interface Person {
	readonly id: string;
	readonly name: string;
}
const people = new Map<string, Person>();
let family: Signed | null = null;
/** For a picture of what went wrong. */
let latest: Page | null = null;
let notice = { version: "", language: "kk" };

async function send<T>(who: Signed, method: "get" | "post", path: string, data?: object): Promise<T> {
	const response = await patiently(() => who.request[method](`/api/v1${path}`, { headers: { "X-Tanu-Token": who.token }, ...(data ? { data } : {}) }));
	assert(response.ok(), `${path}: ${await response.text()}`);
	const text = await response.text();
	return (text === "" ? undefined : JSON.parse(text)) as T;
}

function person(name: string): Person {
	const found = people.get(name);
	assert(found, name);
	return found;
}

before(async () => {
	if (!existsSync(CHROMIUM)) return;
	site = await openSite();
	if (!site) return;
	skip = false;
	chromium = await openChromium();
	const { enrolment } = site.staff;
	const { items } = await send<{ items: Person[] }>(enrolment, "get", "/subjects");
	for (const one of items) people.set(one.name.split(" ")[0]!, one);
	const notices = (await send<{ items: { version: string; language: string }[] }>(enrolment, "get", "/notices")).items;
	notice = notices.find(({ version, language }) => language === "kk" && !version.includes("children"))!;
	const guardian = { guardian: person("Әлия").id, relation: "mother", checked_by: "enrolment", how: "туу туралы куәлік" };
	await send(enrolment, "post", `/subjects/${person("Айша").id}/guardians`, guardian);
	await send(enrolment, "post", `/subjects/${person("Айша").id}/consents/request`, { purposes: ["access"], notice: { version: notice.version, language: "kk" } });
});

after(async () => {
	await chromium?.close();
	await site?.stop();
});

async function open(who: Signed | null, view: View): Promise<Opened> {
	assert(site && chromium);
	const opened = await openPage(chromium.browser, site.address, view, who?.cookies);
	latest = opened.page;
	return opened;
}

/** On the tablet that the site knows, at its own address. */
async function openTablet(who: Signed, view: View): Promise<Opened> {
	assert(site && chromium);
	const opened = await openPage(chromium.browser, site.tablets.address, view, who.cookies, site.tablets.certificate);
	latest = opened.page;
	return opened;
}

const NO_FACE = "there are no photographs to film (tools/setup)";

/** Runs where there is a server; a failed one leaves a picture, if somebody wants those. */
function browserTest(name: string, run: (site: Site) => Promise<string | void>): void {
	test(name, async (context) => {
		if (!site) {
			context.skip(String(skip));
			return;
		}
		try {
			const lacks = await run(site);
			if (lacks) context.skip(lacks);
		} catch (error) {
			if (latest) await keepPicture(latest, `failed-${name.replace(/[^a-z]+/g, "-").slice(0, 40)}`).catch(() => undefined);
			throw error;
		}
	});
}

async function done({ page, trouble }: Opened, allowed?: RegExp): Promise<void> {
	assert.deepEqual(trouble.filter((one) => !allowed?.test(one)), []);
	await page.context().close();
}

/** The browser itself tells of every answer that refuses. */
const REFUSED = /status of 4\d\d/;

async function press(page: Page, name: string): Promise<void> {
	await page.getByRole("button", { name, exact: true }).click();
}

browserTest("a first password is wrong once, then changed, and opens the console", async ({ fresh }) => {
	const opened = await open(null, { language: "kk", width: 390 });
	const { page } = opened;
	await page.goto("/");
	await page.getByLabel("Тіркелгі аты").fill(fresh.name);
	await page.getByLabel("Құпиясөз").fill("not this one");
	await press(page, "Кіру");
	assert.match(await page.getByRole("alert").innerText(), /сәйкес келмейді/);
	await page.getByLabel("Құпиясөз").fill(fresh.password);
	await press(page, "Кіру");
	await page.getByRole("heading", { name: "Өз құпиясөзіңізді таңдаңыз" }).waitFor();
	await accessible(page, "first password");
	await page.getByLabel("Сізге берілген құпиясөз").fill(fresh.password);
	await page.getByLabel("Жаңа құпиясөз").fill(PASSWORD);
	await press(page, "Құпиясөзді ауыстыру");
	await page.getByRole("heading", { name: "Адамдар" }).waitFor();
	await done(opened, REFUSED);
});

browserTest("a file with a bad row adds nobody and says which; a good one adds everybody", async ({ staff }) => {
	const opened = await open(staff.enrolment, { language: "ru", width: 820 });
	const { page } = opened;
	await page.goto("/#/people/import");
	const file = (text: string) => ({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
	await page.setInputFiles("input[type=file]", file("name;born\nСәуле Нұрлан;1990-02-30\nМарат Ахметов;1979-05-05\n"));
	await page.getByText("Не понята 1 строка.").waitFor();
	assert.equal(await page.getByRole("button", { name: /^Внести/ }).count(), 0);
	await page.setInputFiles("input[type=file]", file("name;born\nСәуле Нұрлан;1990-02-28\nМарат Ахметов;1979-05-05\n"));
	await press(page, "Внести 2 человека");
	await page.getByText("Внесены 2 человека.").waitFor();
	await page.getByRole("link", { name: "Посмотреть" }).click();
	await page.getByLabel("Имя или начало номера").fill("сәуле");
	await page.getByText("1 человек", { exact: true }).waitFor();
	await page.getByRole("link", { name: /Сәуле Нұрлан/ }).click();
	await page.getByRole("heading", { name: "Сәуле Нұрлан" }).waitFor();
	await done(opened);
});

browserTest("consent is given at the desk by keyboard alone, and taken back", async ({ staff }) => {
	const opened = await open(staff.enrolment, { language: "en", width: 1366 });
	const { page } = opened;
	await page.goto(`/#/people/${person("John").id}/consent`);
	await page.getByRole("heading", { name: "John Smith" }).waitFor();
	await page.waitForSelector(".notice");
	const reach = async (what: string) => {
		for (let steps = 0; steps < 60; steps++) {
			const at = await page.evaluate(() => {
				const element = document.activeElement;
				return `${element?.textContent ?? ""}|${element instanceof HTMLInputElement ? element.value : ""}`;
			});
			if (at.includes(what)) return;
			await page.keyboard.press("Tab");
		}
		assert.fail(`the keyboard never reaches ${what}`);
	};
	await reach("|access");
	await page.keyboard.press("Space");
	await reach("Yes, I agree");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Thank you", exact: true }).waitFor();
	const [saved] = await Promise.all([page.waitForEvent("download"), press(page, "Save the receipt")]);
	assert.match(saved.suggestedFilename(), /^[0-9a-f]{6}\.tanu-receipt$/);
	assert.match(readFileSync(await saved.path(), "utf8"), /^tanu receipt/i);
	await page.getByRole("link", { name: "To the person" }).click();
	await press(page, "Take back");
	await accessible(page, "taking back");
	await press(page, "Take it back");
	await page.getByText("It is done, and written down").waitFor();
	await done(opened);
});

browserTest("a mother comes in by her invitation, reads, agrees for her child, sees it checked, and withdraws", async ({ address, staff }) => {
	const { path, code } = await send<{ path: string; code: string }>(staff.enrolment, "post", `/subjects/${person("Әлия").id}/invitations`);
	const opened = await open(null, { language: "kk", width: 390 });
	const { page } = opened;
	await page.goto(path);
	await page.getByLabel("Сізге айтылған код").fill(code);
	assert(!page.url().includes(path.split("#")[1]!), "the invitation stays in the address");
	await page.getByLabel("Тіркелгі аты").fill("aliya@example.kz");
	await page.getByLabel("Жаңа құпиясөз").fill(PASSWORD);
	await accessible(page, "invitation");
	await press(page, "Кіру");
	await page.getByRole("link", { name: /Айша Оспан/ }).click();
	await page.getByText("Бет туралы ештеңе сақталмаған").waitFor();
	await page.getByRole("link", { name: "Жауап беру" }).click();
	await page.getByRole("checkbox", { name: /^кіру/i }).check();
	await page.getByLabel("Баладан сұрадым, ол да келіседі").check();
	await press(page, "Иә, келісемін");
	await page.getByRole("heading", { name: "«Иә» дегеніңіз жазылды" }).waitFor();
	await page.getByRole("link", { name: "Дайын" }).click();
	await page.getByText("келісім бар").first().waitFor();
	await page.getByRole("link", { name: /Ештеңе жасырылмағанын тексеру/ }).click();
	await press(page, "Қазір тексеру");
	await page.waitForSelector("#verdict[data-verdict=clean]");
	await accessible(page, "checked receipt");
	await keepPicture(page, "checked-kk-390");
	await page.goBack();
	await page.getByRole("link", { name: "Шешу" }).click();
	await press(page, "Қайтарып алу: кіру");
	await page.getByRole("dialog").getByRole("button", { name: "Қайтарып алу" }).click();
	await page.getByRole("heading", { name: "Қайтарып алынды" }).waitFor();
	await page.getByText("Не қалады").waitFor();
	await keepPicture(page, "withdrawn-kk-390");
	await page.getByRole("link", { name: "Дайын" }).click();
	await page.getByText("Содан бері бет 0 рет пайдаланылды.").waitFor();
	await page.goto(`/portal#/person/${person("Айша").id}/history`);
	await page.getByText("Келісім қайтарып алынды").waitFor();
	await page.getByRole("button", { name: /^Қарсылық білдіру: Келісім берілді/ }).click();
	await press(page, "Қарсымын");
	await page.getByText("Бұған қарсылық білдірілген.").waitFor();
	await done(opened);
	family = await signIn(address, "aliya@example.kz", PASSWORD);
});

browserTest("a child comes in by herself, can't say yes alone, and her no stands", async ({ staff }) => {
	const child = person("Айша").id;
	const { path, code } = await send<{ path: string; code: string }>(staff.enrolment, "post", `/subjects/${child}/invitations`);
	const opened = await open(null, { language: "ru", width: 390 });
	const { page } = opened;
	await page.goto(path);
	await page.getByLabel("Код, который вам назвали").fill(code);
	await page.getByLabel("Имя учётной записи").fill("aisha");
	await page.getByLabel("Новый пароль").fill(PASSWORD);
	await press(page, "Войти");
	await page.goto(`/portal#/person/${child}/decide`);
	await page.getByText("Твоё «нет» действует само по себе").waitFor();
	assert.equal(await page.getByRole("button", { name: "Да, согласен(-на)" }).count(), 0);
	await accessible(page, "a child decides");
	await keepPicture(page, "child-ru-390");
	await press(page, "Нет, не согласен(-на)");
	await page.getByRole("heading", { name: "Ваше «нет» записано" }).waitFor();
	const { items } = await send<{ items: readonly { state: string; by: string }[] }>(staff.enrolment, "get", `/subjects/${child}/consents`);
	assert(items.some(({ state, by }) => state === "refused" && by === "self"));
	await done(opened);
});

browserTest("a face is taken with guidance, the best of several frames are stored, and the tablet knows it", async ({ staff }) => {
	const john = person("John").id;
	await send(staff.enrolment, "post", `/subjects/${john}/consents`, { purposes: ["access"], by: "self", until: "2028-01-01", notice: { version: notice.version, language: "kk" } });
	const opened = await open(staff.enrolment, { language: "ru", width: 820 });
	const { page } = opened;
	await page.goto(`/#/people/${john}/face`);
	await press(page, "Включить камеру");
	await page.locator(".guide-text").waitFor();
	if (chromium?.hasFace) {
		await page.getByText("Спасибо, достаточно").waitFor();
		assert.equal(await page.locator(".shots .chosen").count(), 3);
		await press(page, "Сохранить данные лица");
		await page.getByText("Данные лица сохранены").waitFor();
		const tablet = await openTablet(staff.operator, { language: "ru", width: 820 });
		await tablet.page.goto("/");
		await tablet.page.getByRole("button", { name: /^По лицу/ }).click();
		await tablet.page.getByLabel("Имя или номер карты").fill("John");
		await press(tablet.page, "John Smith");
		await tablet.page.locator(".result[data-match=true]").waitFor();
		assert.doesNotMatch(await tablet.page.locator("main").innerText(), /\d\s*%|John/);
		await done(tablet);
	} else await page.getByText("Встаньте перед камерой, пожалуйста").waitFor();
	await done(opened);
});

browserTest("with the real evidence of life the same film is denied, and the other way is open", async ({ restart, staff }) => {
	if (!chromium?.hasFace) return NO_FACE;
	await restart(null);
	try {
		const opened = await openTablet(staff.operator, { language: "kk", width: 820 });
		const { page } = opened;
		await page.goto("/");
		await page.getByRole("button", { name: /^Бетіммен/ }).click();
		await page.getByLabel("Аты-жөні немесе карта нөмірі").fill("John");
		await press(page, "John Smith");
		await page.getByText(/^(Басыңызды сәл|Иегіңізді сәл)/).waitFor(); // a turn is asked, which no photograph makes
		await page.locator(".result[data-match=false]").waitFor({ timeout: 30_000 });
		await page.getByRole("button", { name: /^Камерасыз/ }).waitFor();
		await done(opened);
	} finally {
		await restart("live");
	}
	return undefined;
});

browserTest("where references are on passes, the tablet asks for the pass, and then for the face", async () => {
	if (!chromium?.hasFace) return NO_FACE;
	const passing = await openSite({ settings: "\n[storage]\nmode = pass\n" });
	assert(passing);
	let seeing: Chromium | null = null;
	try {
		const { staff, tablets, tanu } = passing;
		const { items } = await send<{ items: readonly Person[] }>(staff.enrolment, "get", "/subjects");
		const john = items.find(({ name }) => name.startsWith("John"))!.id;
		const { items: notices } = await send<{ items: readonly { version: string; language: string }[] }>(staff.enrolment, "get", "/notices");
		const { version } = notices.find(({ language }) => language === "en")!;
		await send(staff.enrolment, "post", `/subjects/${john}/consents`, { purposes: ["access"], by: "self", until: "2028-01-01", notice: { version, language: "en" } });
		const sheet = join(passing.folder, "..", "pass.pdf");
		const { files } = JSON.parse(tanu("pass", "issue", john, chromium.face, "--out", sheet, "--png", "--json")) as { files: readonly string[] };
		seeing = await openChromium(readFileSync(files.find((name) => name.endsWith(".png"))!));
		const opened = await openPage(seeing.browser, tablets.address, { language: "en", width: 820 }, staff.operator.cookies, tablets.certificate);
		const { page } = opened;
		latest = page;
		await page.goto("/");
		await page.getByRole("button", { name: /^With my face/ }).click();
		await page.getByLabel("Name, or number of the card").fill("John");
		await press(page, "John Smith");
		await page.getByText("Hold your pass to the camera, the code in the frame").waitFor();
		await page.locator(".result[data-match=true]").waitFor({ timeout: 20_000 });
		await done(opened, REFUSED);
	} finally {
		await seeing?.close();
		await passing.stop();
	}
	return undefined;
});

browserTest("a person locks his own face, then withdraws, and sees that it is gone", async ({ address, tablets, staff }) => {
	const john = person("John").id;
	const { path, code } = await send<{ path: string; code: string }>(staff.enrolment, "post", `/subjects/${john}/invitations`);
	const opened = await open(null, { language: "en", width: 820 });
	const { page } = opened;
	await page.goto(path);
	await page.getByLabel("The code that you were told").fill(code);
	await page.getByLabel("Name of the account").fill("john@example.kz");
	await page.getByLabel("New password").fill(PASSWORD);
	await press(page, "Come in");
	if (chromium?.hasFace) {
		await page.getByRole("heading", { name: "The face is recognised here" }).waitFor();
		await press(page, "Lock it now");
		await page.getByRole("heading", { name: "The face is locked" }).waitFor();
		const capture = { subject: john, use: "verify", purpose: "access" };
		const tablet = await request.newContext({
			baseURL: tablets.address, ignoreHTTPSErrors: true, storageState: staff.operator.cookies, clientCertificates: [tablets.certificate],
		});
		const refused = await tablet.post("/api/v1/captures", { headers: { "X-Tanu-Token": staff.operator.token }, data: capture });
		assert.equal((await refused.json()).code, "held", "a locked face is still compared");
		await tablet.dispose();
		await press(page, "Unlock");
		await page.getByRole("heading", { name: "The face is recognised here" }).waitFor();
	}
	await page.getByRole("link", { name: "Decide" }).click();
	await press(page, "Take back: access");
	await page.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
	await page.getByText(chromium?.hasFace ? "The face data is destroyed" : "It is done, and written down").waitFor();
	await page.getByRole("link", { name: "Done" }).click();
	await page.getByRole("heading", { name: "Nothing of the face is stored" }).waitFor();
	await page.getByText("Since then the face was used 0 times.").waitFor();
	await keepPicture(page, "since-en-820");
	const [saved] = await Promise.all([page.waitForEvent("download"), press(page, "Download everything All that is held, in an open format.")]);
	assert.equal(typeof JSON.parse(readFileSync(await saved.path(), "utf8")), "object");
	await done(opened);
	assert((await signIn(address, "john@example.kz", PASSWORD)).token);
});

/** The pages of a PDF as a scanner gives them back. */
function scanned(pdf: Buffer): readonly { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[] {
	const folder = mkdtempSync(join(tmpdir(), "tanu-scan-"));
	try {
		writeFileSync(join(folder, "form.pdf"), pdf);
		execFileSync("pdftoppm", ["-r", "150", "-gray", "-png", join(folder, "form.pdf"), join(folder, "page")]);
		return readdirSync(folder).filter((name) => name.endsWith(".png")).sort()
			.map((name) => ({ name, mimeType: "image/png", buffer: readFileSync(join(folder, name)) }));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

browserTest("a form is printed at the desk, comes back signed, and is recorded as it is ticked", async ({ staff }) => {
	const who = await send<{ id: string }>(staff.enrolment, "post", "/subjects", { name: "Signs Paper", born: "1980-02-02" });
	const opened = await open(staff.enrolment, { language: "en", width: 1366 });
	const { page } = opened;
	await page.goto(`/#/people/${who.id}/consent`);
	await page.getByLabel("To open the door", { exact: false }).first().check();
	await page.getByLabel("came to an appointment", { exact: false }).first().check();
	const [made] = await Promise.all([page.waitForResponse((answer) => answer.url().endsWith("/forms")), press(page, "Print to sign")]);
	assert.equal(made.status(), 200);
	// What the tab got went past this test; a form that is made anew replaces it.
	const pdf = await staff.enrolment.request.post(`/api/v1/subjects/${who.id}/forms`, {
		headers: { "X-Tanu-Token": staff.enrolment.token },
		data: { purposes: ["access", "visit"], by: "self", until: "2030-01-01", notice: { version: notice.version, language: "kk" } },
	});
	assert.equal(pdf.status(), 200, await pdf.text());
	const pages = scanned(await pdf.body());
	const { items } = await send<{ items: readonly { pages: number; state: string }[] }>(staff.enrolment, "get", `/subjects/${who.id}/forms`);
	assert.deepEqual(items.map(({ state }) => state), ["ended", "open"]);
	assert.equal(items[1]!.pages, pages.length);
	await page.goto("/#/people/scans");
	await page.getByRole("heading", { name: "Signed forms" }).waitFor();
	const poster = { name: "poster.png", mimeType: "image/png", buffer: await page.screenshot() };
	await page.setInputFiles("input[type=file]", [pages[0]!, poster]);
	await page.getByText("1 file belongs to no form:").waitFor();
	await page.getByText("the signed page is missing").waitFor();
	await page.setInputFiles("input[type=file]", pages.slice(1));
	await page.getByText("Signs Paper").waitFor();
	await page.getByRole("group", { name: /^access/i }).getByLabel("Yes is ticked").check();
	assert(await page.getByRole("button", { name: "Record it" }).isDisabled(), "half of the form is not said");
	await page.getByRole("group", { name: /^visit/i }).getByLabel("No is ticked").check();
	await accessible(page, "scans");
	await keepPicture(page, "scans");
	await press(page, "Record it");
	await page.getByText("recorded", { exact: true }).waitFor();
	const consents = await send<{ items: readonly { purpose: string; state: string; how?: string }[] }>(staff.enrolment, "get", `/subjects/${who.id}/consents`);
	const now = (purpose: string) => consents.items.find((one) => one.purpose === purpose && one.state !== "replaced");
	assert.deepEqual([now("access")?.state, now("access")?.how, now("visit")?.state], ["given", "hand", "refused"]);
	await done(opened, /422/); // the poster
});

browserTest("a consent is signed on the screen, and the signature is among the papers", async ({ staff }) => {
	const who = await send<{ id: string }>(staff.enrolment, "post", "/subjects", { name: "Signs Here", born: "1980-02-02" });
	const opened = await open(staff.enrolment, { language: "en", width: 820 });
	const { page } = opened;
	await page.goto(`/#/people/${who.id}/consent`);
	const pad = page.getByRole("img", { name: "Signature, on this screen" });
	await pad.scrollIntoViewIfNeeded();
	const box = (await pad.boundingBox())!;
	const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
	await page.mouse.move(...at(0.1, 0.7));
	await page.mouse.down();
	for (let i = 1; i <= 24; i++) await page.mouse.move(...at(0.1 + i * 0.03, 0.5 + 0.3 * Math.sin(i)));
	await page.mouse.up();
	await page.getByLabel("To open the door", { exact: false }).first().check();
	await accessible(page, "signature");
	await keepPicture(page, "signature");
	await press(page, "Yes, I agree");
	await page.getByRole("heading", { name: "Thank you" }).waitFor();
	const { items } = await send<{ items: readonly { kind: string }[] }>(staff.enrolment, "get", `/subjects/${who.id}/papers`);
	assert.equal(items.length, 1);
	await done(opened);
});

browserTest("the camera asks for consent before it takes anything", async ({ staff }) => {
	const opened = await open(staff.enrolment, { language: "en", width: 820 });
	const { page } = opened;
	await page.goto(`/#/people/${person("Тимур").id}/face`);
	await press(page, "Turn on the camera");
	await page.locator(".note.problem[data-code=no-consent]").waitFor();
	assert.equal(await page.locator(".doorway").isVisible(), false);
	await done(opened, REFUSED);
});

browserTest("the tablet: both ways of one size, a neutral answer, a bell", async ({ staff }) => {
	const watching = await open(staff.operator, { language: "kk", width: 820 });
	await watching.page.goto("/#/doors");
	await watching.page.getByText("тікелей").waitFor();
	const opened = await openTablet(staff.operator, { language: "ru", width: 1366 });
	const { page } = opened;
	await page.goto("/");
	await page.getByRole("heading", { name: "Как вам удобнее войти?" }).waitFor();
	const boxes = await Promise.all([0, 1].map((n) => page.locator(".way").nth(n).boundingBox()));
	assert.equal(boxes[0]?.width, boxes[1]?.width);
	assert.equal(boxes[0]?.height, boxes[1]?.height);
	await accessible(page, "tablet");
	await page.getByRole("button", { name: /^По лицу/ }).click();
	await page.getByLabel("Имя или номер карты").fill("Тимур");
	await press(page, "Тимур Ким");
	await page.locator(".result[data-match=false]").waitFor();
	assert.doesNotMatch(await page.locator("main").innerText(), /\d\s*%|отказ|неверно/i);
	await page.getByRole("button", { name: "Позвать взрослого" }).click();
	await page.getByRole("heading", { name: "Зовём взрослого" }).waitFor();
	await watching.page.getByText("Қоңырау: ересек адам шақырылды").waitFor();
	await press(watching.page, "Барамын");
	await page.getByRole("heading", { name: "К вам идут" }).waitFor();
	await watching.page.getByText("Қоңырауға жауап берілді").waitFor();
	assert.equal(await watching.page.getByRole("button", { name: "Барамын" }).count(), 0);
	await done(watching);
	await done(opened, REFUSED);
});

/** Under this certificate, and no session of another one's; a folder that is lent is waited for. */
async function statusAt(path: string, { origin, pfxPath, passphrase }: Certificate): Promise<number | undefined> {
	for (;;) {
		const status = await new Promise<number | undefined>((good, bad) => {
			const agent = new Agent({ maxCachedSessions: 0 });
			get(origin + path, { pfx: readFileSync(pfxPath), passphrase, rejectUnauthorized: false, agent }, (answer) => good(answer.resume().statusCode)).on("error", bad);
		});
		if (status !== 503) return status;
		await new Promise((next) => setTimeout(next, 200));
	}
}

browserTest("a face is compared at a tablet that the site knows, and nowhere else", async ({ tanuAsync, tablets, staff }) => {
	assert(chromium);
	// Without a certificate nothing is served there; with that of another tablet neither, once it was ended.
	const bare = await request.newContext({ baseURL: tablets.address, ignoreHTTPSErrors: true });
	const refused = await bare.get("/");
	assert.equal(refused.status(), 403);
	assert.match(await refused.text(), /certificate/);
	assert.equal((await bare.get("/api/v1/session")).status(), 403);
	await bare.dispose();
	// The same page elsewhere says so to the staff, and the other way stays open.
	const opened = await open(staff.operator, { language: "en", width: 820 });
	const { page } = opened;
	await page.goto("/kiosk");
	await page.getByRole("button", { name: /^With my face/ }).click();
	await page.getByLabel("Name, or number of the card").fill("Тимур");
	await press(page, "Тимур Ким");
	await page.getByRole("heading", { name: "This tablet is not known here yet" }).waitFor();
	await keepPicture(page, "unpaired-en-820");
	await done(opened, REFUSED);
	// An administrator adds one: file and password are hers to carry over.
	const desk = await open(staff.administrator, { language: "ru", width: 1366 });
	await desk.page.goto("/#/keys");
	await press(desk.page, "Добавить планшет");
	await desk.page.getByLabel("Как он называется").fill("Палата 3");
	await press(desk.page, "Сделать");
	await desk.page.getByRole("heading", { name: "Сертификат планшета «Палата 3»" }).waitFor();
	await accessible(desk.page, "a tablet is added");
	await keepPicture(desk.page, "tablet-added-ru-1366");
	const passphrase = await desk.page.locator(".secret").innerText();
	const [saved] = await Promise.all([desk.page.waitForEvent("download"), press(desk.page, "Сохранить файл")]);
	const certificate = { origin: tablets.address, pfxPath: await saved.path(), passphrase };
	assert.equal(await statusAt("/", certificate), 302);
	assert.equal(await statusAt("/kiosk", certificate), 200);
	assert.equal(await statusAt("/api/v1/accounts", certificate), 403);
	await press(desk.page, "Готово");
	await tanuAsync("tablet", "end", "Палата 3");
	assert.equal(await statusAt("/kiosk", certificate), 403);
	await done(desk); // and the file goes
});

browserTest("an administrator changes a setting, adds an account and a key, and sees each secret once", async ({ staff }) => {
	const opened = await open(staff.administrator, { language: "en", width: 1366 });
	const { page } = opened;
	await page.goto("/#/settings");
	// The pages say in English what the table of the programs says, and in the other languages something.
	const { items } = await send<{ items: readonly { name: string; help: string }[] }>(staff.administrator, "get", "/settings");
	await page.getByText("Change", { exact: true }).first().waitFor();
	assert.deepEqual((await page.locator(".setting .hint").allInnerTexts()).sort(), items.map(({ help }) => help).sort());
	await press(page, "Русский");
	await page.getByText("как люди называют это место; стоит на квитанциях").waitFor();
	const cyrillic = await page.locator(".setting .hint").allInnerTexts();
	assert.equal(cyrillic.filter((text) => /[а-яё]/i.test(text)).length, items.length);
	await press(page, "English");
	await page.getByLabel("Search").fill("site.operator");
	await press(page, "Change: site.operator");
	await page.getByRole("textbox", { name: "site.operator" }).fill("School No. 12");
	await press(page, "Save");
	await page.getByText("Saved. It holds from the next start").waitFor();
	await page.goto("/#/accounts");
	await press(page, "Add an account");
	await page.getByLabel("Name of the account").fill("dana");
	await page.getByRole("checkbox", { name: /^operator/i }).check();
	await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
	assert.match(await page.locator(".secret").innerText(), /^\S{20,}$/);
	await press(page, "Done");
	await page.getByText("dana", { exact: true }).waitFor();
	await page.goto("/#/keys");
	await press(page, "Make a key");
	await page.getByLabel("Name of the program").fill("timetable");
	await page.getByLabel(/^read people/i).check();
	await press(page, "Make");
	assert.match(await page.locator(".secret").innerText(), /^tanu-/);
	await press(page, "Done");
	await press(page, "Remove: timetable");
	await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
	await page.getByText("No program has a key").waitFor();
	await done(opened);
});

browserTest("a request of an authority stands in the register, and nothing is released without two approvals", async ({ staff }) => {
	const opened = await open(staff.administrator, { language: "en", width: 820 });
	const { page } = opened;
	await page.goto("/#/disclosures");
	await page.getByText("Nobody has asked for anything").waitFor();
	await page.getByRole("link", { name: "Enter a request" }).click();
	await page.getByLabel("Authority").fill("Almaly district court");
	await page.getByLabel("Legal basis").fill("Code of Civil Procedure, art. 73");
	await page.setInputFiles("input[type=file]", { name: "order.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 order") });
	await page.getByRole("textbox", { name: "People", exact: true }).fill(person("Тимур").id);
	await page.getByRole("checkbox", { name: "Consents" }).check();
	await page.getByLabel("From").fill("2026-01-01");
	await page.getByLabel("To", { exact: true }).fill("2026-03-31");
	await press(page, "Enter");
	await page.getByRole("heading", { name: "Almaly district court" }).waitFor();
	await page.getByText("0 of 2").waitFor();
	assert.equal(await page.getByRole("button", { name: "Hand over" }).count(), 0);
	await press(page, "Refuse");
	await page.getByRole("dialog").getByRole("button", { name: "Refuse" }).click();
	await page.getByText("refused", { exact: true }).waitFor();
	await done(opened);
});

browserTest("a breach is written down, its clock runs until the authority was told, and it is closed", async ({ staff }) => {
	const opened = await open(staff.administrator, { language: "ru", width: 820 });
	const { page } = opened;
	await page.goto("/#/breaches");
	await page.getByRole("link", { name: "Записать нарушение" }).click();
	await page.getByLabel("Что случилось").fill("Украден ноутбук из канцелярии");
	await page.getByRole("checkbox", { name: "Имена" }).check();
	await accessible(page, "writing down a breach");
	await press(page, "Записать");
	await page.getByText(/^Сообщить до /).waitFor();
	await page.getByLabel("Как", { exact: true }).fill("через портал, номер 17");
	await accessible(page, "a breach with its clock");
	await keepPicture(page, "breach-ru-820");
	await press(page, "Записать");
	await page.getByText("· через портал, номер 17").waitFor();
	assert.equal(await page.getByText(/^Сообщить до /).count(), 0);
	await page.getByLabel("Чем кончилось").fill("Найден, диск был зашифрован");
	await press(page, "Закрыть");
	await page.getByText("закрыто", { exact: true }).first().waitFor();
	await done(opened);
});

browserTest("what happens is seen live", async ({ staff }) => {
	const opened = await open(staff.operator, { language: "kk", width: 820 });
	const { page } = opened;
	await page.goto("/#/doors");
	await page.getByText("тікелей").waitFor();
	await send(staff.enrolment, "post", `/subjects/${person("Тимур").id}/consents/refuse`, { by: "self" });
	await page.getByText("Келісімнен бас тартылды").waitFor();
	await done(opened);
});

browserTest("doors: shut, one let in, open again, both lanes counted, all with a real gate", async ({ staff, tanu, gate }) => {
	tanu("card", "add", "John Smith", "26:12:34567");
	execFileSync("sh", ["-c", `printf 8391 | "$0" card pin "John Smith" --pin - --data "$1"`, `${PROGRAMS}/tanu`, site!.folder]);
	await gate("north", "0 walk 200 300\n3000 card 26 864383c0\n3300 key 8391#\n");
	const opened = await open(staff.operator, { language: "en", width: 1366 });
	const { page } = opened;
	await page.goto("/#/doors");
	await page.getByText("north").first().waitFor();
	await page.getByText("Let in at a gate").waitFor();
	await press(page, "Lock all doors");
	await accessible(page, "lockdown");
	await page.getByRole("dialog").getByRole("button", { name: "Lock all doors" }).click();
	await page.getByText("locked down", { exact: true }).waitFor();
	await page.getByText("The door is locked down").waitFor();
	await press(page, "Let one person in: north");
	await page.getByRole("dialog").getByRole("button", { name: "Let one person in" }).click();
	await page.getByText("Let in by a release").waitFor();
	await keepPicture(page, "doors-lockdown");
	await press(page, "End the lockdown");
	await page.getByRole("dialog").getByRole("button", { name: "End the lockdown" }).click();
	await page.getByText("The lockdown of the door has ended").waitFor();
	await page.getByText("locked down", { exact: true }).waitFor({ state: "detached" });
	await page.reload();
	await page.getByRole("heading", { name: "With a face and without" }).waitFor();
	assert.match(await page.locator(".lanes").innerText(), /Let in\s+0\s+1/);
	await accessible(page, "doors");
	await keepPicture(page, "doors");
	await done(opened);
	const auditing = await open(staff.auditor, { language: "kk", width: 390 });
	await auditing.page.goto("/#/doors");
	await auditing.page.getByRole("heading", { name: "Бетпен және бетсіз" }).waitFor();
	assert.equal(await auditing.page.getByRole("button", { name: "Барлық есікті жабу" }).count(), 0);
	assert.equal(await overhang(auditing.page), 0);
	await keepPicture(auditing.page, "doors-phone");
	await done(auditing);
});

/** What it says, or nothing where it fails. */
function tryTanu(...words: readonly string[]): string {
	try {
		return execFileSync(join(PROGRAMS, "tanu"), words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
	} catch {
		return "";
	}
}

/** What somebody's telephone makes of the code on a gate's screen. */
async function photographed(page: Page, text: string): Promise<Buffer> {
	await page.setViewportSize({ width: 900, height: 900 });
	await page.setContent(`<body style="margin:60px">${renderSVG(text, { border: 4 })}</body>`);
	return page.locator("svg").screenshot();
}

browserTest("who passed takes the gate's word of it home, and sees that it was written down", async ({ folder, tanu, gate }) => {
	assert(family && chromium, "nobody came in by the invitation");
	const ticket = join(folder, "..", "ticket.txt");
	tanu("card", "add", "Әлия Серікқызы", "26:12:34568");
	execFileSync("sh", ["-c", `printf 8391 | "$0" card pin "Әлия Серікқызы" --pin - --data "$1"`, `${PROGRAMS}/tanu`, folder]);
	await gate("south", "0 walk 200 300\n3000 card 26 86438440\n3300 key 8391#\n4500 key *\n");
	for (let tries = 0, stands = false; !stands; tries++) {
		assert(tries < 40, "the gate gave no ticket, or the site does not know of it");
		await new Promise((next) => setTimeout(next, 250));
		const shown = tryTanu("gate", "view", "--socket", join(folder, "..", "south", "view.sock"), "--once");
		if (!shown.includes("tanu gate use 1")) continue;
		writeFileSync(ticket, shown.slice(shown.indexOf("tanu gate use 1")).trimEnd() + "\n");
		stands = tanu("gate", "ticket", ticket).includes("stands in her history");
	}
	const blank = await chromium.browser.newPage();
	const picture = await photographed(blank, readFileSync(ticket, "utf8"));
	await blank.close();
	const opened = await open(family, { language: "ru", width: 390 });
	const { page } = opened;
	await page.goto(`/portal#/person/${person("Әлия").id}/history`);
	const choose = page.locator("#ticket input[type=file]");
	await choose.setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: picture });
	await press(page, "Проверить квитанцию");
	await page.getByText("Проходная «south» подписала, что впустила этого человека").waitFor();
	await page.getByText("Это есть в этой истории.").waitFor();
	await accessible(page, "a ticket");
	await keepPicture(page, "ticket-ru-390");
	await choose.setInputFiles({ name: "ticket.txt", mimeType: "text/plain", buffer: Buffer.from(readFileSync(ticket, "utf8").replace("features 0", "features 1")) });
	await press(page, "Проверить квитанцию");
	await page.getByText("Эта квитанция не от проходной этого учреждения").waitFor();
	await choose.setInputFiles({ name: "cat.png", mimeType: "image/png", buffer: await page.locator(".brand").screenshot() });
	await press(page, "Проверить квитанцию");
	await page.getByText("Квитанцию не удалось прочитать").waitFor();
	assert.equal(await overhang(page), 0);
	await done(opened, REFUSED);
});

interface Heard {
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** Somebody's program that is told; the first time it is not ready. */
async function receiver(heard: Heard[]): Promise<{ readonly url: string; readonly close: () => void }> {
	const server = createServer((asked, answer) => {
		let body = "";
		asked.on("data", (part: Buffer) => (body += part.toString()));
		asked.on("end", () => {
			heard.push({ headers: asked.headers, body });
			answer.writeHead(heard.length === 1 ? 503 : 204).end();
		});
	});
	await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
	server.unref(); // a test that fails ends all the same
	const address = server.address();
	assert(address && typeof address === "object");
	return { url: `http://127.0.0.1:${address.port}/tanu`, close: () => server.close() };
}

browserTest("a program is told what happens, signed, until it takes it", async ({ staff, tanuAsync }) => {
	const heard: Heard[] = [];
	const { url, close } = await receiver(heard);
	const opened = await open(staff.administrator, { language: "en", width: 1366 });
	const { page } = opened;
	await page.goto("/#/keys");
	await press(page, "Tell a program");
	await page.getByLabel("Its address").fill(url);
	await accessible(page, "a webhook");
	await press(page, "Make");
	const secret = (await page.locator(".secret").textContent())!;
	await press(page, "Done");
	await send(staff.enrolment, "post", "/subjects", { name: "Webhook Person", born: "1990-01-01" });
	assert.match(await tanuAsync("webhook", "send", "--once"), /^0 sent, 1 tries that failed, 0 given up, 1 wait/);
	await new Promise((later) => setTimeout(later, 5100));
	assert.match(await tanuAsync("webhook", "send", "--once"), /^1 sent, 0 tries that failed, 0 given up, 0 wait/);
	assert.equal(heard.length, 2);
	assert.equal(heard[0]!.headers["webhook-id"], heard[1]!.headers["webhook-id"]);
	const { headers, body } = heard[1]!;
	const signed = createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"));
	signed.update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
	assert.equal(headers["webhook-signature"], `v1,${signed.digest("base64")}`);
	const message = JSON.parse(body) as { type: string; data: object };
	assert.equal(message.type, "subject-added");
	assert.deepEqual(message.data, {});
	assert(!body.includes("Webhook Person"));
	await press(page, `Remove: ${url}`);
	await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
	await page.getByText(url, { exact: true }).waitFor({ state: "detached" });
	assert.equal(await tanuAsync("webhook", "list"), "Nobody is told. Next: tanu webhook add URL\n");
	await done(opened);
	close();
});

interface Jwks {
	readonly keys: readonly { readonly kty: string; readonly crv: string; readonly x: string; readonly kid: string }[];
}

/** The claims, if the signature holds under the published key; checked by Node's own crypto. */
async function claimsOf(asking: APIRequestContext, jws: string): Promise<Readonly<Record<string, unknown>>> {
	const { keys } = (await (await asking.get("/api/v1/assertion-keys")).json()) as Jwks;
	const [header, claims, signature] = jws.split(".");
	const { kty, crv, x, kid } = keys[0]!;
	const key = createPublicKey({ key: { kty, crv, x }, format: "jwk" });
	assert(verify(null, Buffer.from(`${header}.${claims}`), key, Buffer.from(signature!, "base64url")));
	assert.deepEqual(JSON.parse(Buffer.from(header!, "base64url").toString()), { alg: "EdDSA", kid, typ: "tanu-assertion+jwt" });
	return JSON.parse(Buffer.from(claims!, "base64url").toString());
}

browserTest("a bank asks: she allows it by name, looks or declines, and only the bank is told", async ({ address, staff }) => {
	const admin = await open(staff.administrator, { language: "en", width: 1366 });
	await admin.page.goto("/#/keys");
	await press(admin.page, "Add a relying party");
	await admin.page.getByLabel("Name", { exact: true }).fill("Bank of the Steppe");
	await admin.page.getByLabel("Its address").fill("https://bank.example");
	await accessible(admin.page, "relying party");
	await press(admin.page, "Make");
	const key = await admin.page.locator(".secret").innerText();
	await keepPicture(admin.page, "relying-console");
	await done(admin);

	const mother = person("Әлия").id;
	await send(staff.enrolment, "post", `/subjects/${mother}/consents`, { purposes: ["identity"], by: "self", until: "2027-06-30", notice: { version: notice.version, language: "kk" } });
	const portal = await open(family, { language: "kk", width: 390 });
	await portal.page.goto(`/portal#/person/${mother}`);
	await portal.page.getByRole("heading", { name: "Бұл сіз бе деп кім сұрай алады" }).waitFor();
	await press(portal.page, "Рұқсат беру");
	await accessible(portal.page, "allow");
	await portal.page.getByRole("dialog").getByRole("button", { name: "Рұқсат беру" }).click();
	await press(portal.page, "Нөмірімді көрсету: Bank of the Steppe");
	const number = await portal.page.locator(".secret").innerText();
	await keepPicture(portal.page, "allowed-number");
	await press(portal.page, "Дайын");
	assert.equal(await overhang(portal.page), 0);
	await keepPicture(portal.page, "allowed");

	const bank = await request.newContext({ baseURL: address, ignoreHTTPSErrors: true, extraHTTPHeaders: { Authorization: `Bearer ${key}` } });
	const ask = async () => {
		const response = await bank.post("/api/v1/assertions", { data: { person: number, nonce: "0123456789abcdef", language: "ru" } });
		assert.equal(response.status(), 201, await response.text());
		return (await response.json()) as { assertion: string; token: string };
	};
	const state = async (assertion: string) => (await (await bank.get(`/api/v1/assertions/${assertion}`)).json()) as { state: string; jws?: string };

	const first = await ask();
	const asked = await open(null, { language: "ru", width: 820 });
	await asked.page.goto(`/check#${first.token}`);
	await asked.page.getByRole("heading", { name: "Bank of the Steppe спрашивает, тот ли вы человек, которого там знают" }).waitFor();
	assert(!asked.page.url().includes(first.token));
	assert.doesNotMatch(await asked.page.locator("main").innerText(), /Әлия/);
	await accessible(asked.page, "check");
	await keepPicture(asked.page, "check-asked");
	await asked.page.getByRole("button", { name: /^Не хочу/ }).click();
	await asked.page.getByRole("heading", { name: "Ничего не сравнивали" }).waitFor();
	assert.deepEqual(await state(first.assertion), { state: "declined" });
	await done(asked);

	if (chromium?.hasFace) {
		const enrolling = await open(staff.enrolment, { language: "ru", width: 820 });
		await enrolling.page.goto(`/#/people/${mother}/face`);
		await press(enrolling.page, "Включить камеру");
		await enrolling.page.getByText("Спасибо, достаточно").waitFor();
		await press(enrolling.page, "Сохранить данные лица");
		await enrolling.page.getByText("Данные лица сохранены").waitFor();
		await done(enrolling);
		const second = await ask();
		const looking = await open(null, { language: "ru", width: 390 });
		await looking.page.goto(`/check#${second.token}`);
		await looking.page.getByRole("button", { name: /^Посмотреть в камеру/ }).click();
		await looking.page.getByRole("heading", { name: "Готово" }).waitFor();
		await keepPicture(looking.page, "check-done");
		await done(looking);
		const { jws } = await state(second.assertion);
		const claims = await claimsOf(bank, jws!);
		assert.deepEqual(Object.keys(claims).sort(), ["aud", "basis", "exp", "iat", "iss", "nonce", "pad", "purpose", "result", "sub"]);
		assert.equal(claims["aud"], "https://bank.example");
		assert.equal(claims["nonce"], "0123456789abcdef");
		assert.equal(claims["sub"], number);
		assert.match(String(claims["result"]), /^(yes|no)$/);
	}
	await press(portal.page, "Қайтарып алу: Bank of the Steppe");
	await portal.page.getByRole("dialog").getByRole("button", { name: "Қайтарып алу" }).click();
	await portal.page.getByText("аяқталды", { exact: true }).waitFor();
	await done(portal);
	const refused = await bank.post("/api/v1/assertions", { data: { person: number, nonce: "0123456789abcdef" } });
	assert.equal(refused.status(), 409);
	await bank.dispose();
});

browserTest("an authenticator is set up, and asked for at the next sign-in", async ({ fresh }) => {
	const opened = await open(null, { language: "en", width: 820 });
	const { page } = opened;
	const signInAgain = async () => {
		await page.goto("/");
		await page.getByLabel("Name of the account").fill(fresh.name);
		await page.getByLabel("Password").fill(PASSWORD);
		await press(page, "Sign in");
	};
	await signInAgain();
	await page.getByRole("link", { name: `My account: ${fresh.name}` }).click();
	await page.getByLabel("Your password, once more").first().fill(PASSWORD);
	await press(page, "Set up an authenticator");
	const secret = await page.locator(".secret").innerText();
	await page.getByLabel("Six digits from the authenticator").fill(totp(secret, Date.now()));
	await press(page, "Confirm");
	await page.locator(".codes li").first().waitFor();
	const [spent] = await page.locator(".codes li").allInnerTexts();
	await press(page, "Sign out");
	await signInAgain();
	await page.getByText("Your account asks for a second proof.").waitFor();
	await page.getByLabel("Code").fill("000000");
	await press(page, "Sign in");
	await page.locator(".note.problem[data-code=second-factor]").waitFor();
	await page.getByLabel("Code").fill(spent!);
	await press(page, "Sign in");
	await page.getByRole("heading", { name: "People" }).waitFor();
	await done(opened, REFUSED);
});

async function withPasskey({ address, staff, tanu }: Site): Promise<void> {
	assert(chromium);
	const { password } = JSON.parse(tanu("account", "add", "saule", "--role", "operator", "--json")) as { password: string };
	await signIn(address, "saule", password);
	const opened = await openPage(chromium.browser, address, { language: "en", width: 820 });
	const { page } = opened;
	latest = page;
	const devtools = await page.context().newCDPSession(page);
	await devtools.send("WebAuthn.enable");
	await devtools.send("WebAuthn.addVirtualAuthenticator", {
		options: { protocol: "ctap2", transport: "internal", hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
	});
	const enter = async () => {
		await page.goto("/");
		await page.getByLabel("Name of the account").fill("saule");
		await page.getByLabel("Password").fill(PASSWORD);
		await press(page, "Sign in");
	};
	await enter();
	await page.getByRole("link", { name: "My account: saule" }).click();
	const own = page.locator("section", { has: page.getByRole("heading", { name: "Passkeys" }) });
	await own.getByLabel("Name of the passkey").fill("telephone");
	await own.getByLabel("Your password, once more").fill(PASSWORD);
	await own.getByRole("button", { name: "Add a passkey" }).click();
	await own.locator(".codes li").first().waitFor();
	await accessible(page, "passkeys");
	await keepPicture(page, "passkeys");
	await press(page, "Sign out");
	await enter();
	await page.getByText("Your account asks for a second proof.").waitFor();
	await keepPicture(page, "passkey-sign-in");
	await press(page, "Use a passkey");
	await page.getByRole("heading", { name: "People" }).waitFor();
	await page.getByRole("link", { name: "My account: saule" }).click();
	await press(page, "Remove: telephone");
	await page.getByRole("dialog").getByLabel("Your password, once more").fill(PASSWORD);
	await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
	await page.getByRole("dialog").waitFor({ state: "detached" });
	await press(page, "Sign out");
	await enter();
	await page.getByRole("heading", { name: "People" }).waitFor();
	await done(opened, REFUSED);
	const { items } = await send<{ items: readonly { name: string; passkeys: number }[] }>(staff.administrator, "get", "/accounts");
	assert.equal(items.find((one) => one.name === "saule")?.passkeys, 0);
}

browserTest("a passkey is set up, asked for at the next sign-in, and removed", withPasskey);

/** More than one address may have open at once: behind a web server all are of one. */
const STREAMS = 80;

browserTest("behind nginx: a passkey, many who watch, and no way to what is for this machine", async () => {
	if (!hasNginx) return "there is no nginx";
	const proxied = await openSite({ behindNginx: true });
	assert(proxied);
	try {
		await withPasskey(proxied);
		const { operator, enrolment } = proxied.staff;
		assert.equal((await operator.request.get("/metrics")).status(), 403);
		const { items } = await send<{ items: readonly Person[] }>(enrolment, "get", "/subjects");
		const capture = await enrolment.request.post("/api/v1/captures", { headers: { "X-Tanu-Token": enrolment.token }, data: { subject: items[0]!.id, use: "enrol" } });
		assert.equal((await capture.json()).code, "no-consent");
		const { cookies } = await operator.request.storageState();
		const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
		const agent = new Agent({ maxSockets: STREAMS, rejectUnauthorized: false });
		const heard = Array.from({ length: STREAMS }, () => new Promise<string>((good, bad) => {
			get(`${proxied.address}/api/v1/events`, { agent, headers: { Cookie: cookie } }, (answer) => {
				let text = "";
				answer.on("data", (more: Buffer) => {
					text += more.toString();
					if (text.includes("bell")) good(text);
				});
			}).on("error", bad);
		}));
		await new Promise((next) => setTimeout(next, 1000));
		await send(operator, "post", "/bell");
		assert.equal((await Promise.all(heard)).length, STREAMS);
		agent.destroy();
	} finally {
		await proxied.stop();
	}
	return undefined;
});

const VIEWS: readonly View[] = [
	{ language: "kk", width: 390 }, { language: "ru", width: 820, dark: true }, { language: "en", width: 1366 },
];
/** 683: a screen of 1366 at 200 %. */
const WIDTHS = [390, 683, 820, 1366];
const WIDEST = 1366;

function screensOf(role: Role | "person"): readonly string[] {
	const child = person("Айша").id;
	switch (role) {
		case "operator":
			return ["/#/people", `/#/people/${child}`, "/#/doors", "/kiosk"];
		case "enrolment":
			return ["/#/people/new", "/#/people/import", "/#/people/scans", `/#/people/${child}`, `/#/people/${child}/guardians`, `/#/people/${child}/consent`, `/#/people/${child}/history`, "/#/notices"];
		case "presence":
			return ["/#/people", `/#/people/${child}/history`];
		case "auditor":
			return ["/#/counts", "/#/disclosures", "/#/breaches", "/#/thresholds"];
		case "administrator":
			return ["/#/settings", "/#/accounts", "/#/keys", "/#/health", "/#/account", "/#/disclosures/new", "/#/breaches/new"];
		case "person":
			return ["/portal#/", `/portal#/person/${child}`, `/portal#/person/${child}/decide`, `/portal#/person/${child}/history`, `/portal#/person/${child}/check`];
	}
}

interface Walk {
	readonly role: Role | "person";
	readonly who: Signed;
	readonly view: View;
	readonly found: string[];
}

async function widths(page: Page, where: string, found: string[]): Promise<void> {
	for (const width of WIDTHS) {
		await page.setViewportSize({ width, height: 900 });
		const over = await overhang(page);
		if (over > 0) found.push(`${where}: ${over} px too wide at ${width}`);
	}
}

async function walk({ role, who, view, found }: Walk): Promise<void> {
	const { page, trouble } = await open(who, view);
	for (const [at, screen] of screensOf(role).entries()) {
		const name = screen.replace(/[0-9a-f]{32}/, "x");
		const where = `${role} ${name} ${view.language} ${view.width}`;
		await page.goto(screen);
		await settled(page);
		// The widest view differs from the others by what stands around its screens.
		if (at === 0 || view.width < WIDEST) for (const fault of await faultsOf(page)) found.push(`${where}: ${fault}`);
		await keepPicture(page, `${role}${name.replace(/[^a-z]+/g, "-")}-${view.language}-${view.width}`);
		await widths(page, where, found);
		await page.setViewportSize({ width: view.width, height: 900 });
	}
	found.push(...trouble);
	await page.context().close();
}

browserTest("every screen of every role, in three languages at three widths, light and dark", async ({ staff }) => {
	assert(family, "nobody came in by the invitation");
	const everybody = [...ROLES.map((role) => [role, staff[role]] as const), ["person", family] as const];
	const found: string[] = [];
	for (const [role, who] of everybody) await Promise.all(VIEWS.map((view) => walk({ role, who, view, found })));
	assert.deepEqual(found, []);
});
