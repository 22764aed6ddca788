// SPDX-License-Identifier: Apache-2.0
// What stands around the screens of those who are not in yet.

import type { ComponentChildren } from "preact";
import { LanguageChoice } from "../ui/languages";
import { Icon, Mark, type IconName } from "../ui/icon";
import { useSpeech } from "../words/context";

const PROMISES: readonly (readonly [IconName, string])[] = [
	["check", "door.consent"],
	["card", "door.other"],
	["eye", "door.seen"],
];

/** What this place promises, on the doorway; where there is room for it. */
function Promises() {
	const { say } = useSpeech();
	return (
		<aside class="promises" aria-label={say("door.label")}>
			<ul>
				{PROMISES.map(([icon, key]) => <li key={key}><Icon name={icon} /><span>{say(key)}</span></li>)}
			</ul>
		</aside>
	);
}

export function DoorFrame({ children }: { readonly children: ComponentChildren }) {
	const { say } = useSpeech();
	return (
		<div class="frame door">
			<header class="top">
				<a class="brand" href="#/"><Mark />Tanu</a>
				<span class="grow" />
				<LanguageChoice />
			</header>
			<div class="door-room">
				<Promises />
				<main class="content" id="main">{children}</main>
			</div>
			<footer class="foot">
				<a href="/verifier.html">{say("nav.verifier")}</a>
			</footer>
		</div>
	);
}
