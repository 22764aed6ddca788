// SPDX-License-Identifier: Apache-2.0
// The texts that people read before they answer.

import type { Notice } from "contract";
import { useState } from "preact/hooks";
import { call } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { NoticeText } from "../shared/notice_text";
import { isForChildren } from "../shared/notices";
import { Dialog } from "../ui/dialog";
import { Choose, Field, Form } from "../ui/field";
import { Button, Heading, Section } from "../ui/parts";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import { isLanguage, LANGUAGE_NAMES, LANGUAGES, type Language } from "../words/language";

function languageName(code: string): string {
	return isLanguage(code) ? LANGUAGE_NAMES[code] : code;
}

function ShowNotice({ notice, onClose }: { readonly notice: Notice; readonly onClose: () => void }) {
	const { say } = useSpeech();
	const { version, language } = notice;
	const load = useLoad((signal) => call("notice_get", { path: { version, language }, signal }), [version, language]);
	return (
		<Dialog title={`${version} · ${languageName(language)}`} onClose={onClose} wide>
			<Loaded load={load}>{(text) => <NoticeText text={text} language={language} />}</Loaded>
			<p class="small code">{notice.sha256}</p>
			<div class="actions end"><Button onPress={onClose}>{say("do.close")}</Button></div>
		</Dialog>
	);
}

function AddNotice({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
	const { say, language: reader } = useSpeech();
	const [version, setVersion] = useState("");
	const [language, setLanguage] = useState<Language>(reader);
	const [text, setText] = useState("");
	const add = useAct(async () => {
		await call("notice_add", { path: { version: version.trim(), language }, body: text });
		onDone();
	});
	return (
		<Dialog title={say("notice.add")} onClose={onClose} wide>
			<Form onSubmit={add.run}>
				<Field label={say("notice.version")} hint={say("notice.version.hint")} value={version} onValue={setVersion} maxLength={32} autofocus />
				<Choose label={say("nav.language")} value={language} onValue={setLanguage} choices={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))} />
				<Field label={say("notice.text")} hint={say("notice.text.hint")} value={text} onValue={setText} lines={10} />
				<ProblemNote problem={add.problem} />
				<div class="actions end">
					<Button onPress={onClose}>{say("do.cancel")}</Button>
					<Button kind="main" submit busy={add.busy} disabled={version.trim() === "" || text.trim() === ""}>{say("notice.add.do")}</Button>
				</div>
			</Form>
		</Dialog>
	);
}

export function Notices() {
	const { say, day } = useSpeech();
	const { session } = useSession();
	const [shown, setShown] = useState<Notice | null>(null);
	const [adding, setAdding] = useState(false);
	const load = useLoad((signal) => call("notices_list", { signal }), []);
	const mayAdd = hasRole(session, "administrator");
	return (
		<>
			<Heading
				title={say("nav.notices")} sub={say("notice.lead")}
				actions={mayAdd && <Button kind="main" onPress={() => setAdding(true)}>{say("notice.add")}</Button>}
			/>
			<Loaded load={load}>
				{({ items }, again) => (
					<>
						{items.length === 0 ? (
							<Empty icon="paper" title={say("notice.none")}><p>{say("notice.none.hint")}</p></Empty>
						) : (
							<Section>
								<ul class="rows">
									{[...items].sort((a, b) => b.added_ms - a.added_ms).map((one) => (
										<li key={`${one.version} ${one.language}`} class="row">
											<span>
												<b>{say(isForChildren(one) ? "notice.for-children" : "notice.for-adults")}: {languageName(one.language)}</b>
												<span class="small"><span class="code">{one.version}</span> · {day(one.added_ms)}</span>
											</span>
											<Button kind="quiet" icon="eye" onPress={() => setShown(one)} label={`${say("do.read")}: ${one.version}, ${languageName(one.language)}`}>{say("do.read")}</Button>
										</li>
									))}
								</ul>
							</Section>
						)}
						{adding && (
							<AddNotice
								onClose={() => setAdding(false)}
								onDone={() => {
									setAdding(false);
									again();
								}}
							/>
						)}
					</>
				)}
			</Loaded>
			{shown && <ShowNotice notice={shown} onClose={() => setShown(null)} />}
		</>
	);
}
