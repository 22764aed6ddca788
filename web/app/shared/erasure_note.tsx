// SPDX-License-Identifier: Apache-2.0
// What a withdrawal or a no has destroyed, and what honestly remains.

import type { Answer } from "../api/call";
import { useSpeech } from "../words/context";

type Erasure = Answer<"consent_withdraw">;

function codesOf(value: unknown): readonly string[] {
	if (!Array.isArray(value)) return [];
	return value
		.map((one: unknown) => (typeof one === "object" && one !== null && "code" in one ? one.code : one))
		.filter((code): code is string => typeof code === "string");
}

export function ErasureNote({ erasure }: { readonly erasure: Erasure }) {
	const { say, count, moment } = useSpeech();
	const keys = erasure["keys_destroyed"];
	const at = erasure["executed_ms"];
	const scope = codesOf(erasure["scope"]);
	const remains = codesOf(erasure["remains"]);
	return (
		<div class="note good" role="status" tabIndex={-1}>
			<p><b>{say(erasure["reference_erased"] === true ? "erasure.face-gone" : "erasure.done")}</b></p>
			<p>
				{typeof at === "number" && `${moment(at)}. `}
				{typeof keys === "number" && keys > 0 && count("erasure.keys", keys)}
			</p>
			{scope.length > 0 && (
				<>
					<h3>{say("erasure.scope")}</h3>
					<ul>{scope.map((code) => <li key={code}>{say(`erasure.scope.${code}`)}</li>)}</ul>
				</>
			)}
			{remains.length > 0 && (
				<>
					<h3>{say("erasure.remains")}</h3>
					<ul>{remains.map((code) => <li key={code}>{say(`erasure.remains.${code}`)}</li>)}</ul>
				</>
			)}
		</div>
	);
}
