// SPDX-License-Identifier: Apache-2.0
// Signed forms that come back: each scan is sorted to its form by the code on it, somebody looks at
// what is ticked, and says so. No program reads ticks.

import type { Form, Purpose, Subject } from "contract";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, newAct, type Answer } from "../api/call";
import { useAct, useLoad } from "../api/load";
import { asProblem, OFFLINE, type Problem } from "../api/problem";
import { Check, Choose } from "../ui/field";
import { Icon } from "../ui/icon";
import { Button, Heading, Section, Tag } from "../ui/parts";
import { linkTo } from "../ui/route";
import { Loaded, ProblemNote, tellProblem } from "../ui/states";
import { useSpeech } from "../words/context";
import { nameOf } from "./people";

type Page = Pick<Answer<"scan_read">, "scan" | "page"> & { readonly picture: string };
interface Pile {
	readonly form: Form;
	readonly pages: readonly Page[];
}
interface Stray {
	readonly file: string;
	readonly problem: Problem;
}
type Ticked = "yes" | "no" | "open";

const TICKS: readonly Ticked[] = ["yes", "no", "open"];

function withPage(piles: readonly Pile[], form: Form, page: Page): readonly Pile[] {
	const before = piles.find((pile) => pile.form.form === form.form);
	if (!before) return [...piles, { form, pages: [page] }];
	if (before.pages.some(({ scan }) => scan === page.scan)) return piles;
	const pages = [...before.pages, page].sort((a, b) => a.page - b.page);
	return piles.map((pile) => (pile === before ? { form, pages } : pile));
}

function Pages({ pile }: { readonly pile: Pile }) {
	const { say } = useSpeech();
	return (
		<ul class="scans">
			{pile.pages.map(({ scan, page, picture }) => (
				<li key={scan}>
					<a href={picture} target="_blank" rel="noopener">
						<img src={picture} alt={say("scan.page", page, pile.form.pages)} />
						<span>{say("scan.page", page, pile.form.pages)}</span>
					</a>
				</li>
			))}
		</ul>
	);
}

/** What keeps this form from being recorded; "": nothing does. */
function hindrance({ form, pages }: Pile): "" | "scan.answered" | "scan.ended" | "scan.last-missing" {
	if (form.state !== "open") return form.state === "answered" ? "scan.answered" : "scan.ended";
	return pages.some(({ page }) => page === form.pages) ? "" : "scan.last-missing";
}

function Ticks({ pile, onDone }: { readonly pile: Pile; readonly onDone: (form: Form) => void }) {
	const { say, cap } = useSpeech();
	const [ticked, setTicked] = useState<Partial<Record<Purpose, Ticked>>>({});
	const [assent, setAssent] = useState(false);
	const [keep, setKeep] = useState(false);
	const [act, setAct] = useState(newAct);
	useEffect(() => setAct(newAct()), [ticked, assent, keep, pile.pages]);
	const { form } = pile;
	const said = (what: Ticked) => form.waits.filter((purpose) => ticked[purpose] === what);
	const [yes, no] = [said("yes"), said("no")];
	const record = useAct(async () => {
		const answer = await call("form_answer", {
			path: { subject: form.subject, form: form.form }, act,
			body: {
				scans: pile.pages.map(({ scan }) => scan), keep,
				...(yes.length > 0 ? { yes } : {}), ...(no.length > 0 ? { no } : {}),
				...(form.assent ? { assent } : {}),
			},
		});
		onDone(answer.form);
	});
	return (
		<div class="form ticks">
			{form.waits.map((purpose) => (
				<Choose
					key={purpose} label={cap(say(`purpose.${purpose}`))} value={ticked[purpose] ?? ""}
					onValue={(value) => setTicked({ ...ticked, [purpose]: value })}
					choices={TICKS.map((value) => ({ value, label: say(`scan.ticked.${value}`) }))}
				/>
			))}
			{form.assent && <Check checked={assent} onChecked={setAssent}>{say("scan.assent")}</Check>}
			<Check checked={keep} onChecked={setKeep}>{say("scan.keep")}</Check>
			<ProblemNote problem={record.problem} />
			<div class="actions">
				<Button
					kind="main" onPress={record.run} busy={record.busy}
					disabled={yes.length + no.length === 0 || form.waits.some((purpose) => ticked[purpose] === undefined)}
				>
					{say("scan.record")}
				</Button>
			</div>
		</div>
	);
}

function PileTitle({ form, subject }: { readonly form: Form; readonly subject: Subject }) {
	const { say, date } = useSpeech();
	return (
		<p>
			<a href={linkTo("people", subject.id)}>{nameOf(subject, say("person.nameless"))}</a>
			{subject.born && <span class="small"> · {date(subject.born)}</span>}
			<span class="small"> · {say(form.by === "guardian" ? "scan.by.guardian" : "scan.by.self")}</span>
		</p>
	);
}

function PileView({ pile, recorded, onDone }: { readonly pile: Pile; readonly recorded: boolean; readonly onDone: (form: Form) => void }) {
	const { say, cap } = useSpeech();
	const { form } = pile;
	const load = useLoad((signal) => call("subject_get", { path: { subject: form.subject }, signal }), [form.subject]);
	const why = hindrance(pile);
	return (
		<Section title={form.form} actions={<Tag tone={recorded ? "good" : why === "" ? "off" : "warn"}>{say(recorded ? "scan.recorded" : why === "" ? "scan.waits" : why)}</Tag>}>
			<Loaded load={load}>{(subject) => <PileTitle form={form} subject={subject} />}</Loaded>
			<Pages pile={pile} />
			{recorded && (
				<p role="status">
					{[...form.given.map((one) => `${cap(say(`purpose.${one}`))}: ${say("scan.ticked.yes")}`),
						...form.refused.map((one) => `${cap(say(`purpose.${one}`))}: ${say("scan.ticked.no")}`)].join(" · ")}
				</p>
			)}
			{!recorded && why === "" && <Ticks pile={pile} onDone={onDone} />}
		</Section>
	);
}

export function Scans() {
	const speech = useSpeech();
	const { say, count } = speech;
	const [piles, setPiles] = useState<readonly Pile[]>([]);
	const [strays, setStrays] = useState<readonly Stray[]>([]);
	const [recorded, setRecorded] = useState<ReadonlySet<string>>(new Set());
	const [progress, setProgress] = useState<{ readonly done: number; readonly total: number } | null>(null);
	const pictures = useRef<string[]>([]);
	useEffect(() => () => pictures.current.forEach((one) => URL.revokeObjectURL(one)), []);
	const read = async (file: File) => {
		try {
			const { scan, page, form } = await call("scan_read", { body: file });
			const picture = URL.createObjectURL(file);
			pictures.current.push(picture);
			setPiles((before) => withPage(before, form, { scan, page, picture }));
		} catch (error) {
			const problem = asProblem(error);
			if (problem.code === OFFLINE) throw problem; // of all that follow as well
			setStrays((before) => [...before, { file: file.name, problem }]);
		}
	};
	const take = useAct(async (files: readonly File[]) => {
		setStrays([]);
		try {
			for (const [at, file] of files.entries()) {
				setProgress({ done: at, total: files.length });
				await read(file);
			}
		} finally {
			setProgress(null);
		}
	});
	const done = (form: Form) => {
		setPiles((before) => before.map((pile) => (pile.form.form === form.form ? { ...pile, form } : pile)));
		setRecorded((before) => new Set([...before, form.form]));
	};
	return (
		<>
			<a class="back" href={linkTo("people")}><Icon name="back" />{say("nav.people")}</a>
			<Heading title={say("scan.title")} sub={say("scan.lead")} />
			<Section>
				<p>{say("scan.how")}</p>
				<label class="file">
					<input
						type="file" accept="image/jpeg,image/png" multiple disabled={take.busy}
						onChange={(event) => {
							const files = [...(event.currentTarget.files ?? [])];
							event.currentTarget.value = "";
							if (files.length > 0) take.run(files);
						}}
					/>
					<span><Icon name="paper" />{say("scan.choose")}</span>
				</label>
				{progress && (
					<p role="status">
						<progress value={progress.done} max={progress.total} aria-label={say("scan.reading")} /> {say("scan.progress", progress.done + 1, progress.total)}
					</p>
				)}
				<ProblemNote problem={take.problem} />
				{strays.length > 0 && (
					<div class="note problem" role="alert">
						<p><b>{count("scan.strays", strays.length)}</b></p>
						<ul>{strays.map(({ file, problem }, at) => <li key={at}>{file}: {tellProblem(speech, problem)}</li>)}</ul>
					</div>
				)}
			</Section>
			{piles.map((pile) => <PileView key={pile.form.form} pile={pile} recorded={recorded.has(pile.form.form)} onDone={done} />)}
		</>
	);
}
