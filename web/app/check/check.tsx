// SPDX-License-Identifier: Apache-2.0
// The page that a relying party opens beside the person: who asks, what it will be told, and her face or
// her no. What came of it is told to who asked, never here: somebody may stand behind her.

import { useEffect, useMemo, useState } from "preact/hooks";
import { call, type Answer } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { useCamera } from "../camera/camera";
import { bestOf, useCapture, type Booth } from "../camera/capture";
import { CameraView } from "../camera/view";
import { Icon, Mark } from "../ui/icon";
import { LanguageChoice } from "../ui/languages";
import { Button } from "../ui/parts";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeaking, useSpeech } from "../words/context";
import { clean } from "../words/speech";

type Question = Answer<"check_get">;
type Screen = "asked" | "looking" | "done" | "declined";

const FRAMES = 3;

function useCheckBooth(check: string): Booth {
	return useMemo(
		() => ({
			begin: () => Promise.resolve("check"),
			take: (_, picture, keep) => call("check_frame", { check, query: { keep }, body: picture }),
			end: () => undefined,
		}),
		[check],
	);
}

function Look({ check, onDone }: { readonly check: string; readonly onDone: () => void }) {
	const { say } = useSpeech();
	const camera = useCamera();
	const capture = useCapture(camera, useCheckBooth(check), FRAMES);
	const answer = useAct(async () => {
		await call("check_answer", { check, body: { frames: bestOf(capture.shots, FRAMES) } });
		onDone();
	});
	useEffect(() => void capture.begin(), []);
	useEffect(() => {
		if (capture.stage === "enough") answer.run();
	}, [capture.stage]);
	const problem = answer.problem ?? capture.problem;
	return (
		<>
			<CameraView camera={camera} capture={capture} enough={FRAMES} />
			<ProblemNote problem={problem} />
			{problem && <Button kind="main" icon="face" onPress={() => void capture.begin()}>{say("check.again")}</Button>}
		</>
	);
}

function Asked({ question, onLook, onDecline }: { readonly question: Question; readonly onLook: () => void; readonly onDecline: () => void }) {
	const { say } = useSpeech();
	return (
		<>
			<h1 tabIndex={-1}>{say("check.asks", clean(question.relying))}</h1>
			<ul class="held">
				{(["face", "shield", "eye"] as const).map((icon) => (
					<li key={icon}><Icon name={icon} /><span>{say(`check.what.${icon}`)}</span></li>
				))}
			</ul>
			<div class="ways">
				<button type="button" class="way" onClick={onLook}><Icon name="face" /><b>{say("check.look")}</b><span>{say("check.look.what")}</span></button>
				<button type="button" class="way" onClick={onDecline}><Icon name="card" /><b>{say("check.decline")}</b><span>{say("check.decline.what")}</span></button>
			</div>
		</>
	);
}

function Ended({ word }: { readonly word: "done" | "declined" }) {
	const { say } = useSpeech();
	return (
		<div class="result" role="status">
			<span class="arch" aria-hidden="true"><Icon name={word === "done" ? "check" : "card"} /></span>
			<h1 tabIndex={-1}>{say(`check.${word}`)}</h1>
			<p>{say(`check.${word}.what`)}</p>
		</div>
	);
}

export default function Check() {
	const { speech: { say, language }, choose } = useSpeaking();
	// The secret leaves the address at once: it stays in this page's memory only.
	const [check] = useState(() => location.hash.slice(1));
	const [screen, setScreen] = useState<Screen>("asked");
	useEffect(() => history.replaceState(null, "", location.pathname), []);
	useEffect(() => {
		document.title = `${say("check.title")} · Tanu`;
		document.querySelector<HTMLElement>(".kiosk h1")?.focus({ preventScroll: true });
	}, [say, screen]);
	const load = useLoad(async (signal) => {
		const question = await call("check_get", { check, signal });
		if (question.language !== language) choose(question.language);
		return question;
	}, [check]);
	const decline = useAct(async () => {
		await call("check_decline", { check });
		setScreen("declined");
	});
	return (
		<div class="kiosk">
			<header class="top">
				<span class="brand"><Mark />Tanu</span>
				<span class="grow" />
				<LanguageChoice />
			</header>
			<main class="kiosk-main" id="main">
				{screen === "done" || screen === "declined" ? (
					<Ended word={screen} />
				) : (
					<Loaded load={load}>
						{(question) => (
							<>
								{screen === "asked" && <Asked question={question} onLook={() => setScreen("looking")} onDecline={decline.run} />}
								{screen === "looking" && (
									<div class="beside">
										<div><Look check={check} onDone={() => setScreen("done")} /></div>
										<button type="button" class="way" onClick={decline.run}>
											<Icon name="card" /><b>{say("check.decline")}</b><span>{say("check.decline.what")}</span>
										</button>
									</div>
								)}
								<ProblemNote problem={decline.problem} />
							</>
						)}
					</Loaded>
				)}
			</main>
		</div>
	);
}
