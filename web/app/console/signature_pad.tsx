// SPDX-License-Identifier: Apache-2.0
// A signature drawn on the screen: strokes as an SVG path in a box of 1000 by 400, as the contract takes
// them. It can be left out, and who can't draw signs on paper.

import { useRef, useState } from "preact/hooks";
import { Button } from "../ui/parts";
import { useSpeech } from "../words/context";

const WIDTH = 1000;
const HEIGHT = 400;
/** Nearer points say nothing new. */
const STEP = 6;
const LENGTH_MAX = 19_900;

interface Point {
	readonly x: number;
	readonly y: number;
}

function pointOf(event: PointerEvent, box: DOMRect): Point {
	const within = (value: number, max: number) => Math.min(max, Math.max(0, Math.round(value)));
	return { x: within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH), y: within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT) };
}

export function SignaturePad({ value, onValue }: { readonly value: string; readonly onValue: (strokes: string) => void }) {
	const { say } = useSpeech();
	const [drawing, setDrawing] = useState(false);
	const last = useRef<Point | null>(null);
	const path = useRef(value);
	path.current = value;
	const put = (letter: "M" | "L", point: Point) => {
		last.current = point;
		path.current += `${letter}${point.x} ${point.y}`;
		onValue(path.current);
	};
	const down = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
		if (value.length > LENGTH_MAX) return;
		event.currentTarget.setPointerCapture(event.pointerId);
		setDrawing(true);
		put("M", pointOf(event, event.currentTarget.getBoundingClientRect()));
	};
	const move = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
		if (!drawing || path.current.length > LENGTH_MAX) return;
		const point = pointOf(event, event.currentTarget.getBoundingClientRect());
		const { x, y } = last.current ?? point;
		if (Math.hypot(point.x - x, point.y - y) >= STEP) put("L", point);
	};
	return (
		<div class="pad">
			<p class="pad-label" id="pad-label">{say("desk.sign")}</p>
			<p class="hint" id="pad-hint">{say("desk.sign.hint")}</p>
			<svg
				viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby="pad-label" aria-describedby="pad-hint"
				onPointerDown={down} onPointerMove={move} onPointerUp={() => setDrawing(false)} onPointerCancel={() => setDrawing(false)}
			>
				<path class="pad-line" d="M60 320H940" />
				<path class="pad-ink" d={value || "M0 0"} />
			</svg>
			{value !== "" && <Button kind="quiet" onPress={() => onValue("")}>{say("desk.sign.clear")}</Button>}
		</div>
	);
}
