// SPDX-License-Identifier: Apache-2.0
// Keys of programs: what each may do, and an end to it.

import type { Scope } from "contract";
import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { isoDate } from "../shared/dates";
import { ConfirmButton } from "../ui/confirm";
import { Dialog } from "../ui/dialog";
import { Field, Form, Tick } from "../ui/field";
import { Button, Heading, Section } from "../ui/parts";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import { RelyingParties } from "./relying";
import { Tablets } from "./tablets";
import { Webhooks } from "./webhooks";

const SCOPES: readonly Scope[] = ["people:read", "people:write", "people:export", "consents:write", "faces:use", "site:read", "audit:read"];

function AddKey({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: (key: string) => void }) {
	const { say, cap } = useSpeech();
	const [name, setName] = useState("");
	const [scopes, setScopes] = useState<readonly Scope[]>([]);
	const [until, setUntil] = useState("");
	const add = useAct(async () => {
		const { key } = await call("api_key_add", { body: { name: name.trim(), scopes, ...(until ? { until } : {}) } });
		onDone(key);
	});
	return (
		<Dialog title={say("keys.add")} onClose={onClose}>
			<Form onSubmit={add.run}>
				<Field label={say("keys.name")} hint={say("keys.name.hint")} value={name} onValue={setName} maxLength={64} autofocus />
				<Tick label={say("keys.scopes")} values={scopes} onValues={setScopes} choices={SCOPES.map((value) => ({ value, label: cap(say(`scope.${value}`)), hint: value }))} />
				<Field label={say("keys.until")} value={until} onValue={setUntil} type="date" min={isoDate(new Date())} />
				<ProblemNote problem={add.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={add.busy} disabled={name.trim().length < 2 || scopes.length === 0}>{say("keys.add.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

export function ApiKeys() {
	const { say, list, day, date } = useSpeech();
	const { session } = useSession();
	const [adding, setAdding] = useState(false);
	const [made, setMade] = useState("");
	const load = useLoad((signal) => call("api_keys_list", { signal }), []);
	const remove = async (key: string, again: () => void) => {
		await call("api_key_remove", { path: { key } });
		again();
	};
	const mayManage = hasRole(session, "administrator");
	return (
		<>
			<Heading
				title={say("nav.keys")} sub={say("keys.lead")}
				actions={mayManage && <Button kind="main" onPress={() => setAdding(true)}>{say("keys.add")}</Button>}
			/>
			<Loaded load={load}>
				{({ items }, again) => (
					<>
						{items.length === 0 ? (
							<Empty icon="key" title={say("keys.none")}><p>{say("keys.none.hint")}</p></Empty>
						) : (
							<Section>
								<ul class="rows">
									{items.map((one) => (
										<li key={one.id} class="row">
											<span>
												<b>{clean(one.name)}</b>
												<span class="small">
													{list(one.scopes.map((scope) => say(`scope.${scope}`)))} · {day(one.created_ms)}
													{one.until && ` · ${say("detail.until", date(one.until))}`}
												</span>
											</span>
											{mayManage && (
												<ConfirmButton
													title={say("keys.remove.title", clean(one.name))} text={say("keys.remove.text")} act={() => remove(one.id, again)}
													label={`${say("keys.remove")}: ${clean(one.name)}`}
												>
													{say("keys.remove")}
												</ConfirmButton>
											)}
										</li>
									))}
								</ul>
							</Section>
						)}
						{adding && (
							<AddKey
								onClose={() => setAdding(false)}
								onDone={(key) => {
									setAdding(false);
									setMade(key);
									again();
								}}
							/>
						)}
					</>
				)}
			</Loaded>
			<Tablets />
			<RelyingParties onKey={setMade} />
			<Webhooks onSecret={setMade} />
			{made && (
				<Dialog title={say("keys.made")} onClose={() => setMade("")}>
					<p>{say("keys.made.text")}</p>
					<p class="secret small">{made}</p>
					<div class="actions end"><Button kind="main" onPress={() => setMade("")}>{say("do.done")}</Button></div>
				</Dialog>
			)}
		</>
	);
}
