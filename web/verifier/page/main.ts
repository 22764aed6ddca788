// SPDX-License-Identifier: Apache-2.0
// The page: what was chosen, what came out of it, and the language in which both are told.

import { BadInput } from "../src/receipt";
import { answer } from "./answer";
import { check, type Checked } from "./check";
import { dropped, folderFiles, NOTHING, type Chosen } from "./chosen";
import { el } from "./dom";
import { LANGUAGE_NAMES, LANGUAGES, preferredLanguage, speaker, type Language } from "./texts";

type Outcome =
	| { readonly state: "nothing" }
	| { readonly state: "working"; readonly done: number; readonly size: number }
	| { readonly state: "bad"; readonly place: string }
	| { readonly state: "checked"; readonly checked: Checked };

let language: Language = preferredLanguage(navigator.languages);
let chosen: Chosen = NOTHING;
let outcome: Outcome = { state: "nothing" };
/** Counts checks, so that one that was overtaken says nothing more. */
let latest = 0;

const root = document.querySelector("main")!;

function languageButtons(): HTMLElement {
	const buttons = LANGUAGES.map((one) => {
		const button = el(
			"button",
			{ type: "button", id: `language-${one}`, lang: one, "aria-pressed": String(one === language) },
			LANGUAGE_NAMES[one],
		);
		button.addEventListener("click", () => {
			language = one;
			show();
		});
		return button;
	});
	return el("nav", {}, ...buttons);
}

function chooser(id: string, label: string, kind: Record<string, string>, take: (files: File[]) => Partial<Chosen>): HTMLElement {
	const input = el("input", { type: "file", id, ...kind });
	input.addEventListener("change", () => {
		const files = Array.from(input.files ?? []);
		if (files.length > 0) void look({ ...chosen, ...take(files) });
	});
	return el("label", { class: "choose", for: id }, input, el("span", {}, label));
}

function choosers(): HTMLElement {
	const say = speaker(language);
	return el(
		"section", { class: "drop", id: "drop" },
		el("p", {}, say("page.drop")),
		chooser("receipts", say("page.receipts"), { multiple: "" }, (receipts) => ({ receipts })),
		chooser("folder", say("page.folder"), { webkitdirectory: "", multiple: "" }, (files) => ({ log: folderFiles(files) })),
		chooser("policy", say("page.policy"), {}, ([policy]) => ({ policy: policy ?? null })),
		chosenText(),
	);
}

function chosenText(): HTMLElement | null {
	const say = speaker(language);
	const parts: string[] = [];
	if (chosen.receipts.length > 0) parts.push(say("page.chosen", chosen.receipts.length));
	if (chosen.log.length > 0) parts.push(say("page.chosen.log", chosen.log.length));
	if (chosen.policy) parts.push(say("page.chosen.policy", chosen.policy.name));
	if (parts.length === 0) return null;
	const again = el("button", { type: "button" }, say("page.again"));
	again.addEventListener("click", () => void look(NOTHING));
	return el("p", { class: "quiet" }, `${parts.join(" · ")} `, again);
}

function outcomeParts(): readonly HTMLElement[] {
	const say = speaker(language);
	switch (outcome.state) {
		case "nothing":
			return [el("p", { class: "quiet" }, say("page.secret"))];
		case "working":
			return [el("p", { role: "status" }, say("page.working", outcome.done, outcome.size))];
		case "bad":
			return [el("section", { class: "verdict bad", id: "bad", role: "alert" }, el("p", {}, say(`page.bad.${outcome.place}`)))];
		case "checked":
			return answer(say, language, outcome.checked);
	}
}

/** Everything anew; what had the keyboard has it again. */
function show(): void {
	const say = speaker(language);
	const focused = document.activeElement?.id;
	document.documentElement.lang = language;
	document.title = say("page.title");
	root.replaceChildren(
		el("header", {}, languageButtons(), el("h1", {}, say("page.title")), el("p", {}, say("page.intro"))),
		choosers(),
		el("div", { id: "outcome", "aria-live": "polite" }, ...outcomeParts()),
	);
	if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function showOutcome(next: Outcome): void {
	outcome = next;
	show();
}

const PLACES: readonly string[] = ["count", "logs", "people", "policy"];

/** Which sentence tells of it. A file that moved away, or a fault of this page, must not look like an answer. */
function badPlace(error: unknown): string {
	if (!(error instanceof BadInput)) {
		reportError(error);
		return "unread";
	}
	if (error.message === "leaves" || error.message === "sealed") return "other";
	return PLACES.includes(error.message) ? error.message : "receipt";
}

/** Check anew; the page stays alive while a long log is read. */
async function look(next: Chosen): Promise<void> {
	const mine = ++latest;
	chosen = next;
	if (chosen.receipts.length === 0) return showOutcome({ state: "nothing" });
	let result: Outcome;
	try {
		const checked = await check(chosen, async (done, size) => {
			if (mine === latest) showOutcome({ state: "working", done, size });
			await new Promise((resolve) => setTimeout(resolve));
		});
		result = { state: "checked", checked };
	} catch (error) {
		result = { state: "bad", place: badPlace(error) };
	}
	if (mine !== latest) return;
	showOutcome(result);
	document.getElementById("verdict")?.focus();
}

document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
	event.preventDefault();
	if (!event.dataTransfer) return;
	void dropped(event.dataTransfer).then(({ receipts, log }) =>
		look({
			...chosen,
			receipts: receipts.length > 0 ? receipts : chosen.receipts,
			log: log.length > 0 ? log : chosen.log,
		}),
	);
});
show();
