// SPDX-License-Identifier: Apache-2.0
// What the threshold stands for. Scores mean nothing to people; "one stranger in so many" does.

import type { Answer } from "../api/call";
import { call } from "../api/call";
import { useLoad } from "../api/load";
import { lazy } from "../ui/lazy";
import { Fact, Facts, Heading, Section, Tag } from "../ui/parts";
import { Loaded } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

const Chart = lazy(() => import("./threshold_chart"));

/** Sizes of groups that people can picture. */
const GROUPS = [100, 500, 2000];
const PROMISED = 0.001;

/** At least one stranger taken for somebody among n. */
function wrongAmong(fmr: number, n: number): number {
	return -Math.expm1(n * Math.log1p(-fmr));
}

function Groups({ fmr }: { readonly fmr: number }) {
	const { say, number, oneIn } = useSpeech();
	return (
		<div class="table-wrap">
			<table class="table">
				<thead><tr><th scope="col">{say("threshold.group")}</th><th scope="col">{say("threshold.group.wrong")}</th></tr></thead>
				<tbody>
					{GROUPS.map((n) => {
						const wrong = wrongAmong(fmr, n);
						return (
							<tr key={n}>
								<td>{number(n)}</td>
								<td>{oneIn(wrong)} {wrong > PROMISED && <Tag tone="warn">{say("threshold.too-many")}</Tag>}</td>
							</tr>
						);
					})}
				</tbody>
			</table>
		</div>
	);
}

function Told({ known }: { readonly known: Answer<"thresholds_get"> }) {
	const { say, number, oneIn } = useSpeech();
	return (
		<>
			<Section>
				<p class="big">{oneIn(known.fmr)}</p>
				<p>{say("threshold.means")}</p>
				<Facts>
					<Fact name={say("threshold.score")}>{number(known.threshold)}</Fact>
					<Fact name={say("threshold.population")}>{clean(known.population)}</Fact>
					<Fact name={say("threshold.basis")}>{say(known.extrapolated ? "threshold.extrapolated" : "threshold.measured")}</Fact>
				</Facts>
			</Section>
			<Section title={say("threshold.curve")}>
				<Chart known={known} />
				<p class="hint">{say("threshold.curve.hint")}</p>
			</Section>
			<Section title={say("threshold.among")}>
				<p>{say("threshold.among.what")}</p>
				<Groups fmr={known.fmr} />
			</Section>
		</>
	);
}

export function Thresholds() {
	const { say } = useSpeech();
	const load = useLoad((signal) => call("thresholds_get", { signal }), []);
	return (
		<>
			<Heading title={say("nav.thresholds")} sub={say("threshold.lead")} />
			<Loaded load={load}>{(known) => <Told known={known} />}</Loaded>
		</>
	);
}
