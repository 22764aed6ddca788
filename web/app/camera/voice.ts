// SPDX-License-Identifier: Apache-2.0
// What is shown is said as well, where the device has a voice for the language.

import type { Language } from "../words/language";

const PAUSE_MS = 2500;

export class Voice {
	on = true;
	#last = "";
	#lastMs = 0;

	static exists(language: Language): boolean {
		return "speechSynthesis" in globalThis && speechSynthesis.getVoices().some((voice) => voice.lang.toLowerCase().startsWith(language));
	}

	/** Not the same at once again, and never two sentences over each other. */
	say(text: string, language: Language): void {
		const nowMs = performance.now();
		if (!this.on || text === "" || !("speechSynthesis" in globalThis)) return;
		if (speechSynthesis.speaking || nowMs - this.#lastMs < PAUSE_MS || (text === this.#last && nowMs - this.#lastMs < 2 * PAUSE_MS)) return;
		this.#last = text;
		this.#lastMs = nowMs;
		const sentence = new SpeechSynthesisUtterance(text);
		sentence.lang = language;
		const voice = speechSynthesis.getVoices().find((one) => one.lang.toLowerCase().startsWith(language));
		// A voice of another language would read Kazakh as noise.
		if (!voice) return;
		sentence.voice = voice;
		speechSynthesis.speak(sentence);
	}

	stop(): void {
		if ("speechSynthesis" in globalThis) speechSynthesis.cancel();
	}
}
