// SPDX-License-Identifier: Apache-2.0
// Passes of a person. A new one needs her face, so it is made where faces are taken.

import type { Pass } from "contract";
import { call } from "../api/call";
import { useLoad } from "../api/load";
import { ConfirmButton } from "../ui/confirm";
import { ButtonLink, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { Empty, Loaded } from "../ui/states";
import { useSpeech } from "../words/context";

export function PassRows({ subject, passes, again }: { readonly subject: string; readonly passes: readonly Pass[]; readonly again: () => void }) {
	const { say, day, date } = useSpeech();
	const revoke = async (number: string) => {
		await call("pass_revoke", { path: { subject, number } });
		again();
	};
	return (
		<ul class="rows">
			{passes.map((one) => (
				<li key={one.number} class="row">
					<span>
						<b>{say(one.spare ? "pass.spare" : "pass.pass")} <span class="code">{one.number.slice(0, 6)}</span></b>
						<span class="small">{say("pass.issued", day(one.issued_ms))} · {say("pass.until", date(one.until))}</span>
					</span>
					<span class="tags">
						<Tag tone={one.state === "valid" ? "good" : "off"}>{say(`pass.state.${one.state}`)}</Tag>
						{one.state === "valid" && (
							<ConfirmButton title={say("pass.revoke.title")} text={say("pass.revoke.text")} act={() => revoke(one.number)}>
								{say("pass.revoke")}
							</ConfirmButton>
						)}
					</span>
				</li>
			))}
		</ul>
	);
}

export function PersonPasses({ subject }: { readonly subject: string }) {
	const { say } = useSpeech();
	const load = useLoad((signal) => call("passes_list", { path: { subject }, signal }), [subject]);
	return (
		<Section title={say("person.tab.passes")}>
			<Loaded load={load}>
				{({ items }, again) =>
					items.length === 0 ? (
						<Empty icon="card" title={say("pass.none")} actions={<ButtonLink href={linkTo("people", subject, "face")}>{say("enrol.begin")}</ButtonLink>}>
							<p>{say("pass.none.hint")}</p>
						</Empty>
					) : (
						<PassRows subject={subject} passes={items} again={again} />
					)}
			</Loaded>
		</Section>
	);
}
