// SPDX-License-Identifier: Apache-2.0
// What protects this site, and what does not, each as a sentence.

import type { Report } from "contract";
import { call } from "../api/call";
import { useLoad } from "../api/load";
import { Icon } from "../ui/icon";
import { Fact, Facts, Heading, Section } from "../ui/parts";
import { Loaded } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

interface Finding {
	readonly word: string;
	readonly good: boolean;
}

function findingsOf(report: Report): readonly Finding[] {
	const { sandbox } = report;
	const findings: Finding[] = [
		{ word: "log", good: !report.log_stopped },
		{ word: "equal", good: report.embeddings === report.permits },
	];
	const known = (word: string, value: boolean | undefined) => value !== undefined && findings.push({ word, good: value });
	known("database", report.rolled_back === undefined ? undefined : !report.rolled_back);
	known("clock", report.clock_behind === undefined ? undefined : !report.clock_behind && !report.clock_jumped);
	known("erased", report.erased_late === undefined ? undefined : report.erased_late === 0);
	known("rollback", report.rollback_resistant);
	known("seccomp", sandbox?.seccomp);
	known("landlock", sandbox?.landlock);
	known("privileges", sandbox?.no_new_privs);
	return findings;
}

export function Health() {
	const { say } = useSpeech();
	const load = useLoad((signal) => call("report_get", { signal }), []);
	return (
		<>
			<Heading title={say("nav.health")} sub={say("health.lead")} />
			<Loaded load={load}>
				{(report) => (
					<>
						<Section>
							<ul class="findings">
								{findingsOf(report).map(({ word, good }) => (
									<li key={word} class={good ? "good" : "warn"}>
										<span class="finding-sign"><Icon name={good ? "check" : "bell"} /></span>
										<span>
											<b>{say(good ? "health.good" : "health.warn")}</b> {say(`health.${word}.${good ? "good" : "warn"}`)}
										</span>
									</li>
								))}
							</ul>
						</Section>
						<Section>
							<Facts>
								<Fact name={say("health.site")}>{clean(report.site)}</Fact>
								{report.program && <Fact name={say("health.program")}>{clean(report.program)}</Fact>}
								{report.root && <Fact name={say("health.root")}>{say(`health.root.${report.root}`)}</Fact>}
							</Facts>
						</Section>
					</>
				)}
			</Loaded>
		</>
	);
}
