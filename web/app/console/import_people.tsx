// SPDX-License-Identifier: Apache-2.0
// People from a CSV file: looked at first, added all together or not at all.

import { useState } from "preact/hooks";
import { call, newAct, type Answer } from "../api/call";
import { useAct } from "../api/load";
import { Icon } from "../ui/icon";
import { Button, ButtonLink, Heading, Section } from "../ui/parts";
import { linkTo } from "../ui/route";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean, type Speech } from "../words/speech";

type Looked = Answer<"subjects_import">;

function tellRow({ say, has }: Speech, { code, place, message }: Looked["refused"][number]): string {
	const key = `import.refused.${place ?? code}`;
	return has(key) ? say(key) : clean(message);
}

function Preview({ looked }: { readonly looked: Looked }) {
	const speech = useSpeech();
	const { say, count, date } = speech;
	const people = looked.people ?? [];
	return (
		<>
			{looked.refused.length > 0 && (
				<div class="note problem" role="alert">
					<p><b>{count("import.refused", looked.refused.length)}</b> {say("import.refused.hint")}</p>
					<ul>{looked.refused.map((refused) => <li key={refused.row}>{say("import.row", refused.row)}: {tellRow(speech, refused)}</li>)}</ul>
				</div>
			)}
			<p role="status">{count("import.understood", looked.understood)}</p>
			{people.length > 0 && (
				<div class="table-wrap" tabIndex={0} role="region" aria-label={say("import.preview")}>
					<table class="table">
						<thead><tr><th scope="col">{say("import.number")}</th><th scope="col">{say("person.name")}</th><th scope="col">{say("person.born")}</th></tr></thead>
						<tbody>
							{people.map(({ row, name, born }) => (
								<tr key={row}><td>{row}</td><td>{clean(name)}</td><td>{date(born)}</td></tr>
							))}
						</tbody>
					</table>
				</div>
			)}
		</>
	);
}

export function ImportPeople() {
	const { say, count } = useSpeech();
	const [text, setText] = useState("");
	const [looked, setLooked] = useState<Looked | null>(null);
	const [added, setAdded] = useState(0);
	const [act, setAct] = useState(newAct);
	const look = useAct(async (file: File) => {
		setLooked(null);
		setAdded(0);
		const content = await file.text();
		setText(content);
		setAct(newAct());
		setLooked(await call("subjects_import", { query: { preview: true }, body: content }));
	});
	const add = useAct(async () => {
		const answer = await call("subjects_import", { query: {}, body: text, act });
		setLooked(answer.refused.length > 0 ? answer : null);
		setAdded(answer.added);
	});
	return (
		<>
			<a class="back" href={linkTo("people")}><Icon name="back" />{say("nav.people")}</a>
			<Heading title={say("people.import")} sub={say("import.lead")} />
			<Section>
				<p>{say("import.format")}</p>
				<pre class="sample" lang="kk">name;born{"\n"}Әлия Серікқызы;2012-03-09{"\n"}Тимур Ким;1984-11-30</pre>
				<label class="file">
					<input
						type="file" accept=".csv,text/csv"
						onChange={(event) => {
							const file = event.currentTarget.files?.[0];
							event.currentTarget.value = "";
							if (file) look.run(file);
						}}
					/>
					<span><Icon name="paper" />{say("import.choose")}</span>
				</label>
				<ProblemNote problem={look.problem} />
			</Section>
			{looked && (
				<Section title={say("import.preview")}>
					<Preview looked={looked} />
					<ProblemNote problem={add.problem} />
					{looked.refused.length === 0 && looked.understood > 0 && (
						<div class="actions">
							<Button kind="main" onPress={add.run} busy={add.busy}>{count("import.do", looked.understood)}</Button>
						</div>
					)}
				</Section>
			)}
			{added > 0 && (
				<div class="note good" role="status">
					<p>{count("import.done", added)}</p>
					<ButtonLink href={linkTo("people")}>{say("import.see")}</ButtonLink>
				</div>
			)}
		</>
	);
}
