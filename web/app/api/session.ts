// SPDX-License-Identifier: Apache-2.0
// Who is signed in here, for every screen that wants to know.

import type { Account, Session } from "contract";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export type AnyRole = Account["roles"][number];

export interface SessionHolder {
	readonly session: Session;
	/** The account was changed: read it anew. */
	readonly refresh: () => Promise<void>;
	readonly signOut: () => void;
}

export const SessionContext = createContext<SessionHolder | null>(null);

export function useSession(): SessionHolder {
	const holder = useContext(SessionContext);
	if (!holder) throw new Error("nobody is signed in");
	return holder;
}

export function hasRole(session: Session, ...roles: readonly AnyRole[]): boolean {
	return session.account.roles.some((role) => roles.includes(role));
}

export function isStaff(session: Session): boolean {
	return session.account.roles.some((role) => role !== "person");
}

const WAS_IN = "tanu.in";

/** Was somebody signed in by this browser? Asking the server to hear "nobody" is noise in its log and ours. */
export function wasIn(): boolean {
	try {
		return localStorage.getItem(WAS_IN) !== null;
	} catch {
		return true;
	}
}

export function noteIn(isIn: boolean): void {
	try {
		if (isIn) localStorage.setItem(WAS_IN, "1");
		else localStorage.removeItem(WAS_IN);
	} catch {
		// Then the server is asked.
	}
}
