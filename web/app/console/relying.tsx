// SPDX-License-Identifier: Apache-2.0
// Relying parties: who outside may ask whether somebody is who it knows; each person allows it herself.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { Dialog } from "../ui/dialog";
import { Field, Form } from "../ui/field";
import { Button, Section } from "../ui/parts";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import { Registered } from "./registered";

const ADDRESS = /^https:\/\/.+/;

function AddParty({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: (key: string) => void }) {
	const { say } = useSpeech();
	const [name, setName] = useState("");
	const [audience, setAudience] = useState("https://");
	const add = useAct(async () => {
		const { key } = await call("relying_add", { body: { name: name.trim(), audience: audience.trim() } });
		onDone(key);
	});
	return (
		<Dialog title={say("relying.add")} onClose={onClose}>
			<Form onSubmit={add.run}>
				<Field label={say("relying.name")} hint={say("relying.name.hint")} value={name} onValue={setName} maxLength={120} autofocus />
				<Field label={say("relying.audience")} hint={say("relying.audience.hint")} value={audience} onValue={setAudience} maxLength={200} />
				<ProblemNote problem={add.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={add.busy} disabled={name.trim() === "" || !ADDRESS.test(audience.trim())}>{say("keys.add.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

export function RelyingParties({ onKey }: { readonly onKey: (key: string) => void }) {
	const { say, day } = useSpeech();
	const { session } = useSession();
	const [adding, setAdding] = useState(false);
	const load = useLoad((signal) => call("relying_list", { signal }), []);
	const mayManage = hasRole(session, "administrator");
	return (
		<Section title={say("relying.title")} actions={mayManage && <Button onPress={() => setAdding(true)}>{say("relying.add")}</Button>}>
			<p class="hint">{say("relying.what")}</p>
			<Loaded load={load}>
				{({ items }, again) => (
					<>
						<ul class="rows">
							{items.map((one) => (
								<Registered
									key={one.id} name={one.name} detail={`${clean(one.audience)} · ${day(one.added_ms)}`} hasEnded={one.ended_ms !== undefined} mayEnd={mayManage}
									title={say("relying.end.title", clean(one.name))} text={say("relying.end.text")}
									end={async () => {
										await call("relying_end", { path: { relying: one.id } });
										again();
									}}
								/>
							))}
						</ul>
						{adding && (
							<AddParty
								onClose={() => setAdding(false)}
								onDone={(key) => {
									setAdding(false);
									onKey(key);
									again();
								}}
							/>
						)}
					</>
				)}
			</Loaded>
		</Section>
	);
}
