// SPDX-License-Identifier: Apache-2.0
// Accounts of staff, and of people who came in by an invitation.

import type { Account, AccountFirst, Role } from "contract";
import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { ConfirmButton } from "../ui/confirm";
import { Dialog } from "../ui/dialog";
import { Field, Form, Tick } from "../ui/field";
import { Button, Heading, Section, Tag } from "../ui/parts";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

const ROLES: readonly Role[] = ["operator", "enrolment", "presence", "auditor", "administrator"];

function RoleTicks({ roles, onRoles }: { readonly roles: readonly Role[]; readonly onRoles: (roles: readonly Role[]) => void }) {
	const { say, cap } = useSpeech();
	return (
		<Tick
			label={say("account.roles")} values={roles} onValues={onRoles}
			choices={ROLES.map((value) => ({ value, label: cap(say(`role.${value}`)), hint: say(`role.${value}.what`) }))}
		/>
	);
}

function First({ first, onClose }: { readonly first: AccountFirst; readonly onClose: () => void }) {
	const { say } = useSpeech();
	return (
		<Dialog title={say("accounts.first", clean(first.account.name))} onClose={onClose}>
			<p>{say("accounts.first.text")}</p>
			<p class="secret">{first.password}</p>
			<div class="actions end"><Button kind="main" onPress={onClose}>{say("do.done")}</Button></div>
		</Dialog>
	);
}

function AddAccount({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: (first: AccountFirst) => void }) {
	const { say } = useSpeech();
	const [name, setName] = useState("");
	const [roles, setRoles] = useState<readonly Role[]>([]);
	const add = useAct(async () => onDone(await call("account_add", { body: { name: name.trim(), roles } })));
	return (
		<Dialog title={say("accounts.add")} onClose={onClose}>
			<Form onSubmit={add.run}>
				<Field label={say("signin.name")} value={name} onValue={setName} maxLength={64} autofocus />
				<RoleTicks roles={roles} onRoles={setRoles} />
				<ProblemNote problem={add.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={add.busy} disabled={name.trim().length < 2 || roles.length === 0}>{say("accounts.add.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

function ManageAccount({ account, onClose, onDone, onFirst }: {
	readonly account: Account; readonly onClose: () => void; readonly onDone: () => void; readonly onFirst: (first: AccountFirst) => void;
}) {
	const { say } = useSpeech();
	const isPerson = account.roles.includes("person");
	const [roles, setRoles] = useState<readonly Role[]>(account.roles.filter((role): role is Role => role !== "person"));
	const path = { account: account.id };
	const save = useAct(async () => {
		await call("account_set", { path, body: { roles } });
		onDone();
	});
	const reset = async () => onFirst(await call("account_reset", { path }));
	const remove = async () => {
		await call("account_remove", { path });
		onDone();
	};
	return (
		<Dialog title={clean(account.name)} onClose={onClose}>
			<div class="form">
				{!isPerson && <RoleTicks roles={roles} onRoles={setRoles} />}
				<p class="hint">{say("accounts.manage.hint")}</p>
				<ProblemNote problem={save.problem} />
				<div class="actions">
					{!isPerson && <Button kind="main" onPress={save.run} busy={save.busy} disabled={roles.length === 0}>{say("do.store")}</Button>}
					<ConfirmButton kind="plain" title={say("accounts.reset.title")} text={say("accounts.reset.text")} act={reset}>{say("accounts.reset")}</ConfirmButton>
					<ConfirmButton kind="grave" title={say("accounts.remove.title")} text={say("accounts.remove.text")} act={remove}>{say("accounts.remove")}</ConfirmButton>
					<Button kind="quiet" onPress={onClose}>{say("do.cancel")}</Button>
				</div>
			</div>
		</Dialog>
	);
}

export function Accounts() {
	const { say, list, lately } = useSpeech();
	const { session } = useSession();
	const [adding, setAdding] = useState(false);
	const [managed, setManaged] = useState<Account | null>(null);
	const [first, setFirst] = useState<AccountFirst | null>(null);
	const load = useLoad((signal) => call("accounts_list", { signal }), []);
	const mayManage = hasRole(session, "administrator");
	return (
		<>
			<Heading
				title={say("nav.accounts")} sub={say("accounts.lead")}
				actions={mayManage && <Button kind="main" onPress={() => setAdding(true)}>{say("accounts.add")}</Button>}
			/>
			<Loaded load={load}>
				{({ items }, again) => {
					const done = (shown: AccountFirst | null) => {
						setAdding(false);
						setManaged(null);
						setFirst(shown);
						again();
					};
					return (
						<Section>
							<ul class="rows">
								{items.map((one) => (
									<li key={one.id} class="row">
										<span>
											<b>{clean(one.name)}</b>
											<span class="small">
												{list(one.roles.map((role) => say(`role.${role}`)))} · {one.seen_ms ? lately(one.seen_ms, Date.now()) : say("accounts.never")}
											</span>
										</span>
										<span class="tags">
											{!one.roles.includes("person") && (
												<Tag tone={one.totp || one.passkeys > 0 ? "good" : "warn"}>{say(one.totp || one.passkeys > 0 ? "accounts.second" : "accounts.no-second")}</Tag>
											)}
											{mayManage && (
												<Button kind="quiet" onPress={() => setManaged(one)} label={`${say("do.change")}: ${clean(one.name)}`}>{say("do.change")}</Button>
											)}
										</span>
									</li>
								))}
							</ul>
							{adding && <AddAccount onClose={() => setAdding(false)} onDone={done} />}
							{managed && <ManageAccount account={managed} onClose={() => setManaged(null)} onDone={() => done(null)} onFirst={done} />}
						</Section>
					);
				}}
			</Loaded>
			{first && <First first={first} onClose={() => setFirst(null)} />}
		</>
	);
}
