// SPDX-License-Identifier: Apache-2.0
// A first password was shown to somebody else: it is changed before anything else.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct } from "../api/load";
import { useSession } from "../api/session";
import { Field, Form } from "../ui/field";
import { Button, Heading } from "../ui/parts";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { DoorFrame } from "./door_frame";
import { NewPassword } from "./new_password";

export default function FirstPassword() {
	const { say } = useSpeech();
	const { refresh, signOut } = useSession();
	const [old, setOld] = useState("");
	const [fresh, setFresh] = useState("");
	const change = useAct(async () => {
		await call("me_password", { body: { old, new: fresh } });
		await refresh();
	});
	return (
		<DoorFrame>
			<Heading title={say("password.first.title")} sub={say("password.first.lead")} />
			<Form onSubmit={change.run}>
				<Field label={say("password.first.old")} value={old} onValue={setOld} type="password" autocomplete="current-password" />
				<NewPassword value={fresh} onValue={setFresh} />
				<ProblemNote problem={change.problem} />
				<div class="actions">
					<Button kind="main" submit busy={change.busy}>{say("password.change")}</Button>
					<Button kind="quiet" onPress={signOut}>{say("nav.sign-out")}</Button>
				</div>
			</Form>
		</DoorFrame>
	);
}
