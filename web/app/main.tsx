// SPDX-License-Identifier: Apache-2.0
// The page begins: language, session, and then whichever part this person came for.

import { render } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { App } from "./app";
import { keepLanguage, loadTexts, startLanguage, type Language } from "./words/language";
import { SpeechContext } from "./words/context";
import { Speech } from "./words/speech";

function Root({ first }: { readonly first: Speech }) {
	const [speech, setSpeech] = useState(first);
	const choose = useCallback((language: Language) => {
		keepLanguage(language);
		loadTexts(language).then((texts) => setSpeech(new Speech(language, texts)), console.error);
	}, []);
	useEffect(() => {
		document.documentElement.lang = speech.language;
	}, [speech]);
	const speaking = useMemo(() => ({ speech, choose }), [speech, choose]);
	return (
		<SpeechContext.Provider value={speaking}>
			<App />
		</SpeechContext.Provider>
	);
}

const root = document.getElementById("app")!;
const language = startLanguage();
const texts = await loadTexts(language);
document.documentElement.lang = language;
root.replaceChildren();
render(<Root first={new Speech(language, texts)} />, root);
