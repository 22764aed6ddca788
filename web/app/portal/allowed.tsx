// SPDX-License-Identifier: Apache-2.0
// Who outside may ask whether it is she: allowed by name, taken back with one press, and the number by
// which each knows her, to be shown at its counter.

import { useState } from "preact/hooks";
import { call, type Answer } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { isoDate } from "../shared/dates";
import { ConfirmButton } from "../ui/confirm";
import { Dialog } from "../ui/dialog";
import { Choose, Field, Form } from "../ui/field";
import { Button, Section, Tag } from "../ui/parts";
import { Qr } from "../ui/qr";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

type Allowed = Answer<"allowed_list">["items"][number];
type Party = Answer<"relying_list">["items"][number];

function Allow({ subject, parties, untilMax, onClose, onDone }: {
	readonly subject: string; readonly parties: readonly Party[]; readonly untilMax: string; readonly onClose: () => void; readonly onDone: () => void;
}) {
	const { say } = useSpeech();
	const [relying, setRelying] = useState(parties[0]?.id ?? "");
	const [until, setUntil] = useState(untilMax);
	const allow = useAct(async () => {
		await call("allowed_give", { path: { subject }, body: { relying, until } });
		onDone();
	});
	return (
		<Dialog title={say("allowed.add")} onClose={onClose}>
			<Form onSubmit={allow.run}>
				<p>{say("allowed.add.text")}</p>
				<Choose label={say("allowed.who")} value={relying} onValue={setRelying} choices={parties.map(({ id, name, audience }) => ({ value: id, label: clean(name), hint: clean(audience) }))} />
				<Field label={say("allowed.until")} value={until} onValue={setUntil} type="date" min={isoDate(new Date())} max={untilMax} />
				<ProblemNote problem={allow.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={allow.busy} disabled={relying === "" || until === ""}>{say("allowed.add.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

function Number({ one, onClose }: { readonly one: Allowed; readonly onClose: () => void }) {
	const { say } = useSpeech();
	return (
		<Dialog title={say("allowed.number", clean(one.name))} onClose={onClose}>
			<p>{say("allowed.number.text")}</p>
			<Qr text={one.person} label={say("allowed.number", clean(one.name))} />
			<p class="secret small">{one.person}</p>
			<div class="actions end"><Button kind="main" onPress={onClose}>{say("do.done")}</Button></div>
		</Dialog>
	);
}

function AllowedRow({ subject, one, again }: { readonly subject: string; readonly one: Allowed; readonly again: () => void }) {
	const { say, date, moment } = useSpeech();
	const [shown, setShown] = useState(false);
	return (
		<li class="row">
			<span>
				<b>{clean(one.name)}</b>
				<span class="small">
					{one.live ? say("allowed.live", date(one.until)) : say("allowed.over")}
					{one.asked_ms !== undefined && ` · ${say("allowed.asked", moment(one.asked_ms))}`}
				</span>
			</span>
			{one.live ? (
				<span class="actions">
					<Button kind="quiet" onPress={() => setShown(true)} label={`${say("allowed.show")}: ${clean(one.name)}`}>{say("allowed.show")}</Button>
					<ConfirmButton
						title={say("allowed.end.title", clean(one.name))} text={say("allowed.end.text")} label={`${say("allowed.end")}: ${clean(one.name)}`}
						act={async () => {
							await call("allowed_end", { path: { subject }, body: { relying: one.relying } });
							again();
						}}
					>
						{say("allowed.end")}
					</ConfirmButton>
				</span>
			) : (
				<Tag tone="off">{say("allowed.ended")}</Tag>
			)}
			{shown && <Number one={one} onClose={() => setShown(false)} />}
		</li>
	);
}

/** `identityUntilMs`: the end of a live consent to identity; without one nothing can be allowed. */
export function AllowedSection({ subject, identityUntilMs }: { readonly subject: string; readonly identityUntilMs: number | undefined }) {
	const { say } = useSpeech();
	const [adding, setAdding] = useState(false);
	const load = useLoad(async (signal) => {
		const [allowed, parties] = await Promise.all([call("allowed_list", { path: { subject }, signal }), call("relying_list", { signal })]);
		return { allowed: allowed.items, parties: parties.items.filter((one) => one.ended_ms === undefined) };
	}, [subject]);
	return (
		<Loaded load={load}>
			{({ allowed, parties }, again) => {
				const isAllowed = (party: Party) => allowed.some((one) => one.live && one.relying === party.id);
				const open = parties.filter((party) => !isAllowed(party));
				if (parties.length === 0 && allowed.length === 0) return null;
				return (
					<Section
						title={say("allowed.title")}
						actions={identityUntilMs !== undefined && open.length > 0 && <Button onPress={() => setAdding(true)}>{say("allowed.add.do")}</Button>}
					>
						<p class="hint">{say(identityUntilMs === undefined ? "allowed.first" : "allowed.what")}</p>
						<ul class="rows">{allowed.map((one) => <AllowedRow key={one.relying + one.given_ms} subject={subject} one={one} again={again} />)}</ul>
						{adding && identityUntilMs !== undefined && (
							<Allow
								subject={subject} parties={open} untilMax={isoDate(new Date(identityUntilMs - 86_400_000))} onClose={() => setAdding(false)}
								onDone={() => {
									setAdding(false);
									again();
								}}
							/>
						)}
					</Section>
				);
			}}
		</Loaded>
	);
}
