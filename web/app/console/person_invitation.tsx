// SPDX-License-Identifier: Apache-2.0
// An invitation into the portal: the address on paper, the code by word of mouth.

import { useState } from "preact/hooks";
import { call, type Answer } from "../api/call";
import { useAct } from "../api/load";
import { Button, Hint, Section } from "../ui/parts";
import { Qr } from "../ui/qr";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";

export function PersonInvitation({ subject }: { readonly subject: string }) {
	const { say, moment } = useSpeech();
	const [made, setMade] = useState<Answer<"invitation_make"> | null>(null);
	const make = useAct(async () => setMade(await call("invitation_make", { path: { subject } })));
	return (
		<Section title={say("invite.title")}>
			<div class="unprinted"><Hint>{say("invite.what")}</Hint></div>
			<ProblemNote problem={make.problem} />
			{made ? (
				<div class="invitation" role="status">
					<div class="printed">
						<p class="only-print">{say("invitation.lead")}</p>
						<Qr text={location.origin + made.path} label={say("invite.qr")} />
						<p>{say("invite.scan")}</p>
						<p class="hint">{say("invite.until", moment(made.expires_ms))}</p>
					</div>
					<div class="unprinted">
						<p>{say("invite.code")}</p>
						<p class="secret" data-code>{made.code.replace(/(\d{4})(?=\d)/, "$1 ")}</p>
						<p class="hint">{say("invite.code.hint")}</p>
						<div class="actions">
							<Button icon="print" onPress={() => print()}>{say("invite.print")}</Button>
							<Button kind="quiet" onPress={() => setMade(null)}>{say("do.done")}</Button>
						</div>
					</div>
				</div>
			) : (
				<div class="actions"><Button onPress={make.run} busy={make.busy}>{say("invite.do")}</Button></div>
			)}
		</Section>
	);
}
