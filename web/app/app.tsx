// SPDX-License-Identifier: Apache-2.0
// Which part of the page: an invitation, the way in, the console, the portal or the kiosk. Each is
// fetched when it is wanted.

import type { Session } from "contract";
import type { ComponentType } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { call, onSignedOut, setToken } from "./api/call";
import { asProblem, type Problem } from "./api/problem";
import { isStaff, noteIn, SessionContext, wasIn } from "./api/session";
import { EnterContext } from "./signin/enter";
import { SignIn } from "./signin/sign_in";
import { goTo } from "./ui/route";
import { ProblemNote } from "./ui/states";

type Part = "console" | "portal" | "kiosk" | "invitation" | "first" | "check";

const PARTS: Readonly<Record<Part, () => Promise<{ readonly default: ComponentType }>>> = {
	console: () => import("./console/console"),
	portal: () => import("./portal/portal"),
	kiosk: () => import("./kiosk/kiosk"),
	invitation: () => import("./signin/invitation"),
	first: () => import("./signin/first_password"),
	check: () => import("./check/check"),
};

const INVITATION = /^#[A-Za-z0-9_-]{43}$/;

function LazyPart({ part }: { readonly part: Part }) {
	const [Loaded, setLoaded] = useState<ComponentType | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		setLoaded(null);
		PARTS[part]().then(
			(module) => setLoaded(() => module.default),
			(error: unknown) => setProblem(asProblem(error)),
		);
	}, [part]);
	if (problem) return <main class="content"><ProblemNote problem={problem} again={() => location.reload()} /></main>;
	return Loaded && <Loaded />;
}

function partOf(session: Session): Part {
	if (session.account.must_change) return "first";
	if (location.pathname.startsWith("/kiosk") && isStaff(session)) return "kiosk";
	if (!isStaff(session)) return "portal";
	return location.pathname.startsWith("/portal") && session.account.subject ? "portal" : "console";
}

type State = { readonly at: "starting" } | { readonly at: "out"; readonly ended: boolean } | { readonly at: "in"; readonly session: Session };

/** A relying party opened it: nobody signs in, whoever may be signed in here is not asked. */
const IS_CHECK = location.pathname.startsWith("/check");

export function App() {
	return IS_CHECK ? <LazyPart part="check" /> : <Signed />;
}

function Signed() {
	const [state, setState] = useState<State>({ at: "starting" });
	const [problem, setProblem] = useState<Problem | null>(null);
	const [invited, setInvited] = useState(() => INVITATION.test(location.hash));

	const enter = useCallback((session: Session) => {
		setToken(session.token);
		noteIn(true);
		setInvited(false);
		setState({ at: "in", session });
	}, []);
	const leave = useCallback((ended: boolean) => {
		setToken("");
		noteIn(false);
		setState({ at: "out", ended });
	}, []);
	const refresh = useCallback(async () => enter(await call("session_get", {})), [enter]);
	const start = useCallback(() => {
		setProblem(null);
		if (!wasIn()) return leave(false);
		call("session_get", {}).then(enter, (error: unknown) => {
			const found = asProblem(error);
			if (found.status === 401) leave(false);
			else setProblem(found);
		});
	}, [enter, leave]);
	useEffect(() => {
		start();
		const changed = () => INVITATION.test(location.hash) && setInvited(true);
		addEventListener("hashchange", changed);
		return () => removeEventListener("hashchange", changed);
	}, [start]);
	useEffect(() => onSignedOut(() => state.at === "in" && leave(true)), [state, leave]);

	const holder = useMemo(() => {
		if (state.at !== "in") return null;
		const signOut = () => {
			call("session_end", {}).catch(() => undefined).finally(() => {
				goTo();
				leave(false);
			});
		};
		return { session: state.session, refresh, signOut };
	}, [state, refresh, leave]);

	if (problem) return <main class="content frame door"><ProblemNote problem={problem} again={start} /></main>;
	if (state.at === "starting") return null;
	const part = invited ? "invitation" : holder ? partOf(holder.session) : null;
	if (part === "invitation") return <EnterContext.Provider value={enter}><LazyPart part={part} /></EnterContext.Provider>;
	if (!holder || !part) return <SignIn ended={state.at === "out" && state.ended} onEnter={enter} />;
	return (
		<SessionContext.Provider value={holder}>
			<LazyPart part={part} />
		</SessionContext.Provider>
	);
}
