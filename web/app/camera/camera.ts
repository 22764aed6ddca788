// SPDX-License-Identifier: Apache-2.0
// The webcam: on when asked for, off as soon as it is not needed, and single pictures of it.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export type CameraState = "off" | "asking" | "on" | "refused" | "absent";

/** As wide as the engine has use for; wider only takes longer. */
const WIDTH_MAX = 1280;
const JPEG_QUALITY = 0.92;

export interface Camera {
	readonly state: CameraState;
	readonly video: { readonly current: HTMLVideoElement | null };
	readonly start: () => Promise<boolean>;
	readonly stop: () => void;
	/** null while there is no picture yet. */
	readonly take: () => Promise<Blob | null>;
}

function stateOf(error: unknown): CameraState {
	return error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "SecurityError") ? "refused" : "absent";
}

export function useCamera(): Camera {
	const video = useRef<HTMLVideoElement>(null);
	const stream = useRef<MediaStream | null>(null);
	const canvas = useRef<HTMLCanvasElement | null>(null);
	const [state, setState] = useState<CameraState>("off");

	const stop = useCallback(() => {
		for (const track of stream.current?.getTracks() ?? []) track.stop();
		stream.current = null;
		if (video.current) video.current.srcObject = null;
		setState("off");
	}, []);

	const start = useCallback(async () => {
		setState("asking");
		try {
			if (!("mediaDevices" in navigator)) throw new Error("no camera without a trusted address");
			stream.current = await navigator.mediaDevices.getUserMedia({
				audio: false,
				video: { width: { ideal: WIDTH_MAX }, height: { ideal: 720 }, facingMode: "user" },
			});
			if (!video.current) {
				stop();
				return false;
			}
			video.current.srcObject = stream.current;
			await video.current.play();
			setState("on");
			return true;
		} catch (error) {
			stop();
			setState(stateOf(error));
			return false;
		}
	}, [stop]);

	const take = useCallback(async () => {
		const from = video.current;
		if (!from || from.videoWidth === 0) return null;
		const scale = Math.min(1, WIDTH_MAX / from.videoWidth);
		const onto = (canvas.current ??= document.createElement("canvas"));
		onto.width = Math.round(from.videoWidth * scale);
		onto.height = Math.round(from.videoHeight * scale);
		onto.getContext("2d")?.drawImage(from, 0, 0, onto.width, onto.height);
		return new Promise<Blob | null>((resolve) => onto.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
	}, []);

	useEffect(() => stop, [stop]);
	return { state, video, start, stop, take };
}
