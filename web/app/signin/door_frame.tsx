// SPDX-License-Identifier: Apache-2.0
// What stands around the screens of those who are not in yet.

import type { ComponentChildren } from "preact";
import { LanguageChoice } from "../ui/languages";
import { Mark } from "../ui/icon";
import { useSpeech } from "../words/context";

export function DoorFrame({ children }: { readonly children: ComponentChildren }) {
	const { say } = useSpeech();
	return (
		<div class="frame door">
			<header class="top">
				<a class="brand" href="#/"><Mark />Tanu</a>
				<span class="grow" />
				<LanguageChoice />
			</header>
			<main class="content" id="main">{children}</main>
			<footer class="foot">
				<a href="/verifier.html">{say("nav.verifier")}</a>
			</footer>
		</div>
	);
}
