// SPDX-License-Identifier: Apache-2.0
// The live picture in its doorway, what to do, and how far it is.

import type { Frame } from "contract";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../ui/parts";
import { useSpeech } from "../words/context";
import type { Speech } from "../words/speech";
import type { Camera } from "./camera";
import type { Capture } from "./capture";
import { Voice } from "./voice";

export function tellFrame({ say, has }: Speech, frame: Frame | null): string {
	if (!frame) return say("guide.begin");
	if (frame.turn) return say(`guide.turn.${frame.turn}`);
	if (frame.usable) return say("guide.good");
	const { measure, direction, code } = frame;
	if (measure && direction && has(`guide.${measure}.${direction}`)) return say(`guide.${measure}.${direction}`);
	if (code && has(`guide.${code}`)) return say(`guide.${code}`);
	return say("guide.again");
}

function useVoice(text: string, speaks: boolean): readonly [boolean, (on: boolean) => void] {
	const { language } = useSpeech();
	const voice = useRef<Voice | null>(null);
	const [on, setOn] = useState(true);
	const current = (voice.current ??= new Voice());
	current.on = on;
	useEffect(() => {
		if (speaks) current.say(text, language);
	}, [text, speaks, language, current]);
	useEffect(() => () => current.stop(), [current]);
	return [on, setOn];
}

export function CameraView({ camera, capture, enough }: { readonly camera: Camera; readonly capture: Capture; readonly enough: number }) {
	const speech = useSpeech();
	const { say } = speech;
	const isLooking = capture.stage === "looking";
	const text = capture.stage === "enough" ? say("guide.enough") : tellFrame(speech, capture.frame);
	const [voiceOn, setVoiceOn] = useVoice(text, capture.stage !== "idle");
	const isGood = capture.stage === "enough" || capture.frame?.usable === true;
	return (
		<div class="camera" data-stage={capture.stage}>
			{capture.stage !== "idle" && <p class="guide-text" role="status" aria-live="assertive">{text}</p>}
			<div class={isGood ? "doorway good" : "doorway"} hidden={!isLooking && camera.state !== "asking"}>
				<video ref={camera.video} muted playsInline aria-label={say("camera.picture")} />
			</div>
			{isLooking && (
				<div class="guide">
					<div class="guide-dots" role="img" aria-label={say("camera.progress", capture.shots.length, enough)}>
						{Array.from({ length: enough }, (_, at) => <i key={at} class={at < capture.shots.length ? "full" : ""} />)}
					</div>
					<Button kind="quiet" icon="sound" pressed={voiceOn} onPress={() => setVoiceOn(!voiceOn)}>{say("camera.voice")}</Button>
				</div>
			)}
			{camera.state === "refused" && <p class="note warn" role="alert">{say("camera.refused")}</p>}
			{camera.state === "absent" && <p class="note warn" role="alert">{say("camera.absent")}</p>}
		</div>
	);
}
