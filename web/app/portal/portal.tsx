// SPDX-License-Identifier: Apache-2.0
// The portal: what a person, or a child's guardian, sees of what is held here, and decides.

import type { ComponentChildren } from "preact";
import { call, type Answer } from "../api/call";
import { useLoad } from "../api/load";
import { isStaff, useSession } from "../api/session";
import { skip } from "../ui/skip";
import { AccountScreen } from "../signin/account";
import { Icon, Mark } from "../ui/icon";
import { LanguageChoice } from "../ui/languages";
import { lazy } from "../ui/lazy";
import { Button, Heading } from "../ui/parts";
import { linkTo, useRoute } from "../ui/route";
import { Empty, Loaded } from "../ui/states";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";
import { Decide } from "./decide";
import { HistoryScreen } from "./history_screen";
import { Home } from "./home";

export type Reached = Answer<"me_people">["items"][number];

const CheckReceipt = lazy(() => import("./check_receipt"));

function Around({ children }: { readonly children: ComponentChildren }) {
	const { say } = useSpeech();
	const { session, signOut } = useSession();
	return (
		<div class="frame narrow portal">
			<a class="skip" href="#main" onClick={skip}>{say("nav.skip")}</a>
			<header class="top">
				<a class="brand" href="#/"><Mark />Tanu</a>
				<span class="grow" />
				<LanguageChoice />
				<span class="who">
					<a class="button quiet" href={linkTo("account")} aria-label={`${say("account.title")}: ${session.account.name}`}><Icon name="face" /><span>{session.account.name}</span></a>
					<Button kind="quiet" icon="out" onPress={signOut} label={say("nav.sign-out")}>{say("nav.sign-out")}</Button>
				</span>
			</header>
			<main class="content" id="main" tabIndex={-1}>{children}</main>
			<footer class="foot">
				<a href="/verifier.html">{say("nav.verifier")}</a>
				<a href="/log/checkpoint">{say("nav.log")}</a>
				{isStaff(session) && <a href="/">{say("nav.console")}</a>}
			</footer>
		</div>
	);
}

export function firstName(person: Reached, nameless: string): string {
	return person.subject.name === undefined ? nameless : clean(person.subject.name);
}

function Choose({ people }: { readonly people: readonly Reached[] }) {
	const { say } = useSpeech();
	return (
		<>
			<Heading title={say("portal.choose")} sub={say("portal.choose.lead")} />
			<ul class="people-cards">
				{people.map((one) => (
					<li key={one.subject.id}>
						<a href={linkTo("person", one.subject.id)}>
							<span class="arch" aria-hidden="true"><Icon name={one.subject.locked ? "lock" : "face"} /></span>
							<span>
								<b>{firstName(one, say("person.nameless"))}</b>
								<span class="small">{one.relation ? say("portal.child") : say("portal.me")} · {say(one.subject.enrolled ? "portal.stored" : "portal.not-stored")}</span>
							</span>
							<Icon name="next" />
						</a>
					</li>
				))}
			</ul>
		</>
	);
}

export default function Portal() {
	const { say } = useSpeech();
	const route = useRoute();
	const [word, id, part] = route;
	const load = useLoad((signal) => call("me_people", { signal }), []);
	if (word === "account") return <Around><AccountScreen /></Around>;
	return (
		<Around>
			<Loaded load={load}>
				{({ items }, again) => {
					if (items.length === 0) return <Empty icon="people" title={say("portal.nobody")}><p>{say("portal.nobody.hint")}</p></Empty>;
					const single = items.length === 1 ? items[0] : undefined;
					const person = word === "person" ? items.find((one) => one.subject.id === id) : single;
					if (!person) return <Choose people={items} />;
					const back = linkTo("person", person.subject.id);
					const key = `${person.subject.id} ${part ?? ""}`;
					switch (part) {
						case "decide":
							return <Decide key={key} person={person} back={back} onChange={again} />;
						case "history":
							return <HistoryScreen key={key} person={person} back={back} />;
						case "check":
							return <CheckReceipt key={key} person={person} back={back} />;
						default:
							return <Home key={key} person={person} alone={items.length === 1} onChange={again} />;
					}
				}}
			</Loaded>
		</Around>
	);
}
