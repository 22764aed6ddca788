// SPDX-License-Identifier: Apache-2.0
import { LANGUAGE_NAMES, LANGUAGES } from "../words/language";
import { useSpeaking } from "../words/context";

export function LanguageChoice() {
	const { speech, choose } = useSpeaking();
	return (
		<div class="languages" role="group" aria-label={speech.say("nav.language")}>
			{LANGUAGES.map((one) => (
				<button type="button" key={one} lang={one} aria-pressed={one === speech.language} onClick={() => choose(one)}>
					{LANGUAGE_NAMES[one]}
				</button>
			))}
		</div>
	);
}
