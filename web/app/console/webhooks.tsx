// SPDX-License-Identifier: Apache-2.0
// Webhooks: programs that are told what happens here, signed (docs/webhooks.md).

import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { ConfirmButton } from "../ui/confirm";
import { Dialog } from "../ui/dialog";
import { Check, Field, Form } from "../ui/field";
import { Button, Section, Tag } from "../ui/parts";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

const ADDRESS = /^https?:\/\/.+/;

function AddWebhook({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: (secret: string) => void }) {
	const { say } = useSpeech();
	const [url, setUrl] = useState("https://");
	const [people, setPeople] = useState(false);
	const add = useAct(async () => {
		const { secret } = await call("webhook_add", { body: { url: url.trim(), people } });
		onDone(secret);
	});
	return (
		<Dialog title={say("webhook.add")} onClose={onClose}>
			<Form onSubmit={add.run}>
				<Field label={say("webhook.url")} hint={say("webhook.url.hint")} value={url} onValue={setUrl} maxLength={500} autofocus />
				<Check checked={people} onChecked={setPeople}>{say("webhook.people.add")}</Check>
				<ProblemNote problem={add.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={add.busy} disabled={!ADDRESS.test(url.trim())}>{say("keys.add.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

export function Webhooks({ onSecret }: { readonly onSecret: (secret: string) => void }) {
	const { say } = useSpeech();
	const { session } = useSession();
	const [adding, setAdding] = useState(false);
	const load = useLoad((signal) => call("webhooks_list", { signal }), []);
	const mayManage = hasRole(session, "administrator");
	return (
		<Section title={say("webhook.title")} actions={mayManage && <Button onPress={() => setAdding(true)}>{say("webhook.add")}</Button>}>
			<p class="hint">{say("webhook.what")}</p>
			<Loaded load={load}>
				{({ items }, again) => (
					<>
						<ul class="rows">
							{items.map((one) => (
								<li key={one.id} class="row">
									<span>
										<b>{clean(one.url)}</b>
										{one.people && <span class="small">{say("webhook.people")}</span>}
									</span>
									<span class="tags">
										{one.off_ms !== undefined && <Tag tone="warn">{say("webhook.off")}</Tag>}
										{mayManage && (
											<ConfirmButton
												title={say("webhook.remove.title", clean(one.url))} text={say("webhook.remove.text")} label={`${say("keys.remove")}: ${clean(one.url)}`}
												act={async () => {
													await call("webhook_remove", { path: { webhook: one.id } });
													again();
												}}
											>
												{say("keys.remove")}
											</ConfirmButton>
										)}
									</span>
								</li>
							))}
						</ul>
						{adding && (
							<AddWebhook
								onClose={() => setAdding(false)}
								onDone={(secret) => {
									setAdding(false);
									onSecret(secret);
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
