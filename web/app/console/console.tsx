// SPDX-License-Identifier: Apache-2.0
// The console: what stands around its screens, and which of them a role sees.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { hasRole, useSession, type AnyRole } from "../api/session";
import { AccountScreen } from "../signin/account";
import { Icon, Mark, type IconName } from "../ui/icon";
import { LanguageChoice } from "../ui/languages";
import { Button } from "../ui/parts";
import { linkTo, useRoute, type Route } from "../ui/route";
import { skip } from "../ui/skip";
import { Empty } from "../ui/states";
import { useSpeech } from "../words/context";
import { Accounts } from "./accounts";
import { ApiKeys } from "./api_keys";
import { Breaches } from "./breaches";
import { Counts } from "./counts";
import { Disclosures } from "./disclosures";
import { Doors } from "./doors";
import { Health } from "./health";
import { Notices } from "./notices";
import { People } from "./people";
import { Settings } from "./settings";
import { Thresholds } from "./thresholds";

export interface ScreenProps {
	/** What stands after the screen's own word. */
	readonly rest: Route;
}

interface Screen {
	readonly word: string;
	readonly icon: IconName;
	readonly roles: readonly AnyRole[];
	readonly show: ComponentType<ScreenProps>;
}

const STAFF: readonly AnyRole[] = ["operator", "enrolment", "presence", "auditor", "administrator"];

const SCREENS: readonly Screen[] = [
	{ word: "people", icon: "people", roles: ["operator", "enrolment", "presence"], show: People },
	{ word: "doors", icon: "door", roles: ["operator", "auditor", "administrator"], show: Doors },
	{ word: "counts", icon: "log", roles: STAFF, show: Counts },
	{ word: "disclosures", icon: "book", roles: ["auditor", "administrator"], show: Disclosures },
	{ word: "breaches", icon: "bell", roles: ["auditor", "administrator"], show: Breaches },
	{ word: "thresholds", icon: "chart", roles: ["auditor", "administrator"], show: Thresholds },
	{ word: "notices", icon: "paper", roles: ["enrolment", "auditor", "administrator"], show: Notices },
	{ word: "settings", icon: "gear", roles: ["auditor", "administrator"], show: Settings },
	{ word: "accounts", icon: "shield", roles: ["auditor", "administrator"], show: Accounts },
	{ word: "keys", icon: "key", roles: ["auditor", "administrator"], show: ApiKeys },
	{ word: "health", icon: "heart", roles: STAFF, show: Health },
];

function NotHere() {
	const { say } = useSpeech();
	return <Empty icon="door" title={say("state.not-here")} actions={<a class="button" href="#/">{say("do.home")}</a>} />;
}

function Current({ screens, route }: { readonly screens: readonly Screen[]; readonly route: Route }) {
	const [word, ...rest] = route;
	if (word === "account") return <AccountScreen />;
	const screen = word === undefined ? screens[0] : screens.find((one) => one.word === word);
	return screen ? <screen.show key={screen.word} rest={rest} /> : <NotHere />;
}

export default function Console() {
	const { say } = useSpeech();
	const { session, signOut } = useSession();
	const route = useRoute();
	const [open, setOpen] = useState(false);
	useEffect(() => setOpen(false), [route]);
	const screens = SCREENS.filter((screen) => hasRole(session, ...screen.roles));
	const current = route[0] ?? screens[0]?.word;
	// The person reads and decides alone: nothing of the console stands around her.
	const isDesk = route[0] === "people" && route[2] === "consent";
	if (isDesk) return <Current screens={screens} route={route} />;
	return (
		<div class="frame console">
			<a class="skip" href="#main" onClick={skip}>{say("nav.skip")}</a>
			<header class="top">
				<span class="menu-button">
					<Button kind="quiet" icon="menu" expanded={open} onPress={() => setOpen(!open)} label={say("nav.menu")}>{say("nav.menu")}</Button>
				</span>
				<a class="brand" href="#/"><Mark />Tanu</a>
				<span class="grow" />
				<LanguageChoice />
				<span class="who">
					<a class="button quiet" href={linkTo("account")} aria-label={`${say("account.title")}: ${session.account.name}`}><Icon name="face" /><span>{session.account.name}</span></a>
					<Button kind="quiet" icon="out" onPress={signOut} label={say("nav.sign-out")}>{say("nav.sign-out")}</Button>
				</span>
			</header>
			<div class="side" data-open={open}>
				<nav aria-label={say("nav.main")}>
					<ul>
						{screens.map(({ word, icon }) => (
							<li key={word}>
								<a href={linkTo(word)} aria-current={word === current ? "page" : undefined}>
									<Icon name={icon} />{say(`nav.${word}`)}
								</a>
							</li>
						))}
						{hasRole(session, "operator", "enrolment") && (
							<li><a href="/kiosk"><Icon name="card" />{say("nav.kiosk")}</a></li>
						)}
					</ul>
				</nav>
			</div>
			<main class="content" id="main" tabIndex={-1}><Current screens={screens} route={route} /></main>
		</div>
	);
}
