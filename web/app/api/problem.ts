// SPDX-License-Identifier: Apache-2.0
// What went wrong, in one shape: the server's problem JSON, or what kept us from getting one.

import type { Problem as ProblemJson } from "contract";

/** Codes of our own, for what no server said. */
export const OFFLINE = "offline";
export const STRANGE = "strange-answer";
export const SIGNED_OUT = "signed-out";

export class Problem extends Error {
	readonly code: string;
	readonly status: number;
	/** One English sentence of the server. */
	readonly detail: string;
	readonly place: string | undefined;
	/** How long to wait before the next try, seconds. */
	readonly waitS: number | undefined;

	constructor(code: string, status = 0, detail = "", place?: string, waitS?: number) {
		super(code);
		this.code = code;
		this.status = status;
		this.detail = detail;
		this.place = place;
		this.waitS = waitS;
	}
}

function isProblemJson(value: unknown): value is ProblemJson {
	return typeof value === "object" && value !== null && "code" in value && typeof value.code === "string";
}

export async function problemOf(response: Response): Promise<Problem> {
	const waitS = Number(response.headers.get("Retry-After")) || undefined;
	const value: unknown = await response.json().catch(() => null);
	if (!isProblemJson(value)) return new Problem(STRANGE, response.status, "", undefined, waitS);
	return new Problem(value.code, response.status, value.detail, value.place, waitS);
}

export function asProblem(error: unknown): Problem {
	if (error instanceof Problem) return error;
	console.error(error);
	return new Problem(STRANGE);
}
