// SPDX-License-Identifier: Apache-2.0
// Taking a face: live guidance, several frames, the best of them kept; looked at before anything is
// stored.

import { useState } from "preact/hooks";
import { call, newAct, type Answer } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { useCamera } from "../camera/camera";
import { bestOf, useCapture, useStaffBooth } from "../camera/capture";
import { CameraView } from "../camera/view";
import { Check } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, ButtonLink, Heading, Hint, Section } from "../ui/parts";
import { linkTo } from "../ui/route";
import { openFile } from "../ui/save";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { nameOf } from "./people";

/** Taken, and kept of them: two to three photographs pay, more do not (docs/enrolment). */
const SHOTS = 5;
const USED = 3;

interface Outcome {
	readonly answer: Answer<"capture_enrol"> | null;
	/** Cards to print; kept in this page alone. */
	readonly sheet: Blob | null;
}

function Done({ subject, outcome: { answer, sheet } }: { readonly subject: string; readonly outcome: Outcome }) {
	const { say, count } = useSpeech();
	return (
		<Section>
			<div class="note good" role="status" tabIndex={-1}>
				<p><b>{say(answer ? "enrol.done" : "enrol.pass-done")}</b></p>
				{answer && <p>{count("enrol.used", answer.used)} {answer.second_factor && say("enrol.second-factor")}</p>}
			</div>
			<div class="actions">
				{sheet && <Button kind="main" icon="print" onPress={() => openFile(sheet)}>{say("enrol.print")}</Button>}
				<ButtonLink kind={sheet ? "plain" : "main"} href={linkTo("people", subject)}>{say("enrol.back")}</ButtonLink>
			</div>
		</Section>
	);
}

function Taking({ subject, storesOnPass }: { readonly subject: string; readonly storesOnPass: boolean }) {
	const { say, language } = useSpeech();
	const camera = useCamera();
	const booth = useStaffBooth({ subject, use: "enrol" });
	const capture = useCapture(camera, booth, SHOTS);
	const [spare, setSpare] = useState(true);
	const [done, setDone] = useState<Outcome | null>(null);
	const begin = useAct(capture.begin);
	const store = useAct(async () => {
		if (!capture.id) return;
		const frames = bestOf(capture.shots, USED);
		const path = { capture: capture.id };
		capture.spent();
		if (storesOnPass) {
			setDone({ answer: null, sheet: await call("capture_passes", { path, body: { frames, spare, language } }) });
		} else setDone({ answer: await call("capture_enrol", { path, body: { frames }, act: newAct() }), sheet: null });
		capture.end();
	});
	if (done) return <Done subject={subject} outcome={done} />;
	const chosen = new Set(bestOf(capture.shots, USED));
	return (
		<Section>
			{capture.stage === "idle" && (
				<div class="before-camera">
					<span class="arch" aria-hidden="true"><Icon name="face" /></span>
					<div class="prose">
						<p>{say("enrol.before")}</p>
						<Hint>{say("enrol.before.hint")}</Hint>
					</div>
				</div>
			)}
			<CameraView camera={camera} capture={capture} enough={SHOTS} />
			{capture.stage === "enough" && (
				<ul class="shots">
					{capture.shots.map((shot, at) => (
						<li key={shot.number} class={chosen.has(shot.number) ? "chosen" : ""}>
							<img src={shot.address} alt={say(chosen.has(shot.number) ? "enrol.shot.chosen" : "enrol.shot", at + 1)} />
							{chosen.has(shot.number) && <Icon name="check" />}
						</li>
					))}
				</ul>
			)}
			<ProblemNote problem={capture.problem ?? store.problem} />
			{(capture.problem?.code === "no-consent") && <p><a href={linkTo("people", subject, "consent")}>{say("desk.begin")}</a></p>}
			{capture.stage === "enough" && storesOnPass && <Check checked={spare} onChecked={setSpare}>{say("pass.with-spare")}</Check>}
			<div class="actions spaced">
				{capture.stage === "idle" && <Button kind="main" icon="face" onPress={begin.run} busy={begin.busy}>{say("camera.start")}</Button>}
				{capture.stage === "looking" && (
					<Button onPress={() => {
						camera.stop();
						capture.end();
					}}
					>
						{say("camera.stop")}
					</Button>
				)}
				{capture.stage === "enough" && (
					<>
						<Button kind="main" onPress={store.run} busy={store.busy}>{say(storesOnPass ? "enrol.make-pass" : "enrol.store")}</Button>
						<Button onPress={() => void capture.begin()}>{say("enrol.retake")}</Button>
					</>
				)}
			</div>
		</Section>
	);
}

export function Enrol({ subject: id }: { readonly subject: string }) {
	const { say } = useSpeech();
	const load = useLoad(async (signal) => ({
		subject: await call("subject_get", { path: { subject: id }, signal }),
		report: await call("report_get", { signal }),
	}), [id]);
	return (
		<Loaded load={load}>
			{({ subject, report }) => (
				<>
					<a class="back" href={linkTo("people", id)}><Icon name="back" />{nameOf(subject, say("person.nameless"))}</a>
					<Heading title={say(subject.enrolled ? "enrol.renew" : "enrol.begin")} sub={say(report.storage === "pass" ? "enrol.lead.pass" : "enrol.lead")} />
					<Taking subject={id} storesOnPass={report.storage === "pass"} />
				</>
			)}
		</Loaded>
	);
}
