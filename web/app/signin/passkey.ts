// SPDX-License-Identifier: Apache-2.0
// Passkeys: our own challenge to the browser's authenticator, and what it made of it, as the contract
// has it. An address made of digits can't have any, and some browsers have none.

import type { PasskeyAnswer, PasskeyAsked } from "contract";

/** RS256 for the authenticators of Windows. */
const ALGORITHMS = [-7, -257];
const WAIT_MS = 120_000;
const DIGITS = /^[\d.]+$|:/;

export function canPasskeys(): boolean {
	return "PublicKeyCredential" in window && !DIGITS.test(location.hostname);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
	const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
	return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
	const plain = Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join("");
	return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function known(asked: PasskeyAsked): PublicKeyCredentialDescriptor[] {
	return asked.passkeys.map(({ id }) => ({ type: "public-key" as const, id: bytesOf(id) }));
}

/** Null: the person has changed her mind, or the device can't. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof DOMException) return null;
		throw error;
	}
}

export async function makePasskey(asked: PasskeyAsked, name: string): Promise<{ readonly client_data: string; readonly authenticator_data: string } | null> {
	const publicKey: PublicKeyCredentialCreationOptions = {
		rp: { id: asked.rp_id, name: "Tanu" },
		user: { id: bytesOf(asked.user), name, displayName: name },
		challenge: bytesOf(asked.challenge),
		pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
		excludeCredentials: known(asked),
		authenticatorSelection: { residentKey: "discouraged", userVerification: "preferred" },
		attestation: "none",
		timeout: WAIT_MS,
	};
	const made = await orNull(navigator.credentials.create({ publicKey }));
	if (!(made instanceof PublicKeyCredential) || !(made.response instanceof AuthenticatorAttestationResponse)) return null;
	return { client_data: textOf(made.response.clientDataJSON), authenticator_data: textOf(made.response.getAuthenticatorData()) };
}

export async function usePasskeyFor(asked: PasskeyAsked): Promise<PasskeyAnswer | null> {
	const publicKey: PublicKeyCredentialRequestOptions = {
		rpId: asked.rp_id, challenge: bytesOf(asked.challenge), allowCredentials: known(asked), userVerification: "preferred", timeout: WAIT_MS,
	};
	const shown = await orNull(navigator.credentials.get({ publicKey }));
	if (!(shown instanceof PublicKeyCredential) || !(shown.response instanceof AuthenticatorAssertionResponse)) return null;
	const { clientDataJSON, authenticatorData, signature } = shown.response;
	return { id: textOf(shown.rawId), client_data: textOf(clientDataJSON), authenticator_data: textOf(authenticatorData), signature: textOf(signature) };
}
