// SPDX-License-Identifier: Apache-2.0
// One's own passkeys: a telephone or a token as the second proof.

import { useState } from "preact/hooks";
import { call, type Answer } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { useSession } from "../api/session";
import { Dialog } from "../ui/dialog";
import { Field, Form } from "../ui/field";
import { Button, Hint, Section, Tag } from "../ui/parts";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import { Codes } from "./codes";
import { canPasskeys, makePasskey } from "./passkey";

type Passkey = Answer<"me_passkeys">["passkeys"][number];
const NAME_MAX = 40;

function AddPasskey({ onAdded }: { readonly onAdded: (codes: readonly string[]) => void }) {
	const { say } = useSpeech();
	const { session } = useSession();
	const [name, setName] = useState("");
	const [password, setPassword] = useState("");
	const [isOff, setIsOff] = useState(false);
	const add = useAct(async () => {
		setIsOff(false);
		const asked = await call("me_passkey_begin", { body: { password } });
		const made = await makePasskey(asked, session.account.name);
		if (!made) return setIsOff(true);
		const { codes } = await call("me_passkey_confirm", { body: { name: name.trim(), ...made } });
		setName("");
		setPassword("");
		onAdded(codes);
	});
	return (
		<Form onSubmit={add.run}>
			<Field label={say("passkey.name")} hint={say("passkey.name.hint")} value={name} onValue={setName} maxLength={NAME_MAX} />
			<Field label={say("password.again")} value={password} onValue={setPassword} type="password" autocomplete="current-password" />
			<ProblemNote problem={add.problem} />
			{isOff && <p class="note warn" role="status">{say("passkey.off")}</p>}
			<div class="actions"><Button submit busy={add.busy} disabled={name.trim() === "" || password === ""}>{say("passkey.add")}</Button></div>
		</Form>
	);
}

function RemovePasskey({ passkey, onDone, onClose }: { readonly passkey: Passkey; readonly onDone: () => void; readonly onClose: () => void }) {
	const { say } = useSpeech();
	const [password, setPassword] = useState("");
	const remove = useAct(async () => {
		await call("me_passkey_remove", { body: { password, id: passkey.id } });
		onDone();
	});
	return (
		<Dialog title={say("passkey.remove.title", clean(passkey.name))} onClose={onClose}>
			<Form onSubmit={remove.run}>
				<Field label={say("password.again")} value={password} onValue={setPassword} type="password" autocomplete="current-password" autofocus />
				<ProblemNote problem={remove.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={remove.busy} disabled={password === ""}>{say("passkey.remove")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

export function Passkeys() {
	const { say, day } = useSpeech();
	const { refresh } = useSession();
	const [codes, setCodes] = useState<readonly string[]>([]);
	const [removing, setRemoving] = useState<Passkey | null>(null);
	const load = useLoad((signal) => call("me_passkeys", { signal }), []);
	if (!canPasskeys()) return null;
	return (
		<Loaded load={load}>
			{({ passkeys }, again) => (
				<Section title={say("passkey.title")} actions={<Tag tone={passkeys.length > 0 ? "good" : "off"}>{say(passkeys.length > 0 ? "account.totp.on" : "account.totp.off")}</Tag>}>
					<Hint>{say("passkey.what")}</Hint>
					{codes.length > 0 && <Codes codes={codes} />}
					{passkeys.length > 0 && (
						<ul class="rows">
							{passkeys.map((one) => (
								<li key={one.id} class="row">
									<span><b>{clean(one.name)}</b><span class="small">{day(one.added_ms)}</span></span>
									<Button kind="quiet" onPress={() => setRemoving(one)} label={`${say("passkey.remove")}: ${clean(one.name)}`}>{say("passkey.remove")}</Button>
								</li>
							))}
						</ul>
					)}
					<AddPasskey
						onAdded={(fresh) => {
							setCodes(fresh);
							again();
							void refresh();
						}}
					/>
					{removing && (
						<RemovePasskey
							passkey={removing} onClose={() => setRemoving(null)}
							onDone={() => {
								setRemoving(null);
								again();
								void refresh();
							}}
						/>
					)}
				</Section>
			)}
		</Loaded>
	);
}
