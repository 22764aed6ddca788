// SPDX-License-Identifier: Apache-2.0
// Who was invited: the address from the paper, the code that was told, and a name and password of
// one's own.

import { useContext, useEffect, useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct } from "../api/load";
import { Choose, Field, Form } from "../ui/field";
import { Button, Heading } from "../ui/parts";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { DoorFrame } from "./door_frame";
import { EnterContext } from "./enter";
import { NewPassword } from "./new_password";

type Has = "new" | "old";

export default function Invitation() {
	const { say } = useSpeech();
	const enter = useContext(EnterContext);
	const [token] = useState(() => location.hash.slice(1));
	const [code, setCode] = useState("");
	const [has, setHas] = useState<Has>("new");
	const [name, setName] = useState("");
	const [password, setPassword] = useState("");
	useEffect(() => history.replaceState(null, "", location.pathname), []);
	const accept = useAct(async () => {
		const body = { token, code: code.replace(/\D/g, ""), name: name.trim(), password };
		enter(await call("invitation_accept", { body }));
	});
	return (
		<DoorFrame>
			<Heading title={say("invitation.title")} sub={say("invitation.lead")} />
			<Form onSubmit={accept.run}>
				<Field
					label={say("invitation.code")} hint={say("invitation.code.hint")} value={code} onValue={setCode} numeric
					autocomplete="one-time-code" maxLength={11} autofocus
				/>
				<Choose
					label={say("invitation.account")} value={has} onValue={setHas}
					choices={[
						{ value: "new", label: say("invitation.account.new") },
						{ value: "old", label: say("invitation.account.old") },
					]}
				/>
				<Field
					label={say("signin.name")} hint={has === "new" ? say("invitation.name.hint") : undefined} value={name} onValue={setName}
					autocomplete="username" maxLength={64}
				/>
				{has === "new" ? (
					<NewPassword value={password} onValue={setPassword} />
				) : (
					<Field label={say("signin.password")} value={password} onValue={setPassword} type="password" autocomplete="current-password" />
				)}
				<ProblemNote problem={accept.problem} />
				<div class="actions"><Button kind="main" submit busy={accept.busy}>{say("invitation.do")}</Button></div>
			</Form>
		</DoorFrame>
	);
}
