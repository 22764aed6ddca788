// SPDX-License-Identifier: Apache-2.0
// The way from one act up to the signed head of the log, drawn for people who never heard of a hash.

import { utf8Bytes } from "../src/bytes";
import { parseCheckpoint } from "../src/checkpoint";
import { splitNote, verifyNote } from "../src/note";
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
	/** It leads to the head, and the log signed that. */
	readonly holds: boolean;
}

function wayOf(receipt: Receipt, proofText: string): Way | null {
	const proof = parseProof(proofText);
	const note = proof && splitNote(utf8Bytes(proof.checkpoint));
	const checkpoint = note && parseCheckpoint(note.text);
	if (!proof?.extra || !note || !checkpoint) return null;
	const { index, extra, hashes } = proof;
	const sides = pathSides(index, checkpoint.size);
	if (!sides) return null;
	const { size, root } = checkpoint;
	const isSigned = verifyNote(note, receipt.log).result === "good";
	return { index, size, sides, holds: isSigned && isIncluded(extra, index, size, root, hashes) };
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

/** How far from the middle the box stands that step `step` leads to. */
function turnAbove(way: Way, step: number): number {
	const above = way.sides[step + 1];
	return above === undefined ? 0 : above === "left" ? 60 : -60;
}

/** From the bottom up: at each step the way's own box and the half that the receipt brings. */
function draw(say: Say, way: Way): SVGElement {
	const height = (way.sides.length + 1) * STEP;
	const kind = way.holds ? "way" : "way broken";
	const shapes: SVGElement[] = [];
	let x = WIDTH / 2;
	way.sides.forEach((side, step) => {
		const isAct = step === 0;
		const y = height - STEP / 2 - step * STEP;
		const turn = side === "left" ? 1 : -1;
		const own = WIDTH / 2 + turn * (isAct ? 46 : 60);
		const other = WIDTH / 2 - turn * (isAct ? 116 : 96);
		if (!isAct) shapes.push(line(kind, x, y + STEP, own, y));
		const joined = WIDTH / 2 + turnAbove(way, step);
		shapes.push(line("half", other, y, joined, y - STEP));
		shapes.push(box(other, y, 88, "half", say("page.picture.other")));
		shapes.push(box(own, y, isAct ? 190 : 52, kind, isAct ? say("page.picture.act", way.index) : "+"));
		x = own;
	});
	if (way.sides.length > 0) shapes.push(line(kind, x, STEP + STEP / 2, WIDTH / 2, STEP / 2));
	shapes.push(box(WIDTH / 2, STEP / 2, 270, kind, say("page.picture.head", way.size)));
	return svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": say("page.picture.title") }, ...shapes);
}

/** One that does not hold, else the longest. */
function tellingWay(receipts: readonly Receipt[]): Way | null {
	const ways = receipts
		.flatMap((receipt) => receipt.leaves.map((leaf) => wayOf(receipt, leaf.proof)))
		.filter((way) => way !== null);
	const longest = [...ways].sort((a, b) => b.sides.length - a.sides.length);
	return ways.find((way) => !way.holds) ?? longest[0] ?? null;
}

/** null where no receipt has a proof. */
export function picture(say: Say, receipts: readonly Receipt[]): HTMLElement | null {
	const way = tellingWay(receipts);
	if (!way) return null;
	const answer = say(way.holds ? "page.picture.holds" : "page.picture.broken");
	return el(
		"section", { class: "picture" },
		el("h2", {}, say("page.picture.title")),
		el("p", {}, say("page.picture.text")),
		el("figure", {}, draw(say, way), el("figcaption", {}, `${answer} (${say("page.picture.steps", way.sides.length)})`)),
	);
}
