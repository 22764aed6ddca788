// SPDX-License-Identifier: Apache-2.0
// A notice as people read it: headings, lists, and the drawings of the one for children.

import ask from "../../../packaging/notices/picture-ask.svg";
import back from "../../../packaging/notices/picture-back.svg";
import card from "../../../packaging/notices/picture-card.svg";
import door from "../../../packaging/notices/picture-door.svg";
import face from "../../../packaging/notices/picture-face.svg";
import gone from "../../../packaging/notices/picture-gone.svg";
import lock from "../../../packaging/notices/picture-lock.svg";
import mistake from "../../../packaging/notices/picture-mistake.svg";
import no from "../../../packaging/notices/picture-no.svg";
import numbers from "../../../packaging/notices/picture-numbers.svg";
import { clean } from "../words/speech";

const PICTURES: Readonly<Record<string, string>> = { ask, back, card, door, face, gone, lock, mistake, no, numbers };

interface Block {
	readonly kind: "title" | "heading" | "text" | "item" | "picture";
	readonly text: string;
	readonly picture?: string | undefined;
}

/** A heading is a line after an empty one that ends without a full stop and has text under it. */
function blocksOf(text: string): readonly Block[] {
	const lines = text.split(/\r?\n/).map(clean);
	return lines.flatMap((line, at): readonly Block[] => {
		const trimmed = line.trim();
		if (trimmed === "") return [];
		const drawn = /^\[([a-z]+)\] (.*)$/.exec(trimmed);
		if (drawn) return [{ kind: "picture", text: drawn[2]!, picture: PICTURES[drawn[1]!] }];
		if (trimmed.startsWith("- ")) return [{ kind: "item", text: trimmed.slice(2) }];
		if (at === 0) return [{ kind: "title", text: trimmed }];
		const stands = (lines[at - 1] ?? "").trim() === "" && (lines[at + 1] ?? "").trim() !== "";
		return [{ kind: stands && !/[.!?:;]$/.test(trimmed) ? "heading" : "text", text: trimmed }];
	});
}

export function NoticeText({ text, language }: { readonly text: string; readonly language: string }) {
	const blocks = blocksOf(text);
	return (
		<article class="notice" lang={language}>
			{blocks.map((block, at) => {
				switch (block.kind) {
					case "title":
						return <h2 key={at}>{block.text}</h2>;
					case "heading":
						return <h3 key={at}>{block.text}</h3>;
					case "item":
						return <p key={at} class="item">{block.text}</p>;
					case "picture":
						return <div key={at} class="drawn">{block.picture && <img src={block.picture} alt="" />}<p>{block.text}</p></div>;
					case "text":
						return <p key={at}>{block.text}</p>;
				}
			})}
		</article>
	);
}
