// SPDX-License-Identifier: Apache-2.0
// Records of what was given, refused and ended.

import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { Button, Section } from "../ui/parts";
import { saveFile } from "../ui/save";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";

export function PersonPapers({ subject }: { readonly subject: string }) {
	const { say, list, moment } = useSpeech();
	const load = useLoad((signal) => call("papers_list", { path: { subject }, signal }), [subject]);
	const save = useAct(async (paper: string) => {
		const record = await call("paper_get", { path: { subject, paper } });
		saveFile(`${paper.slice(0, 6)}.json`, JSON.stringify(record, null, 2), "application/json");
	});
	return (
		<Section title={say("person.tab.papers")}>
			<ProblemNote problem={save.problem} />
			<Loaded load={load}>
				{({ items }) =>
					items.length === 0 ? (
						<Empty icon="paper" title={say("paper.none")} />
					) : (
						<ul class="rows">
							{[...items].reverse().map((one) => (
								<li key={one.id} class="row">
									<span>
										<b>{say(`kind.${one.kind}`)}</b>
										<span class="small">{moment(one.at_ms)} · {list(one.purposes.map((word) => say(`purpose.${word}`)))}</span>
									</span>
									<Button kind="quiet" icon="down" onPress={() => save.run(one.id)}>{say("do.save")}</Button>
								</li>
							))}
						</ul>
					)}
			</Loaded>
		</Section>
	);
}
