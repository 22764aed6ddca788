// SPDX-License-Identifier: Apache-2.0
// Giving a file to the person, and opening one to print.

const LINK_LIVES_MS = 60_000;

function withLink(blob: Blob, use: (link: HTMLAnchorElement) => void): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(blob);
	use(link);
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), LINK_LIVES_MS);
}

export function saveFile(name: string, content: Blob | string, type = "text/plain"): void {
	const blob = typeof content === "string" ? new Blob([content], { type }) : content;
	withLink(blob, (link) => {
		link.download = name;
	});
}

/** In a tab of its own, where the browser shows and prints it. */
export function openFile(blob: Blob): void {
	withLink(blob, (link) => {
		link.target = "_blank";
		link.rel = "noopener";
	});
}
