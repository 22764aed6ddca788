// SPDX-License-Identifier: Apache-2.0
// A breach is written down at once, with what is known; the rest is added later.

import type { Breach } from "contract";
import { useState } from "preact/hooks";
import { call, newAct } from "../api/call";
import { useAct } from "../api/load";
import { Choose, Field, Form, Tick } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, Heading, Section } from "../ui/parts";
import { goTo, linkTo } from "../ui/route";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";

type Kind = Breach["kinds"][number];
const KINDS: readonly Kind[] = ["names", "papers", "consents", "history", "references", "passes", "photographs", "keys"];

export function NewBreach() {
	const { say, cap } = useSpeech();
	const [what, setWhat] = useState("");
	const [measures, setMeasures] = useState("");
	const [kinds, setKinds] = useState<readonly Kind[]>([]);
	const [everybody, setEverybody] = useState<"all" | "some">("some");
	const [people, setPeople] = useState("");
	const [act] = useState(newAct);
	const ids = people.split(/[\s,;]+/).filter((word) => /^[0-9a-f]{32}$/.test(word));
	const add = useAct(async () => {
		const body = {
			what: what.trim(), kinds,
			...(measures.trim() ? { measures: measures.trim() } : {}),
			...(everybody === "all" ? { everybody: true } : { people: [...new Set(ids)] }),
		};
		const entered = await call("breach_open", { body, act });
		goTo("breaches", entered.id);
	});
	return (
		<>
			<a class="back" href={linkTo("breaches")}><Icon name="back" />{say("nav.breaches")}</a>
			<Heading title={say("breach.add")} sub={say("breach.add.lead")} />
			<Section>
				<Form onSubmit={add.run}>
					<Field label={say("breach.what")} hint={say("breach.what.hint")} value={what} onValue={setWhat} lines={3} maxLength={2000} autofocus />
					<Tick label={say("breach.kinds")} values={kinds} onValues={setKinds} choices={KINDS.map((value) => ({ value, label: cap(say(`breach.kind.${value}`)) }))} />
					<Field label={say("breach.measures")} value={measures} onValue={setMeasures} lines={2} maxLength={2000} />
					<Choose
						label={say("breach.whose")} value={everybody} onValue={setEverybody}
						choices={[{ value: "some", label: say("breach.whose.some") }, { value: "all", label: say("breach.whose.all") }]}
					/>
					{everybody === "some" && <Field label={say("breach.ids")} hint={say("breach.ids.hint")} value={people} onValue={setPeople} lines={3} />}
					<ProblemNote problem={add.problem} />
					<div class="actions"><Button kind="main" submit busy={add.busy} disabled={what.trim() === "" || kinds.length === 0}>{say("breach.add.do")}</Button></div>
				</Form>
			</Section>
		</>
	);
}
