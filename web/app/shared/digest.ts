// SPDX-License-Identifier: Apache-2.0
/** SHA-256 of a file, made here: the file itself goes nowhere. */
export async function sha256Of(file: File): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
	return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
