// SPDX-License-Identifier: Apache-2.0
// Settings, drawn from the table that the programs themselves use.

import type { Setting } from "contract";
import { useState } from "preact/hooks";
import { call, tagOf } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { hasRole, useSession } from "../api/session";
import { Choose, Field, Form } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, Heading, Section, Tag } from "../ui/parts";
import { Empty, Loaded, ProblemNote } from "../ui/states";
import { useSpeech } from "../words/context";
import type { Speech } from "../words/speech";

function boundsOf({ min, max }: Setting, number: (n: number) => string): string {
	if (min === undefined && max === undefined) return "";
	return `${min === undefined ? "" : number(min)} – ${max === undefined ? "" : number(max)}`;
}

function Edit({ setting, onClose, onDone }: { readonly setting: Setting; readonly onClose: () => void; readonly onDone: (now: Setting) => void }) {
	const { say, number } = useSpeech();
	const [value, setValue] = useState(setting.value);
	const save = useAct(async () => {
		const tag = tagOf("settings_list");
		onDone(await call("setting_set", { path: { name: setting.name }, body: { value: value.trim() }, ...(tag ? { ifMatch: tag } : {}) }));
	});
	const bounds = boundsOf(setting, number);
	const hint = [setting.unit ?? "", bounds, say("settings.default", setting.default === "" ? "–" : setting.default)].filter((part) => part !== "").join(" · ");
	return (
		<Form onSubmit={save.run}>
			{setting.kind === "bool" ? (
				<Choose
					label={setting.name} value={value} onValue={setValue}
					choices={[{ value: "true", label: say("settings.on") }, { value: "false", label: say("settings.off") }]}
				/>
			) : (
				<Field label={setting.name} hint={hint} value={value} onValue={setValue} maxLength={255} autofocus />
			)}
			<ProblemNote problem={save.problem} />
			<div class="actions">
				<Button kind="main" submit busy={save.busy} disabled={value === setting.value}>{say("do.store")}</Button>
				<Button kind="quiet" onPress={onClose}>{say("do.cancel")}</Button>
			</div>
		</Form>
	);
}

const QUALITY = /^quality\.(door|enrol)\.(.+)$/;

/** What a setting is for, in the reader's language; one that is newer than this page in the server's words. */
function settingHelp({ say, has }: Speech, { name, help }: Setting): string {
	const [, use, measure] = QUALITY.exec(name) ?? [];
	if (use && has(`setting.quality.${measure}`)) return say(`setting.quality.${use}`, say(`setting.quality.${measure}`));
	return has(`setting.${name}`) ? say(`setting.${name}`) : help;
}

function SettingRow({ setting, mayEdit, onChanged }: { readonly setting: Setting; readonly mayEdit: boolean; readonly onChanged: () => void }) {
	const speech = useSpeech();
	const { say } = speech;
	const [editing, setEditing] = useState(false);
	const [waits, setWaits] = useState(false);
	const isChanged = setting.value !== setting.default;
	return (
		<li class="setting">
			<div class="setting-head">
				<b class="code">{setting.name}</b>
				<span class="setting-value">
					{setting.value === "" ? "–" : setting.value} {setting.unit}
					{isChanged && <Tag>{say("settings.changed")}</Tag>}
				</span>
			</div>
			<p class="hint">{settingHelp(speech, setting)}</p>
			{waits && <p class="note warn" role="status">{say("settings.restart")}</p>}
			{editing ? (
				<Edit
					setting={setting} onClose={() => setEditing(false)}
					onDone={(now) => {
						setEditing(false);
						setWaits(now.restart === true);
						onChanged();
					}}
				/>
			) : (
				mayEdit && <Button kind="quiet" onPress={() => setEditing(true)} label={`${say("do.change")}: ${setting.name}`}>{say("do.change")}</Button>
			)}
		</li>
	);
}

function groupsOf(settings: readonly Setting[]): readonly (readonly [string, readonly Setting[]])[] {
	const groups = new Map<string, Setting[]>();
	for (const one of settings) {
		const word = one.name.split(".")[0]!;
		groups.set(word, [...(groups.get(word) ?? []), one]);
	}
	return [...groups];
}

export function Settings() {
	const speech = useSpeech();
	const { say } = speech;
	const { session } = useSession();
	const [q, setQ] = useState("");
	const load = useLoad((signal) => call("settings_list", { signal }), []);
	const mayEdit = hasRole(session, "administrator");
	return (
		<>
			<Heading title={say("nav.settings")} sub={say(mayEdit ? "settings.lead" : "settings.lead.read")} />
			<form role="search" class="search" onSubmit={(event) => event.preventDefault()}>
				<Icon name="search" />
				<input type="search" value={q} aria-label={say("settings.search")} placeholder={say("settings.search")} onInput={(event) => setQ(event.currentTarget.value)} />
			</form>
			<Loaded load={load}>
				{({ items }, again) => {
					const wanted = items.filter((one) => `${one.name} ${settingHelp(speech, one)}`.toLowerCase().includes(q.trim().toLowerCase()));
					if (wanted.length === 0) return <Empty icon="search" title={say("settings.none")} />;
					return groupsOf(wanted).map(([word, group]) => (
						<Section key={word} title={say(`settings.group.${word}`)}>
							<ul class="rows">
								{group.map((one) => <SettingRow key={one.name} setting={one} mayEdit={mayEdit} onChanged={again} />)}
							</ul>
						</Section>
					));
				}}
			</Loaded>
		</>
	);
}
