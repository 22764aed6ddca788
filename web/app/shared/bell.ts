// SPDX-License-Identifier: Apache-2.0
// A bell that an adult nearby hears: two soft strokes, made here, so that no file has to be fetched.

const STROKES = [0, 0.45, 1.4, 1.85];
const TONES_HZ = [880, 659];
const FADES_S = 0.9;

export function ring(): void {
	const audio = new AudioContext();
	STROKES.forEach((atS, stroke) => {
		const tone = audio.createOscillator();
		const loudness = audio.createGain();
		const begin = audio.currentTime + atS;
		tone.frequency.value = TONES_HZ[stroke % TONES_HZ.length]!;
		loudness.gain.setValueAtTime(0.5, begin);
		loudness.gain.exponentialRampToValueAtTime(0.001, begin + FADES_S);
		tone.connect(loudness).connect(audio.destination);
		tone.start(begin);
		tone.stop(begin + FADES_S);
	});
	setTimeout(() => void audio.close(), (STROKES.at(-1)! + FADES_S) * 1000 + 100);
}
