// SPDX-License-Identifier: Apache-2.0
// The curve from score to error rate, with the threshold in use on it.

import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import type { Answer } from "../api/call";
import { useSpeech } from "../words/context";

const HEIGHT = 280;
const LOGARITHMIC = 3;
const DECADES = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

function colour(name: string): string {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** 0.001 -> "1 : 1 000" */
function rateText(rate: number, number: (n: number) => string): string {
	return `1 : ${number(Math.round(1 / rate))}`;
}

export default function ThresholdChart({ known }: { readonly known: Answer<"thresholds_get"> }) {
	const { say, number } = useSpeech();
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const here = box.current;
		const curve = [...known.curve].filter((point) => point.fmr > 0).sort((a, b) => a.score - b.score);
		if (!here || curve.length < 2) return;
		const scores = curve.map((point) => point.score);
		const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "13px sans-serif" };
		const plot = new UPlot(
			{
				width: here.clientWidth,
				height: HEIGHT,
				cursor: { show: false },
				legend: { show: false },
				scales: { x: { time: false }, y: { distr: LOGARITHMIC } },
				axes: [
					{ ...axis, label: say("threshold.axis.score"), labelFont: "13px sans-serif", values: (_, ticks) => ticks.map((one) => one.toFixed(2)) },
					{ ...axis, size: 110, splits: () => DECADES, values: (_, ticks) => ticks.map((one) => rateText(one, number)) },
				],
				series: [{}, { stroke: colour("--accent"), width: 2.5, points: { show: false } }],
				hooks: {
					draw: [
						({ ctx, valToPos, bbox }) => {
							const x = valToPos(known.threshold, "x", true);
							const y = valToPos(known.fmr, "y", true);
							ctx.save();
							ctx.strokeStyle = colour("--quiet");
							ctx.setLineDash([6, 5]);
							ctx.beginPath();
							ctx.moveTo(x, bbox.top + bbox.height);
							ctx.lineTo(x, y);
							ctx.lineTo(bbox.left, y);
							ctx.stroke();
							ctx.fillStyle = colour("--accent");
							ctx.beginPath();
							ctx.arc(x, y, 6 * devicePixelRatio, 0, 2 * Math.PI);
							ctx.fill();
							ctx.restore();
						},
					],
				},
			},
			[scores, curve.map((point) => point.fmr)],
			here,
		);
		const resize = new ResizeObserver(() => plot.setSize({ width: here.clientWidth, height: HEIGHT }));
		resize.observe(here);
		return () => {
			resize.disconnect();
			plot.destroy();
		};
	}, [known, say, number]);
	return <div class="chart" ref={box} role="img" aria-label={say("threshold.curve.label", rateText(known.fmr, number))} />;
}
