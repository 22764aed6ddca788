// SPDX-License-Identifier: Apache-2.0
// Tablets at doors and wards: each is known by a certificate that is made for it here, and kept by it
// alone (docs/server.md).

import { useState } from "preact/hooks";
import { call, type Answer } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { Dialog } from "../ui/dialog";
import { Field, Form } from "../ui/field";
import { Button, Section } from "../ui/parts";
import { saveFile } from "../ui/save";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import { Registered } from "./registered";

interface Made {
	readonly name: string;
	readonly answer: Answer<"tablet_add">;
}

function AddTablet({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: (made: Made) => void }) {
	const { say } = useSpeech();
	const [name, setName] = useState("");
	const add = useAct(async () => onDone({ name: name.trim(), answer: await call("tablet_add", { body: { name: name.trim() } }) }));
	return (
		<Dialog title={say("tablet.add")} onClose={onClose}>
			<Form onSubmit={add.run}>
				<Field label={say("tablet.name")} hint={say("tablet.name.hint")} value={name} onValue={setName} maxLength={60} autofocus />
				<ProblemNote problem={add.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={add.busy} disabled={name.trim() === ""}>{say("keys.add.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

/** The file is saved by a press of its own: what is lost here has to be made anew. */
function TabletMade({ made, onClose }: { readonly made: Made; readonly onClose: () => void }) {
	const { say } = useSpeech();
	const { certificate, password } = made.answer;
	const save = () => {
		const bytes = Uint8Array.from(atob(certificate), (letter) => letter.charCodeAt(0));
		saveFile(`${made.name.replace(/[^\p{L}\p{N}]+/gu, "-")}.p12`, new Blob([bytes], { type: "application/x-pkcs12" }));
	};
	return (
		<Dialog title={say("tablet.made", clean(made.name))} onClose={onClose}>
			<ol class="steps">
				{(["save", "install", "open"] as const).map((step) => <li key={step}>{say(`tablet.step.${step}`)}</li>)}
			</ol>
			<p class="secret small">{password}</p>
			<div class="actions end">
				<Button icon="down" onPress={save}>{say("tablet.save")}</Button>
				<Button kind="main" onPress={onClose}>{say("do.done")}</Button>
			</div>
		</Dialog>
	);
}

export function Tablets() {
	const { say, day } = useSpeech();
	const { session } = useSession();
	const [adding, setAdding] = useState(false);
	const [made, setMade] = useState<Made | null>(null);
	const load = useLoad((signal) => call("tablets_list", { signal }), []);
	const mayManage = hasRole(session, "administrator");
	return (
		<Section title={say("tablet.title")} actions={mayManage && <Button onPress={() => setAdding(true)}>{say("tablet.add")}</Button>}>
			<p class="hint">{say("tablet.what")}</p>
			<Loaded load={load}>
				{({ items }, again) => (
					<>
						<ul class="rows">
							{items.map((one) => (
								<Registered
									key={one.id} name={one.name} detail={day(one.added_ms)} hasEnded={one.ended_ms !== undefined} mayEnd={mayManage}
									title={say("tablet.end.title", clean(one.name))} text={say("tablet.end.text")}
									end={async () => {
										await call("tablet_end", { path: { tablet: one.id } });
										again();
									}}
								/>
							))}
						</ul>
						{adding && (
							<AddTablet
								onClose={() => setAdding(false)}
								onDone={(one) => {
									setAdding(false);
									setMade(one);
									again();
								}}
							/>
						)}
						{made && <TabletMade made={made} onClose={() => setMade(null)} />}
					</>
				)}
			</Loaded>
		</Section>
	);
}
