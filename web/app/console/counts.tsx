// SPDX-License-Identifier: Apache-2.0
// Counts that anybody may ask about, above all the two that must be equal; and where the log stands.

import type { Report } from "contract";
import { call } from "../api/call";
import { useLoad } from "../api/load";
import { Fact, Facts, Heading, Section, Tag } from "../ui/parts";
import { Loaded } from "../ui/states";
import { useSpeech } from "../words/context";

function Balance({ report }: { readonly report: Report }) {
	const { say, number } = useSpeech();
	const isEqual = report.embeddings === report.permits;
	return (
		<Section tone={isEqual ? undefined : "warn"}>
			<div class="balance">
				<p><b>{number(report.embeddings)}</b><span>{say("counts.embeddings")}</span></p>
				<span class="balance-sign" aria-hidden="true">{isEqual ? "=" : "≠"}</span>
				<p><b>{number(report.permits)}</b><span>{say("counts.permits")}</span></p>
			</div>
			<p class="balance-text">{say(isEqual ? "counts.equal" : "counts.unequal")}</p>
		</Section>
	);
}

function Log() {
	const { say, count } = useSpeech();
	const load = useLoad((signal) => call("log_get", { signal }), []);
	return (
		<Section title={say("counts.log")}>
			<Loaded load={load}>
				{(log) => (
					<>
						<p>{count("counts.log.entries", log.size)} <Tag tone={log.stopped ? "warn" : "good"}>{say(log.stopped ? "counts.log.stopped" : "counts.log.grows")}</Tag></p>
						<p class="hint">{say("counts.log.what")}</p>
						{log.policy.length > 0 && (
							<details>
								<summary>{say("counts.log.policy")}</summary>
								<pre class="code">{log.policy.join("\n")}</pre>
							</details>
						)}
						<p><a href="/log/checkpoint">{say("counts.log.head")}</a> · <a href="/verifier.html">{say("nav.verifier")}</a></p>
					</>
				)}
			</Loaded>
		</Section>
	);
}

export function Counts() {
	const { say, number } = useSpeech();
	const load = useLoad((signal) => call("report_get", { signal }), []);
	return (
		<>
			<Heading title={say("nav.counts")} sub={say("counts.lead")} />
			<Loaded load={load}>
				{(report) => (
					<>
						<Balance report={report} />
						<Section>
							<Facts>
								<Fact name={say("counts.people")}>{number(report.subjects)}</Fact>
								<Fact name={say("counts.consents")}>{number(report.consents_live)}</Fact>
								<Fact name={say("counts.references")}>{number(report.references)}</Fact>
								{report.storage && <Fact name={say("counts.storage")}>{say(`counts.storage.${report.storage}`)}</Fact>}
							</Facts>
						</Section>
					</>
				)}
			</Loaded>
			<Log />
		</>
	);
}
