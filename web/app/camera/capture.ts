// SPDX-License-Identifier: Apache-2.0
// One capture: frames go to the server one after the other, each answer says what to do, and the good
// ones are kept there under their numbers. Pictures shown here live in this page's memory only.

import type { Frame, Purpose } from "contract";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { call } from "../api/call";
import { asProblem, Problem } from "../api/problem";
import type { Camera } from "./camera";

export interface Shot {
	readonly number: number;
	readonly quality: number;
	readonly address: string;
}

export type CaptureStage = "idle" | "looking" | "enough";

export interface Capture {
	readonly stage: CaptureStage;
	readonly id: string | null;
	readonly frame: Frame | null;
	readonly shots: readonly Shot[];
	readonly problem: Problem | null;
	readonly begin: () => Promise<void>;
	readonly end: () => void;
	/** The server has used it, and so wiped it: there is nothing to end. */
	readonly spent: () => void;
}

/** Where frames go: to a capture of staff, or to the one that a check has already. */
export interface Booth {
	readonly begin: () => Promise<string>;
	readonly take: (capture: string, picture: Blob, keep: boolean) => Promise<Frame>;
	readonly end: (capture: string) => void;
}

export interface CaptureWish {
	readonly subject: string;
	readonly use: "enrol" | "verify";
	readonly purpose?: Purpose;
	/** Her pass is shown to the camera before her face is. */
	readonly showsPass?: boolean;
}

/** Nothing to be read yet, or the code of something else: the next picture may show it. */
const NO_PASS_YET: ReadonlySet<string> = new Set(["no-code", "format", "image-corrupt", "image-truncated"]);

/** Is her pass in the picture? One that does not hold is a Problem. */
async function readPass(capture: string, picture: Blob): Promise<boolean> {
	try {
		await call("capture_pass", { path: { capture }, body: picture });
		return true;
	} catch (error) {
		if (error instanceof Problem && NO_PASS_YET.has(error.code)) return false;
		throw error;
	}
}

/** The same as long as the wish is. */
export function useStaffBooth({ subject, use, purpose, showsPass = false }: CaptureWish): Booth {
	return useMemo(() => {
		let waitsForPass = false;
		return {
			begin: async () => {
				waitsForPass = showsPass;
				return (await call("capture_begin", { body: { subject, use, ...(purpose ? { purpose } : {}) } })).capture;
			},
			take: async (capture, picture, keep) => {
				if (!waitsForPass) return call("capture_frame", { path: { capture }, query: { keep }, body: picture });
				waitsForPass = !(await readPass(capture, picture));
				return { usable: false, faces: 0, code: waitsForPass ? "no-code" : "pass-read" };
			},
			end: (capture) => void call("capture_end", { path: { capture } }).catch(() => undefined),
		};
	}, [subject, use, purpose, showsPass]);
}

/** So that the kept ones are not one and the same instant. */
const BETWEEN_KEPT_MS = 350;
const BETWEEN_MS = 120;
/** Whether a face lives shows in what moves from frame to frame: as many as the line carries. */
const BETWEEN_WATCHED_MS = 20;
/** Who is not seen to live by then is met by a person. */
const WATCHED_MAX_MS = 20_000;

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** `enough`: how many good frames are. */
export function useCapture(camera: Camera, booth: Booth, enough: number): Capture {
	const [stage, setStage] = useState<CaptureStage>("idle");
	const [id, setId] = useState<string | null>(null);
	const [frame, setFrame] = useState<Frame | null>(null);
	const [shots, setShots] = useState<readonly Shot[]>([]);
	const [problem, setProblem] = useState<Problem | null>(null);
	const turn = useRef(0);
	const held = useRef<{ id: string | null; shots: Shot[] }>({ id: null, shots: [] });

	const drop = useCallback(() => {
		turn.current++;
		for (const shot of held.current.shots) URL.revokeObjectURL(shot.address);
		if (held.current.id) booth.end(held.current.id);
		held.current = { id: null, shots: [] };
	}, [booth]);

	const end = useCallback(() => {
		drop();
		setStage("idle");
		setId(null);
		setFrame(null);
		setShots([]);
	}, [drop]);

	const spent = useCallback(() => {
		held.current.id = null;
	}, []);

	const keepShot = useCallback((seen: Frame, picture: Blob) => {
		if (seen.begun) {
			for (const shot of held.current.shots) URL.revokeObjectURL(shot.address);
			held.current.shots = [];
		}
		if (seen.frame !== undefined) held.current.shots.push({ number: seen.frame, quality: seen.quality ?? 0, address: URL.createObjectURL(picture) });
		if (seen.begun || seen.frame !== undefined) setShots([...held.current.shots]);
	}, []);

	const look = useCallback(async (capture: string, mine: number) => {
		let keptMs = -Infinity;
		let endMs = Infinity;
		let wasAsked = false;
		while (turn.current === mine) {
			const picture = await camera.take();
			if (!picture) {
				await pause(BETWEEN_MS);
				continue;
			}
			const lacks = held.current.shots.length < enough;
			const seen = await booth.take(capture, picture, lacks && performance.now() - keptMs >= BETWEEN_KEPT_MS);
			if (turn.current !== mine) return;
			setFrame(seen);
			keepShot(seen, picture);
			if (seen.frame !== undefined) keptMs = performance.now();
			const isWatched = seen.live !== undefined;
			if (isWatched && endMs === Infinity) endMs = performance.now() + WATCHED_MAX_MS;
			const hasFailed = seen.live === "attack" || (seen.live === "thin" && wasAsked && seen.turn === undefined);
			wasAsked = seen.turn !== undefined;
			if (hasFailed || performance.now() > endMs) throw new Problem("not-live", 422);
			if (held.current.shots.length >= enough && (!isWatched || seen.live === "live")) {
				setStage("enough");
				return;
			}
			await pause(isWatched ? BETWEEN_WATCHED_MS : BETWEEN_MS);
		}
	}, [booth, camera.take, enough, keepShot]);

	const begin = useCallback(async () => {
		end();
		setProblem(null);
		const mine = ++turn.current;
		try {
			const capture = await booth.begin();
			held.current.id = capture;
			setId(capture);
			if (!(await camera.start())) return end();
			setStage("looking");
			await look(capture, mine);
			camera.stop();
		} catch (error) {
			if (turn.current !== mine) return;
			camera.stop();
			end();
			setProblem(asProblem(error));
		}
	}, [booth, camera.start, camera.stop, end, look]);

	useEffect(() => drop, [drop]);
	return { stage, id, frame, shots, problem, begin, end, spent };
}

/** The best of them, the best first. */
export function bestOf(shots: readonly Shot[], wanted: number): readonly number[] {
	return [...shots].sort((a, b) => b.quality - a.quality).slice(0, wanted).map((shot) => shot.number);
}
