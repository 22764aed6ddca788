// SPDX-License-Identifier: Apache-2.0
import { call } from "../api/call";
import { saveFile } from "../ui/save";

/** Her receipt, as a file that is hers. No name stands in the file's name: people lend their phones. */
export async function saveReceipt(subject: string): Promise<void> {
	const text = await call("subject_receipt", { path: { subject } });
	saveFile(`${subject.slice(0, 6)}.tanu-receipt`, text);
}
