// SPDX-License-Identifier: Apache-2.0
// A QR code, black on white in any light.

import { useMemo } from "preact/hooks";
import { encode } from "uqr";

export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
	const { size, path } = useMemo(() => {
		const { data } = encode(text, { ecc: "M", border: 0 });
		const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
		return { size: data.length, path: squares.join("") };
	}, [text]);
	return (
		<svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
			<path d={path} />
		</svg>
	);
}
