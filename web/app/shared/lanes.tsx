// SPDX-License-Identifier: Apache-2.0
// Both lanes side by side: whoever keeps her face to herself must not wait longer for it.

import type { Parity } from "contract";
import { call } from "../api/call";
import { useLoad } from "../api/load";
import { Section } from "../ui/parts";
import { Loaded } from "../ui/states";
import { useSpeech } from "../words/context";
import type { Speech } from "../words/speech";

type Lane = Parity["lanes"][number];
const LONGEST_MS = 60_000;

function tellWait({ say }: Speech, lane: Lane, ms: number | undefined): string {
	if (lane.admitted === 0) return say("lanes.nobody");
	return ms === undefined ? say("lanes.longer", LONGEST_MS / 1000) : say("lanes.within", ms / 1000);
}

function Lanes({ parity }: { readonly parity: Parity }) {
	const speech = useSpeech();
	const { say, number } = speech;
	const rows: readonly (readonly [string, (lane: Lane) => string])[] = [
		["lanes.admitted", (lane) => number(lane.admitted)],
		["lanes.refused", (lane) => number(lane.refused)],
		["lanes.half", (lane) => tellWait(speech, lane, lane.half_within_ms)],
		["lanes.most", (lane) => tellWait(speech, lane, lane.most_within_ms)],
	];
	return (
		<div class="table-wrap">
			<table class="table lanes">
				<thead>
					<tr><td />{parity.lanes.map(({ lane }) => <th key={lane} scope="col">{say(`lanes.${lane}`)}</th>)}</tr>
				</thead>
				<tbody>
					{rows.map(([key, tell]) => (
						<tr key={key}>
							<th scope="row">{say(key)}</th>
							{parity.lanes.map((lane) => <td key={lane.lane}>{tell(lane)}</td>)}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** For anybody; nothing is shown of a site where nobody has come through a gate yet. */
export function LanesSection() {
	const { say, count } = useSpeech();
	const load = useLoad((signal) => call("parity_get", { signal }), []);
	return (
		<Loaded load={load}>
			{(parity) =>
				parity.lanes.some(({ admitted, refused }) => admitted + refused > 0) && (
					<Section title={say("lanes.title")}>
						<p class="hint">{count("lanes.what", parity.days)}</p>
						<Lanes parity={parity} />
					</Section>
				)}
		</Loaded>
	);
}
