// SPDX-License-Identifier: Apache-2.0
// A use-ticket that a gate has signed: what it says, and whether the site has written it down.

import { useState } from "preact/hooks";
import { call, type Answer } from "../api/call";
import { useAct } from "../api/load";
import { Problem } from "../api/problem";
import { Icon } from "../ui/icon";
import { Button, Section } from "../ui/parts";
import { ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

type Ticket = Answer<"ticket_check">;

/** What a person can do about it, in place of words for those who run the site. */
const TOLD: Readonly<Record<string, string>> = {
	"no-code": "ticket.unread",
	"format": "ticket.unread",
	"no-signature": "ticket.foreign",
	"signature": "ticket.foreign",
	"record-missing": "ticket.foreign",
};

function Said({ ticket }: { readonly ticket: Ticket }) {
	const { say, count, moment } = useSpeech();
	const when = ticket.at_ms === undefined ? say("ticket.no-time") : moment(ticket.at_ms);
	return (
		<div class={`note spaced ${ticket.standing === "missing" ? "problem" : ""}`} role="status" data-standing={ticket.standing}>
			<p><b>{say(`ticket.${ticket.standing}`)}</b></p>
			<p>{say(ticket.admitted ? "ticket.in" : "ticket.not", clean(ticket.name), when)}</p>
			<p class="hint">{count("ticket.features", ticket.features)}</p>
		</div>
	);
}

export function TicketCheck({ subject }: { readonly subject: string }) {
	const { say } = useSpeech();
	const [file, setFile] = useState<File | null>(null);
	const [ticket, setTicket] = useState<Ticket | null>(null);
	const [told, setTold] = useState("");
	const check = useAct(async () => {
		if (!file) return;
		setTicket(null);
		setTold("");
		try {
			setTicket(await call("ticket_check", { path: { subject }, body: file }));
		} catch (error) {
			const key = error instanceof Problem ? TOLD[error.code] : undefined;
			if (!key) throw error;
			setTold(key);
		}
	});
	return (
		<Section title={say("ticket.title")} id="ticket">
			<p class="hint">{say("ticket.lead")}</p>
			<label class="file">
				<input type="file" accept="image/jpeg,image/png,text/plain" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
				<span><Icon name="paper" />{file ? file.name : say("ticket.file")}</span>
			</label>
			{file && (
				<div class="actions spaced">
					<Button kind="main" icon="shield" onPress={check.run} busy={check.busy}>{say("ticket.do")}</Button>
				</div>
			)}
			{told && <div class="note spaced problem" role="alert"><p>{say(told)}</p></div>}
			<ProblemNote problem={check.problem} />
			{ticket && <Said ticket={ticket} />}
		</Section>
	);
}
