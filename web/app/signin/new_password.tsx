// SPDX-License-Identifier: Apache-2.0
// A new password, typed once and seen if wanted: a second field only makes people choose short ones.

import { useState } from "preact/hooks";
import { Check, Field } from "../ui/field";
import { useSpeech } from "../words/context";

/** As the server has it (auth.h). */
export const PASSWORD_MIN = 10;

export function NewPassword({ value, onValue }: { readonly value: string; readonly onValue: (value: string) => void }) {
	const { say } = useSpeech();
	const [seen, setSeen] = useState(false);
	return (
		<>
			<Field
				label={say("password.new")} hint={say("password.hint", PASSWORD_MIN)} value={value} onValue={onValue}
				type={seen ? "text" : "password"} autocomplete="new-password" maxLength={256}
			/>
			<Check checked={seen} onChecked={setSeen}>{say("password.show")}</Check>
		</>
	);
}
