// SPDX-License-Identifier: Apache-2.0
// Canonical JSON: keys in rising order, no spaces, whole numbers below 2^53, no control characters.

import { utf8Text, type Bytes } from "./bytes";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
	readonly [key: string]: Json;
}

const DEPTH_MAX = 32;

/** Neither control characters nor halves of characters. */
function isPlain(text: string): boolean {
	return !/[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(text);
}

function isAllowed(value: Json, depth: number): boolean {
	if (depth > DEPTH_MAX) return false;
	if (typeof value === "string") return isPlain(value);
	if (typeof value === "number") return Number.isSafeInteger(value);
	if (Array.isArray(value)) return value.every((item) => isAllowed(item, depth + 1));
	if (value === null || typeof value === "boolean") return true;
	return Object.keys(value).every((key) => /^[ -~]*$/.test(key) && isAllowed(value[key]!, depth + 1));
}

export function canonical(value: Json): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
	if (value === null || typeof value !== "object") return JSON.stringify(value);
	const keys = Object.keys(value).sort();
	return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`).join(",")}}`;
}

/** The value, or undefined for a text that is not the canonical one of a value. */
export function parseCanonical(text: string): Json | undefined {
	try {
		const value = JSON.parse(text) as Json;
		return isAllowed(value, 1) && canonical(value) === text ? value : undefined;
	} catch {
		return undefined;
	}
}

export function parseCanonicalBytes(bytes: Bytes): Json | undefined {
	const text = utf8Text(bytes);
	return text === null ? undefined : parseCanonical(text);
}

export function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object's own member, not what every object inherits. */
export function member(object: JsonObject, key: string): Json | undefined {
	return Object.hasOwn(object, key) ? object[key] : undefined;
}
