// SPDX-License-Identifier: Apache-2.0
// Recovery codes, shown this once.

import { Button } from "../ui/parts";
import { useSpeech } from "../words/context";

export function Codes({ codes }: { readonly codes: readonly string[] }) {
	const { say } = useSpeech();
	return (
		<div class="note" role="status">
			<p><b>{say("account.recovery.now")}</b></p>
			<ul class="codes code">{codes.map((code) => <li key={code}>{code}</li>)}</ul>
			<Button icon="print" onPress={() => print()}>{say("do.print")}</Button>
		</div>
	);
}
