// SPDX-License-Identifier: Apache-2.0
// One call of the contract. Everything the page knows of the system comes through here.

import { OPERATIONS, type Operation, type Operations } from "contract";
import { OFFLINE, Problem, problemOf, SIGNED_OUT } from "./problem";

type Name = keyof Operations;
type Part<K extends string, T> = T extends undefined ? { readonly [key in K]?: undefined } : { readonly [key in K]: T };
type PathPart<T> = keyof T extends never ? { readonly path?: undefined } : { readonly path: T };

export type Asked<N extends Name> = PathPart<Operations[N]["path"]> &
	Part<"body", Operations[N]["body"]> & {
		readonly query?: Operations[N]["query"];
		/** The same act again gets the same key; without one every call is an act of its own. */
		readonly act?: string;
		readonly ifMatch?: string;
		/** The secret of a check, in place of a session. */
		readonly check?: string;
		readonly signal?: AbortSignal;
	};
export type Answer<N extends Name> = Operations[N]["answer"];

const BASE = "/api/v1";
/** A call that may be repeated is, when the network fails it; the server does nothing twice. */
const TRIES = 3;
const PAUSE_MS = 400;
const TYPES: Readonly<Record<string, string>> = {
	json: "application/json",
	text: "text/plain",
	csv: "text/csv",
	jpeg: "image/jpeg", // unless the picture itself says that it is another kind
};

let token = "";
let whenSignedOut: () => void = () => undefined;
/** Answers that carried an ETag, by address. Forgotten with the session. */
const kept = new Map<string, { readonly tag: string; readonly value: unknown }>();

export function setToken(value: string): void {
	token = value;
	if (value === "") kept.clear();
}

export function onSignedOut(tell: () => void): void {
	whenSignedOut = tell;
}

/** A key under which one act is done once, however often it is sent. */
export function newAct(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function addressOf(name: Name, path: Readonly<Record<string, string>> = {}, query: object = {}): string {
	const filled = OPERATIONS[name].path.replace(/\{([a-z_]+)\}/g, (_, word: string) => encodeURIComponent(path[word] ?? ""));
	const pairs = Object.entries(query)
		.filter(([, value]) => value !== undefined && value !== "")
		.map(([word, value]) => [word, String(value)]);
	return BASE + filled + (pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : "");
}

function headersOf(operation: Operation, asked: Asked<Name>, address: string): Headers {
	const headers = new Headers();
	if (operation.method !== "GET") headers.set("X-Tanu-Token", token);
	if (operation.sent) headers.set("Content-Type", (asked.body instanceof Blob && asked.body.type) || TYPES[operation.sent]!);
	if (operation.repeats) headers.set("Idempotency-Key", asked.act ?? newAct());
	if (asked.check) headers.set("X-Tanu-Check", asked.check);
	if (asked.ifMatch) headers.set("If-Match", asked.ifMatch);
	const known = operation.tagged && kept.get(address);
	if (known) headers.set("If-None-Match", known.tag);
	return headers;
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

async function send(operation: Operation, address: string, init: RequestInit): Promise<Response> {
	const triesMax = operation.repeats || operation.method === "GET" ? TRIES : 1;
	for (let tried = 1; ; tried++) {
		try {
			return await fetch(address, init);
		} catch (error) {
			if (init.signal?.aborted) throw error;
			if (tried >= triesMax) throw new Problem(OFFLINE);
			await pause(PAUSE_MS * tried);
		}
	}
}

function readAnswer(operation: Operation, response: Response): Promise<unknown> {
	switch (operation.answer) {
		case "json":
			return response.json();
		case "text":
			return response.text();
		case "blob":
			return response.blob();
		default:
			return Promise.resolve(undefined);
	}
}

/** Throws Problem. */
export async function call<N extends Name>(name: N, asked: Asked<N>): Promise<Answer<N>> {
	const operation = OPERATIONS[name];
	const address = addressOf(name, asked.path ?? {}, asked.query ?? {});
	const body = asked.body as string | Blob | object | undefined;
	const response = await send(operation, address, {
		method: operation.method,
		headers: headersOf(operation, asked as Asked<Name>, address),
		credentials: "same-origin",
		cache: "no-store",
		redirect: "error",
		...(operation.sent === null ? {} : { body: operation.sent === "json" ? JSON.stringify(body) : (body as BodyInit) }),
		...(asked.signal ? { signal: asked.signal } : {}),
	});
	const known = kept.get(address);
	if (response.status === 304 && known) return known.value as Answer<N>;
	if (!response.ok) {
		const problem = await problemOf(response);
		if (problem.status === 401 && problem.code === SIGNED_OUT) whenSignedOut();
		throw problem;
	}
	const value = await readAnswer(operation, response);
	const tag = response.headers.get("ETag");
	if (operation.tagged && tag) kept.set(address, { tag, value });
	return value as Answer<N>;
}

/** The ETag under which this address was last read. */
export function tagOf(name: Name): string | undefined {
	return kept.get(addressOf(name))?.tag;
}
