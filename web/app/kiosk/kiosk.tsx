// SPDX-License-Identifier: Apache-2.0
// The page on a tablet at a door or a ward, with a member of staff beside it: a browser takes a fake
// camera for a real one, so this is never a control that stands alone. The way without a face is as
// large, and comes as quickly.

import type { Purpose, Subject } from "contract";
import { useCallback, useEffect, useState } from "preact/hooks";
import { call } from "../api/call";
import { useLiveEvents } from "../api/events";
import { useAct, useLoad } from "../api/load";
import { useSession } from "../api/session";
import { useCamera } from "../camera/camera";
import { bestOf, useCapture, useStaffBooth } from "../camera/capture";
import { CameraView } from "../camera/view";
import { Voice } from "../camera/voice";
import { useSettled } from "../console/people";
import { ring } from "../shared/bell";
import { Icon, Mark } from "../ui/icon";
import { LanguageChoice } from "../ui/languages";
import { Button } from "../ui/parts";
import { Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

type Screen =
	| { readonly at: "start" }
	| { readonly at: "claim" }
	| { readonly at: "look"; readonly subject: Subject }
	| { readonly at: "result"; readonly match: boolean }
	| { readonly at: "other" }
	| { readonly at: "unpaired" }
	| { readonly at: "bell"; readonly presses: number };

const FRAMES = 3;
/** Nobody's result stays on the screen for the next in line. */
const RESULT_MS = 9000;
const BELL_MS = 60_000;
/** An adult is there within this, or it rings again. */
const COME_MS = 20_000;
const FOUND_MAX = 6;
const PURPOSES: readonly Purpose[] = ["access", "attendance", "visit"];

function useSpoken(text: string): void {
	const { language } = useSpeech();
	useEffect(() => {
		const voice = new Voice();
		voice.stop();
		voice.say(text, language);
		return () => voice.stop();
	}, [text, language]);
}

function Ways({ onFace, onOther }: { readonly onFace: () => void; readonly onOther: () => void }) {
	const { say } = useSpeech();
	return (
		<div class="ways">
			<button type="button" class="way" onClick={onFace}>
				<Icon name="face" /><b>{say("kiosk.face")}</b><span>{say("kiosk.face.what")}</span>
			</button>
			<button type="button" class="way" onClick={onOther}>
				<Icon name="card" /><b>{say("kiosk.other")}</b><span>{say("kiosk.other.what")}</span>
			</button>
		</div>
	);
}

function Claim({ onClaim }: { readonly onClaim: (subject: Subject) => void }) {
	const { say } = useSpeech();
	const [q, setQ] = useState("");
	const settled = useSettled(q);
	const load = useLoad(
		async (signal) => (settled.length < 2 ? [] : (await call("subjects_list", { query: { q: settled, limit: FOUND_MAX }, signal })).items),
		[settled],
	);
	return (
		<div class="claim">
			<h1 tabIndex={-1}>{say("kiosk.who")}</h1>
			<input
				type="search" class="claim-input" value={q} aria-label={say("kiosk.who.label")} placeholder={say("kiosk.who.label")}
				autocomplete="off" spellcheck={false} autofocus onInput={(event) => setQ(event.currentTarget.value)}
			/>
			{load.state === "failed" && <ProblemNote problem={load.problem} again={load.again} />}
			<ul class="claimed" aria-live="polite">
				{load.state === "ready" && load.value.map((subject) => (
					<li key={subject.id}>
						<button type="button" class="button" onClick={() => onClaim(subject)}>{clean(subject.name ?? subject.id.slice(0, 6))}</button>
					</li>
				))}
				{load.state === "ready" && settled.length >= 2 && load.value.length === 0 && <li class="hint">{say("kiosk.who.none")}</li>}
			</ul>
		</div>
	);
}

interface LookProps {
	readonly subject: Subject;
	readonly purpose: Purpose;
	readonly onResult: (match: boolean) => void;
	/** The site does not know this tablet: staff has to see to it, and nobody else. */
	readonly onUnpaired: () => void;
}

/** Where references are on people's own passes, the pass is shown first. */
function Look(props: LookProps) {
	const load = useLoad((signal) => call("report_get", { signal }), []);
	return <Loaded load={load}>{({ storage }) => <Looking {...props} showsPass={storage === "pass"} />}</Loaded>;
}

function Looking({ subject, purpose, onResult, onUnpaired, showsPass }: LookProps & { readonly showsPass: boolean }) {
	const camera = useCamera();
	const booth = useStaffBooth({ subject: subject.id, use: "verify", purpose, showsPass });
	const capture = useCapture(camera, booth, FRAMES);
	const verify = useAct(async (id: string) => {
		capture.spent();
		try {
			const { match } = await call("capture_verify", { path: { capture: id }, body: { frames: bestOf(capture.shots, FRAMES) } });
			onResult(match);
		} catch {
			// Whatever was wrong with us: she is met by a person, not by our reasons.
			onResult(false);
		}
	});
	useEffect(() => void capture.begin(), []);
	useEffect(() => {
		if (capture.stage === "enough" && capture.id) verify.run(capture.id);
	}, [capture.stage]);
	useEffect(() => {
		if (capture.problem?.code === "tablet") onUnpaired();
		else if (capture.problem) onResult(false);
	}, [capture.problem]);
	return <CameraView camera={camera} capture={capture} enough={FRAMES} />;
}

function Result({ match, onOther, onAgain }: {
	readonly match: boolean; readonly onOther: () => void; readonly onAgain: () => void;
}) {
	const { say } = useSpeech();
	useSpoken(say(match ? "kiosk.welcome" : "kiosk.person-comes"));
	return (
		<div class={match ? "result met" : "result"} role="status" data-match={match}>
			<span class="arch" aria-hidden="true"><Icon name={match ? "check" : "card"} /></span>
			<h1 tabIndex={-1}>{say(match ? "kiosk.welcome" : "kiosk.person-comes")}</h1>
			<p>{say(match ? "kiosk.welcome.what" : "kiosk.person-comes.what")}</p>
			{!match && (
				<div class="ways small-ways">
					<button type="button" class="way" onClick={onAgain}><Icon name="face" /><b>{say("kiosk.again")}</b></button>
					<button type="button" class="way" onClick={onOther}><Icon name="card" /><b>{say("kiosk.other")}</b></button>
				</div>
			)}
		</div>
	);
}

function Told({ icon, title, text }: { readonly icon: "card" | "bell"; readonly title: string; readonly text: string }) {
	useSpoken(title);
	return (
		<div class="result" role="status">
			<span class={icon === "bell" ? "arch ringing" : "arch"} aria-hidden="true"><Icon name={icon} /></span>
			<h1 tabIndex={-1}>{title}</h1>
			<p>{text}</p>
		</div>
	);
}

/** Rings until somebody says that she is on the way; then says so. Each press begins anew. */
function Calling() {
	const { say } = useSpeech();
	const { events } = useLiveEvents();
	const coming = events.some(({ event, gate }) => event === "bell-answered" && gate === null);
	useEffect(() => {
		if (coming) return;
		const strike = () => {
			ring();
			// The tablet rings by itself whether or not somebody at the console hears it.
			void call("bell_ring", {}).catch(() => undefined);
		};
		strike();
		const timer = setInterval(strike, COME_MS);
		return () => clearInterval(timer);
	}, [coming]);
	return coming
		? <Told icon="bell" title={say("kiosk.coming")} text={say("kiosk.coming.what")} />
		: <Told icon="bell" title={say("kiosk.calling")} text={say("kiosk.calling.what")} />;
}

export default function Kiosk() {
	const { say, cap } = useSpeech();
	const { signOut } = useSession();
	const [screen, setScreen] = useState<Screen>({ at: "start" });
	const [purpose, setPurpose] = useState<Purpose>("access");
	const home = useCallback(() => setScreen({ at: "start" }), []);
	useEffect(() => {
		if (screen.at !== "result" && screen.at !== "bell") return;
		const timer = setTimeout(home, screen.at === "bell" ? BELL_MS : RESULT_MS);
		return () => clearTimeout(timer);
	}, [screen, home]);
	useEffect(() => {
		document.querySelector<HTMLElement>(".kiosk h1")?.focus({ preventScroll: true });
		document.title = `${say("nav.kiosk")} · Tanu`;
	}, [screen, say]);
	return (
		<div class="kiosk">
			<header class="top">
				<span class="brand"><Mark />Tanu</span>
				<span class="grow" />
				<LanguageChoice />
				{screen.at === "start" ? (
					<Button kind="quiet" icon="out" onPress={signOut} label={say("nav.sign-out")}>{say("nav.sign-out")}</Button>
				) : (
					<Button kind="quiet" icon="back" onPress={home}>{say("kiosk.start")}</Button>
				)}
			</header>
			<main class="kiosk-main" id="main">
				{screen.at === "start" && (
					<>
						<h1 tabIndex={-1}>{say("kiosk.hello")}</h1>
						<Ways onFace={() => setScreen({ at: "claim" })} onOther={() => setScreen({ at: "other" })} />
					</>
				)}
				{screen.at === "claim" && (
					<div class="beside">
						<Claim onClaim={(subject) => setScreen({ at: "look", subject })} />
						<OtherBeside onOther={() => setScreen({ at: "other" })} />
					</div>
				)}
				{screen.at === "look" && (
					<div class="beside">
						<Look subject={screen.subject} purpose={purpose} onResult={(match) => setScreen({ at: "result", match })} onUnpaired={() => setScreen({ at: "unpaired" })} />
						<OtherBeside onOther={() => setScreen({ at: "other" })} />
					</div>
				)}
				{screen.at === "result" && (
					<Result match={screen.match} onOther={() => setScreen({ at: "other" })} onAgain={() => setScreen({ at: "claim" })} />
				)}
				{screen.at === "other" && <Told icon="card" title={say("kiosk.card")} text={say("kiosk.card.what")} />}
				{screen.at === "unpaired" && <Told icon="card" title={say("kiosk.unpaired")} text={say("kiosk.unpaired.what")} />}
				{screen.at === "bell" && <Calling key={screen.presses} />}
			</main>
			<footer class="kiosk-foot">
				<button type="button" class="bell" onClick={() => setScreen((before) => ({ at: "bell", presses: before.at === "bell" ? before.presses + 1 : 1 }))}><Icon name="bell" /><span>{say("kiosk.bell")}</span></button>
				{screen.at === "start" && (
					<div class="filter" role="group" aria-label={say("kiosk.purpose")}>
						{PURPOSES.map((one) => <Button key={one} pressed={one === purpose} onPress={() => setPurpose(one)}>{cap(say(`purpose.${one}`))}</Button>)}
					</div>
				)}
			</footer>
		</div>
	);
}

function OtherBeside({ onOther }: { readonly onOther: () => void }) {
	const { say } = useSpeech();
	return (
		<button type="button" class="way" onClick={onOther}>
			<Icon name="card" /><b>{say("kiosk.other")}</b><span>{say("kiosk.other.what")}</span>
		</button>
	);
}
