// SPDX-License-Identifier: Apache-2.0
// What an authority asks for, entered from its paper.

import { useState } from "preact/hooks";
import type { Answer, Asked } from "../api/call";
import { call, newAct } from "../api/call";
import { useAct } from "../api/load";
import { sha256Of } from "../shared/digest";
import { Field, Form, Tick } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, Heading, Hint, Section } from "../ui/parts";
import { goTo, linkTo } from "../ui/route";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";

type Body = Asked<"disclosure_request">["body"];
type Wanted = Answer<"disclosure_request">["fields"][number];
const FIELDS: readonly Wanted[] = ["profile", "consents", "history"];

function msOf(date: string, time = "00:00:00.000"): number {
	return new Date(`${date}T${time}`).getTime();
}

export function NewDisclosure() {
	const { say, cap } = useSpeech();
	const [authority, setAuthority] = useState("");
	const [basis, setBasis] = useState("");
	const [document, setDocument] = useState("");
	const [subjects, setSubjects] = useState("");
	const [fields, setFields] = useState<readonly Wanted[]>([]);
	const [from, setFrom] = useState("");
	const [to, setTo] = useState("");
	const [due, setDue] = useState("");
	const [dueBasis, setDueBasis] = useState("");
	const [act] = useState(newAct);
	const hash = useAct(async (file: File) => setDocument(await sha256Of(file)));
	const ids = subjects.split(/[\s,;]+/).filter((word) => /^[0-9a-f]{32}$/.test(word));
	const add = useAct(async () => {
		const body: Body = {
			authority: authority.trim(), basis: basis.trim(), document, subjects: [...new Set(ids)], fields,
			from_ms: msOf(from), to_ms: msOf(to, "23:59:59.999"),
			...(due ? { due_ms: msOf(due), due_basis: dueBasis.trim() } : {}),
		};
		const entered = await call("disclosure_request", { body, act });
		goTo("disclosures", entered.id);
	});
	const isWhole = authority.trim() && basis.trim() && document && ids.length > 0 && fields.length > 0 && from && to && (!due || dueBasis.trim());
	return (
		<>
			<a class="back" href={linkTo("disclosures")}><Icon name="back" />{say("nav.disclosures")}</a>
			<Heading title={say("disclosure.add")} sub={say("disclosure.add.lead")} />
			<Section>
				<Form onSubmit={add.run}>
					<Field label={say("disclosure.authority")} value={authority} onValue={setAuthority} maxLength={160} autofocus />
					<Field label={say("disclosure.basis")} hint={say("disclosure.basis.hint")} value={basis} onValue={setBasis} maxLength={160} />
					<div class="field">
						<label class="file">
							<input type="file" onChange={(event) => event.currentTarget.files?.[0] && hash.run(event.currentTarget.files[0])} />
							<span><Icon name="paper" />{say(document ? "disclosure.document.chosen" : "disclosure.document.choose")}</span>
						</label>
						<Hint>{say("disclosure.document.hint")}</Hint>
						{document && <p class="code small">{document}</p>}
					</div>
					<Field label={say("disclosure.people")} hint={say("disclosure.people.hint")} value={subjects} onValue={setSubjects} lines={3} />
					<Tick label={say("disclosure.fields")} values={fields} onValues={setFields} choices={FIELDS.map((value) => ({ value, label: cap(say(`disclosure.field.${value}`)) }))} />
					<div class="pair">
						<Field label={say("disclosure.from")} value={from} onValue={setFrom} type="date" />
						<Field label={say("disclosure.to")} value={to} onValue={setTo} type="date" />
					</div>
					<Field label={say("disclosure.due")} hint={say("disclosure.due.hint")} value={due} onValue={setDue} type="date" />
					{due && <Field label={say("disclosure.due-basis")} value={dueBasis} onValue={setDueBasis} maxLength={160} />}
					<ProblemNote problem={add.problem ?? hash.problem} />
					<div class="actions"><Button kind="main" submit busy={add.busy} disabled={!isWhole}>{say("disclosure.add.do")}</Button></div>
				</Form>
			</Section>
		</>
	);
}
