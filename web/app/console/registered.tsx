// SPDX-License-Identifier: Apache-2.0
// One that is known here by name until it is ended: a relying party, a tablet.

import { ConfirmButton } from "../ui/confirm";
import { Tag } from "../ui/parts";
import { useSpeech } from "../words/context";
import { clean } from "../words/speech";

export interface RegisteredRow {
	readonly name: string;
	readonly detail: string;
	readonly hasEnded: boolean;
	readonly mayEnd: boolean;
	/** Asked before it is ended. */
	readonly title: string;
	readonly text: string;
	readonly end: () => Promise<void>;
}

export function Registered({ name, detail, hasEnded, mayEnd, title, text, end }: RegisteredRow) {
	const { say } = useSpeech();
	return (
		<li class="row">
			<span><b>{clean(name)}</b><span class="small">{detail}</span></span>
			{hasEnded ? (
				<Tag tone="off">{say("allowed.ended")}</Tag>
			) : mayEnd && (
				<ConfirmButton title={title} text={text} label={`${say("relying.end")}: ${clean(name)}`} act={end}>
					{say("relying.end")}
				</ConfirmButton>
			)}
		</li>
	);
}
