// SPDX-License-Identifier: Apache-2.0
// One's own account: password, authenticator, recovery codes.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct } from "../api/load";
import { useSession } from "../api/session";
import { Field, Form } from "../ui/field";
import { Button, Fact, Facts, Heading, Hint, Section, Tag } from "../ui/parts";
import { Qr } from "../ui/qr";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { Codes } from "./codes";
import { NewPassword } from "./new_password";
import { Passkeys } from "./passkeys";

function ChangePassword() {
	const { say } = useSpeech();
	const [old, setOld] = useState("");
	const [fresh, setFresh] = useState("");
	const [done, setDone] = useState(false);
	const change = useAct(async () => {
		await call("me_password", { body: { old, new: fresh } });
		setOld("");
		setFresh("");
		setDone(true);
	});
	return (
		<Section title={say("account.password")}>
			<Form onSubmit={change.run}>
				<Field label={say("password.old")} value={old} onValue={setOld} type="password" autocomplete="current-password" />
				<NewPassword value={fresh} onValue={setFresh} />
				<ProblemNote problem={change.problem} />
				{done && <p class="note good" role="status">{say("password.changed")}</p>}
				<div class="actions"><Button submit busy={change.busy}>{say("password.change")}</Button></div>
			</Form>
		</Section>
	);
}

type Stage =
	| { readonly at: "idle" }
	| { readonly at: "confirm"; readonly secret: string; readonly uri: string }
	| { readonly at: "codes"; readonly codes: readonly string[] };

function Authenticator() {
	const { say, count } = useSpeech();
	const { session, refresh } = useSession();
	const [password, setPassword] = useState("");
	const [code, setCode] = useState("");
	const [stage, setStage] = useState<Stage>({ at: "idle" });
	const { totp, recovery_codes: left } = session.account;
	const begin = useAct(async () => {
		const { secret, uri } = await call("me_totp_begin", { body: { password } });
		setPassword("");
		setStage({ at: "confirm", secret, uri });
	});
	const confirm = useAct(async () => {
		const { codes } = await call("me_totp_confirm", { body: { code: code.replace(/\D/g, "") } });
		setCode("");
		setStage({ at: "codes", codes });
		await refresh();
	});
	const renew = useAct(async () => {
		const { codes } = await call("me_recovery", { body: { password } });
		setPassword("");
		setStage({ at: "codes", codes });
		await refresh();
	});
	return (
		<Section title={say("account.totp")} actions={<Tag tone={totp ? "good" : "off"}>{say(totp ? "account.totp.on" : "account.totp.off")}</Tag>}>
			<Hint>{say("account.totp.what")}</Hint>
			{totp && left !== undefined && <p>{count("account.recovery.left", left)}</p>}
			{stage.at === "codes" && <Codes codes={stage.codes} />}
			{stage.at === "confirm" && (
				<Form onSubmit={confirm.run}>
					<p>{say("account.totp.scan")}</p>
					<Qr text={stage.uri} label={say("account.totp.qr")} />
					<p class="secret small">{stage.secret}</p>
					<Field label={say("account.totp.code")} value={code} onValue={setCode} numeric autocomplete="one-time-code" maxLength={7} autofocus />
					<ProblemNote problem={confirm.problem} />
					<div class="actions">
						<Button kind="main" submit busy={confirm.busy}>{say("account.totp.confirm")}</Button>
						<Button kind="quiet" onPress={() => setStage({ at: "idle" })}>{say("do.cancel")}</Button>
					</div>
				</Form>
			)}
			{stage.at !== "confirm" && (
				<Form onSubmit={totp ? renew.run : begin.run}>
					<Field label={say("password.again")} value={password} onValue={setPassword} type="password" autocomplete="current-password" />
					<ProblemNote problem={begin.problem ?? renew.problem} />
					<div class="actions">
						<Button submit busy={begin.busy || renew.busy}>{say(totp ? "account.recovery.renew" : "account.totp.begin")}</Button>
					</div>
				</Form>
			)}
		</Section>
	);
}

export function AccountScreen() {
	const { say, list } = useSpeech();
	const { session } = useSession();
	return (
		<>
			<Heading title={say("account.title")} />
			<Section>
				<Facts>
					<Fact name={say("signin.name")}>{session.account.name}</Fact>
					<Fact name={say("account.roles")}>{list(session.account.roles.map((role) => say(`role.${role}`)))}</Fact>
				</Facts>
			</Section>
			<ChangePassword />
			<Authenticator />
			<Passkeys />
		</>
	);
}
