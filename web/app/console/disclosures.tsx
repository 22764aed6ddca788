// SPDX-License-Identifier: Apache-2.0
// The register of what authorities asked for and got. Nothing is handed over without two people who
// sign with keys of their own, elsewhere.

import type { Disclosure } from "contract";
import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { ConfirmButton } from "../ui/confirm";
import { Dialog } from "../ui/dialog";
import { Field, Form } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, ButtonLink, Fact, Facts, Heading, Hint, Section, Tag, type Tone } from "../ui/parts";
import { linkTo } from "../ui/route";
import { saveFile } from "../ui/save";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import type { ScreenProps } from "./console";
import { NewDisclosure } from "./new_disclosure";

const TONES: Readonly<Record<Disclosure["state"], Tone>> = { requested: "warn", refused: "off", logged: "calm", released: "good" };
const APPROVALS = 2;

function Approve({ id, onClose, onDone }: { readonly id: string; readonly onClose: () => void; readonly onDone: () => void }) {
	const { say } = useSpeech();
	const [signed, setSigned] = useState("");
	const approve = useAct(async () => {
		await call("disclosure_approve", { path: { disclosure: id }, body: signed });
		onDone();
	});
	const text = useAct(async () => saveFile(`disclosure-${id.slice(0, 6)}.txt`, await call("disclosure_text", { path: { disclosure: id } })));
	return (
		<Dialog title={say("disclosure.approve")} onClose={onClose} wide>
			<Form onSubmit={approve.run}>
				<ol class="steps">
					<li>{say("disclosure.approve.1")} <Button icon="down" onPress={text.run} busy={text.busy}>{say("disclosure.text")}</Button></li>
					<li>{say("disclosure.approve.2")} <code>tanu approver sign</code></li>
					<li>{say("disclosure.approve.3")}</li>
				</ol>
				<Field label={say("disclosure.signed")} value={signed} onValue={setSigned} lines={8} />
				<ProblemNote problem={approve.problem ?? text.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={approve.busy} disabled={signed.trim() === ""}>{say("disclosure.approve.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

function Acts({ one, again }: { readonly one: Disclosure; readonly again: () => void }) {
	const { say } = useSpeech();
	const { session } = useSession();
	const [approving, setApproving] = useState(false);
	const path = { disclosure: one.id };
	const refuse = async () => {
		await call("disclosure_refuse", { path });
		again();
	};
	const hand = async () => {
		saveFile(`disclosure-${one.id.slice(0, 6)}-released.txt`, await call("disclosure_release", { path }));
		again();
	};
	const release = useAct(hand);
	const done = useAct(async () => {
		await call("disclosure_done", { path });
		again();
	});
	const isAdministrator = hasRole(session, "administrator");
	return (
		<>
			<ProblemNote problem={release.problem ?? done.problem} />
			<div class="actions spaced">
				{one.state === "requested" && <Button kind="main" onPress={() => setApproving(true)}>{say("disclosure.approve")}</Button>}
				{isAdministrator && one.state === "requested" && one.approvals >= APPROVALS && (
					<ConfirmButton kind="plain" title={say("disclosure.release.title")} text={say("disclosure.release.text")} act={hand}>{say("disclosure.release")}</ConfirmButton>
				)}
				{isAdministrator && one.state === "requested" && (
					<ConfirmButton kind="plain" title={say("disclosure.refuse.title")} text={say("disclosure.refuse.text")} act={refuse}>{say("disclosure.refuse")}</ConfirmButton>
				)}
				{isAdministrator && one.state === "logged" && (
					<>
						<Button onPress={release.run} busy={release.busy}>{say("disclosure.release.again")}</Button>
						<Button kind="main" onPress={done.run} busy={done.busy}>{say("disclosure.done")}</Button>
					</>
				)}
			</div>
			{approving && (
				<Approve
					id={one.id} onClose={() => setApproving(false)}
					onDone={() => {
						setApproving(false);
						again();
					}}
				/>
			)}
		</>
	);
}

function Told({ one, again }: { readonly one: Disclosure; readonly again: () => void }) {
	const { say, list, moment, day } = useSpeech();
	const told = one.due_ms ? say("disclosure.told.later", day(one.due_ms)) : say("disclosure.told.now");
	return (
		<>
			<a class="back" href={linkTo("disclosures")}><Icon name="back" />{say("nav.disclosures")}</a>
			<Heading title={clean(one.authority)} sub={clean(one.basis)} actions={<Tag tone={TONES[one.state]}>{say(`disclosure.state.${one.state}`)}</Tag>} />
			<Section>
				<Facts>
					<Fact name={say("disclosure.requested")}>{moment(one.requested_ms)}</Fact>
					{one.decided_ms && <Fact name={say("disclosure.decided")}>{moment(one.decided_ms)}</Fact>}
					<Fact name={say("disclosure.fields")}>{list(one.fields.map((field) => say(`disclosure.field.${field}`)))}</Fact>
					<Fact name={say("disclosure.approvals")}>{say("disclosure.approvals.n", one.approvals, APPROVALS)}</Fact>
					<Fact name={say("disclosure.told")}>{told}</Fact>
					{one.due_basis && <Fact name={say("disclosure.due-basis")}>{clean(one.due_basis)}</Fact>}
					<Fact name={say("disclosure.people")}><span class="code">{one.subjects.map((id) => id.slice(0, 6)).join(", ")}</span></Fact>
					<Fact name={say("disclosure.document")}><span class="code small">{one.document}</span></Fact>
				</Facts>
				<Acts one={one} again={again} />
			</Section>
			<Hint>{say("disclosure.what")}</Hint>
		</>
	);
}

function Register({ items }: { readonly items: readonly Disclosure[] }) {
	const { say, count, day } = useSpeech();
	const { session } = useSession();
	const mayAdd = hasRole(session, "administrator");
	return (
		<>
			<Heading
				title={say("nav.disclosures")} sub={say("disclosure.lead")}
				actions={mayAdd && <ButtonLink kind="main" href={linkTo("disclosures", "new")}>{say("disclosure.add")}</ButtonLink>}
			/>
			{items.length === 0 ? (
				<Empty icon="book" title={say("disclosure.none")}><p>{say("disclosure.none.hint")}</p></Empty>
			) : (
				<Section>
					<ul class="rows">
						{[...items].reverse().map((one) => (
							<li key={one.id}>
								<a class="row" href={linkTo("disclosures", one.id)}>
									<span>
										<b>{clean(one.authority)}</b>
										<span class="small">{day(one.requested_ms)} · {count("disclosure.people.n", one.subjects.length)} · {clean(one.basis)}</span>
									</span>
									<Tag tone={TONES[one.state]}>{say(`disclosure.state.${one.state}`)}</Tag>
								</a>
							</li>
						))}
					</ul>
				</Section>
			)}
		</>
	);
}

export function Disclosures({ rest }: ScreenProps) {
	const { say } = useSpeech();
	const [word] = rest;
	const load = useLoad((signal) => call("disclosures_list", { signal }), [word === "new"]);
	if (word === "new") return <NewDisclosure />;
	return (
		<Loaded load={load}>
			{({ items }, again) => {
				const one = word && items.find((candidate) => candidate.id === word);
				if (one) return <Told key={one.id} one={one} again={again} />;
				return word ? <Empty icon="book" title={say("state.not-here")} /> : <Register items={items} />;
			}}
		</Loaded>
	);
}
