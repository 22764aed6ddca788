// SPDX-License-Identifier: Apache-2.0
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Language } from "./language";
import type { Speech } from "./speech";

export interface Speaking {
	readonly speech: Speech;
	readonly choose: (language: Language) => void;
}

export const SpeechContext = createContext<Speaking | null>(null);

export function useSpeaking(): Speaking {
	const speaking = useContext(SpeechContext);
	if (!speaking) throw new Error("no language is chosen");
	return speaking;
}

export function useSpeech(): Speech {
	return useSpeaking().speech;
}
