// SPDX-License-Identifier: Apache-2.0
// The way from one act up to the signed head of the log, drawn for people who never heard of a hash.

import { utf8Bytes } from "../src/bytes";
import { parseCheckpoint } from "../src/checkpoint";
import { splitNote } from "../src/note";
import { parseProof } from "../src/proof";
import type { Receipt } from "../src/receipt";
import { isIncluded, pathSides } from "../src/tree";
import { el, svg } from "./dom";
import type { Say } from "./texts";

const WIDTH = 360;
const STEP = 62;
const BOX = 30;

interface Way {
	readonly index: number;
	readonly size: number;
	readonly sides: readonly ("left" | "right")[];
	readonly holds: boolean;
}

function wayOf(proofText: string): Way | null {
	const proof = parseProof(proofText);
	const note = proof && splitNote(utf8Bytes(proof.checkpoint));
	const checkpoint = note && parseCheckpoint(note.text);
	if (!proof?.extra || !checkpoint) return null;
	const { index, extra, hashes } = proof;
	const sides = pathSides(index, checkpoint.size);
	if (!sides) return null;
	return { index, size: checkpoint.size, sides, holds: isIncluded(extra, index, checkpoint.size, checkpoint.root, hashes) };
}

function box(x: number, y: number, width: number, kind: string, label: string): SVGElement {
	return svg(
		"g", { class: kind },
		svg("rect", { x: x - width / 2, y: y - BOX / 2, width, height: BOX, rx: 8 }),
		svg("text", { x, y: y + 4, "text-anchor": "middle" }, label),
	);
}

function line(kind: string, x1: number, y1: number, x2: number, y2: number): SVGElement {
	return svg("path", { class: kind, d: `M${x1} ${y1 - BOX / 2} C${x1} ${y1 - STEP / 2} ${x2} ${y1 - STEP / 2} ${x2} ${y2 + BOX / 2}` });
}

/** From the bottom up: at each step the way's own box and the half that the receipt brings. */
function draw(say: Say, way: Way): SVGElement {
	const height = (way.sides.length + 1) * STEP;
	const kind = way.holds ? "way" : "way broken";
	const shapes: SVGElement[] = [];
	let x = WIDTH / 2;
	way.sides.forEach((side, step) => {
		const y = height - STEP / 2 - step * STEP;
		const own = side === "left" ? 240 : 120;
		const other = side === "left" ? 84 : 276;
		const here = step === 0 ? (side === "left" ? 226 : 134) : own;
		if (step > 0) shapes.push(line(kind, x, y + STEP, here, y));
		shapes.push(line("half", other + (step === 0 ? (side === "left" ? -20 : 20) : 0), y, WIDTH / 2, y - STEP));
		shapes.push(box(other + (step === 0 ? (side === "left" ? -20 : 20) : 0), y, 88, "half", say("page.picture.other")));
		shapes.push(box(here, y, step === 0 ? 190 : 44, kind, step === 0 ? say("page.picture.act", way.index) : "#"));
		x = here;
	});
	if (way.sides.length > 0) shapes.push(line(kind, x, STEP + STEP / 2, WIDTH / 2, STEP / 2));
	shapes.push(box(WIDTH / 2, STEP / 2, 270, kind, say("page.picture.head", way.size)));
	return svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": say("page.picture.title") }, ...shapes);
}

/** Of the first act with a proof; null without one. */
export function picture(say: Say, receipts: readonly Receipt[]): HTMLElement | null {
	for (const leaf of receipts.flatMap((receipt) => receipt.leaves)) {
		const way = wayOf(leaf.proof);
		if (!way) continue;
		const answer = say(way.holds ? "page.picture.holds" : "page.picture.broken");
		return el(
			"section", { class: "picture" },
			el("h2", {}, say("page.picture.title")),
			el("p", {}, say("page.picture.text")),
			el("figure", {}, draw(say, way), el("figcaption", {}, `${answer} (${say("page.picture.steps", way.sides.length)})`)),
		);
	}
	return null;
}
