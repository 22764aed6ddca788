// SPDX-License-Identifier: Apache-2.0
// Name and password; the code of an authenticator only when the account has one.

import type { Session } from "contract";
import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct } from "../api/load";
import { asProblem } from "../api/problem";
import { Field, Form } from "../ui/field";
import { Button, Heading } from "../ui/parts";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { DoorFrame } from "./door_frame";
import { canPasskeys, usePasskeyFor } from "./passkey";

export function SignIn({ ended, onEnter }: { readonly ended: boolean; readonly onEnter: (session: Session) => void }) {
	const { say } = useSpeech();
	const [name, setName] = useState("");
	const [password, setPassword] = useState("");
	const [code, setCode] = useState("");
	const [asksCode, setAsksCode] = useState(false);
	const [isOff, setIsOff] = useState(false);
	const signIn = useAct(async () => {
		const body = { name: name.trim(), password, ...(asksCode && code ? { code: code.trim() } : {}) };
		try {
			onEnter(await call("session_begin", { body }));
		} catch (error) {
			const problem = asProblem(error);
			if (problem.code !== "second-factor" || asksCode) throw problem;
			setAsksCode(true);
		}
	});
	const withPasskey = useAct(async () => {
		setIsOff(false);
		const who = { name: name.trim(), password };
		const passkey = await usePasskeyFor(await call("session_passkey", { body: who }));
		if (passkey) onEnter(await call("session_begin", { body: { ...who, passkey } }));
		else setIsOff(true);
	});
	return (
		<DoorFrame>
			<Heading title={say("signin.title")} sub={say(asksCode ? "signin.code.lead" : "signin.lead")} />
			{ended && <p class="note" role="status">{say("signin.ended")}</p>}
			<Form onSubmit={signIn.run}>
				{asksCode ? (
					<Field
						key="code" label={say("signin.code")} hint={say("signin.code.hint")} value={code} onValue={setCode}
						autocomplete="one-time-code" autofocus maxLength={24}
					/>
				) : (
					<>
						<Field key="name" label={say("signin.name")} value={name} onValue={setName} autocomplete="username" maxLength={64} autofocus />
						<Field key="password" label={say("signin.password")} value={password} onValue={setPassword} type="password" autocomplete="current-password" maxLength={256} />
					</>
				)}
				<ProblemNote problem={signIn.problem ?? withPasskey.problem} />
				{isOff && <p class="note warn" role="status">{say("passkey.off")}</p>}
				<div class="actions">
					<Button kind="main" submit busy={signIn.busy}>{say("signin.do")}</Button>
					{asksCode && canPasskeys() && <Button icon="key" onPress={withPasskey.run} busy={withPasskey.busy}>{say("passkey.use")}</Button>}
					{asksCode && <Button kind="quiet" onPress={() => setAsksCode(false)}>{say("do.back")}</Button>}
				</div>
			</Form>
			<hr />
			<p class="hint">{say("signin.invited")}</p>
		</DoorFrame>
	);
}
