// SPDX-License-Identifier: Apache-2.0
// A few line drawings of one hand. All are decoration: the words stand beside them.

const SHAPES = {
	people: "M8.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2 20c.4-4 3-6 6.500-6s6.100 2 6.500 6M16 4.600a3.300 3.300 0 0 1 0 6M18 14.500c2.300.7 3.700 2.600 4 5.500",
	door: "M5 21V10a7 7 0 0 1 14 0v11M3 21h18M14.500 14v1.500",
	book: "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11M9 8h6",
	chart: "M4 4v16h16M8 15l3.500-5 3 3L20 7",
	gear: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
	key: "M14 10a4 4 0 1 0-3.300 3.900L13 16h2v2h2v2h3v-3l-6.300-5.300A4 4 0 0 0 14 10zM9.500 9.500h.01",
	heart: "M3 12h4l2.500-6 4 12 2.500-6h5",
	log: "M12 3v5M12 8H6v4M12 8h6v4M3.500 12h5v4h-5zM15.500 12h5v4h-5zM6 16v5M18 16v5",
	bell: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21.500h4",
	lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
	check: "M5 12.500l4.500 4.500L19 7.500",
	close: "M6 6l12 12M18 6L6 18",
	back: "M14.500 5.500L8 12l6.500 6.500",
	next: "M9.500 5.500L16 12l-6.500 6.500",
	search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500L21 21",
	menu: "M4 7h16M4 12h16M4 17h16",
	card: "M3 6h18v12H3zM3 10h18M7 15h4",
	face: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v1M15 10v1M8.500 14.500c1 1.300 2.200 2 3.500 2s2.500-.7 3.500-2",
	paper: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
	shield: "M12 3l8 3v6c0 4.500-3.200 7.700-8 9-4.800-1.300-8-4.500-8-9V6zM8.500 12l2.500 2.500 4.500-5",
	eye: "M2 12c2.500-4.500 6-7 10-7s7.500 2.500 10 7c-2.500 4.500-6 7-10 7s-7.500-2.500-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
	down: "M12 4v11M7 11l5 5 5-5M4 20h16",
	sound: "M4 9.500h3.500L12 5.500v13l-4.500-4H4zM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
	print: "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
	out: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
} as const;
export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { readonly name: IconName }) {
	return (
		<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			<path d={SHAPES[name]} />
		</svg>
	);
}

/** The doorway that is our sign. */
export function Mark() {
	return (
		<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
			<path class="mark-door" d="M5 29V15a11 11 0 0 1 22 0v14z" />
			<path class="mark-light" d="M11 29v-5a5 5 0 0 1 10 0v5z" />
			<circle class="mark-light" cx="16" cy="13.500" r="3.200" />
		</svg>
	);
}
