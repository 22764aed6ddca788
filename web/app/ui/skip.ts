// SPDX-License-Identifier: Apache-2.0
/** To the screen itself, past what stands around it; '#main' is no place of the router. */
export function skip(event: MouseEvent): void {
	event.preventDefault();
	document.getElementById("main")?.focus();
}
