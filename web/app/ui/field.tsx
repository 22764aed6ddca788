// SPDX-License-Identifier: Apache-2.0
// Things to fill in, each with its label, its hint and its own error.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
	readonly label: string;
	readonly value: string;
	readonly onValue: (value: string) => void;
	readonly hint?: string | undefined;
	readonly error?: string | undefined;
	readonly type?: "text" | "password" | "date" | "search" | "number";
	readonly autocomplete?: string;
	readonly numeric?: boolean;
	readonly required?: boolean;
	readonly max?: string;
	readonly min?: string;
	readonly maxLength?: number;
	readonly autofocus?: boolean;
	readonly lines?: number;
}

function describedBy(id: string, hint: unknown, error: unknown): string | undefined {
	const ids = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter((one) => one !== "");
	return ids.length > 0 ? ids.join(" ") : undefined;
}

export function Field(props: FieldProps) {
	const { label, value, onValue, hint, error, type = "text", autocomplete, numeric, required, lines } = props;
	const id = useId();
	const common = {
		id, value, required,
		"aria-invalid": error ? ("true" as const) : undefined,
		"aria-describedby": describedBy(id, hint, error),
		maxLength: props.maxLength,
		autocomplete: autocomplete ?? "off",
		spellcheck: false,
	};
	return (
		<div class="field">
			<label for={id}>{label}</label>
			{hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
			{lines ? (
				<textarea {...common} rows={lines} onInput={(event) => onValue(event.currentTarget.value)} />
			) : (
				<input
					{...common} type={type} inputMode={numeric ? "numeric" : undefined} autofocus={props.autofocus}
					min={props.min} max={props.max} onInput={(event) => onValue(event.currentTarget.value)}
				/>
			)}
			{error && <p class="error" id={`${id}-error`}>{error}</p>}
		</div>
	);
}

export interface Choice<T extends string> {
	readonly value: T;
	readonly label: string;
	readonly hint?: string;
}

/** One of a few, all of them seen at once. */
export function Choose<T extends string>({ label, choices, value, onValue }: {
	readonly label: string; readonly choices: readonly Choice<T>[]; readonly value: T | ""; readonly onValue: (value: T) => void;
}) {
	const name = useId();
	return (
		<fieldset class="choose">
			<legend>{label}</legend>
			{choices.map((one) => (
				<label key={one.value} class="choice">
					<input type="radio" name={name} value={one.value} checked={one.value === value} onChange={() => onValue(one.value)} />
					<span>
						{one.label}
						{one.hint && <small>{one.hint}</small>}
					</span>
				</label>
			))}
		</fieldset>
	);
}

/** Any of a few. */
export function Tick<T extends string>({ label, choices, values, onValues }: {
	readonly label: string; readonly choices: readonly Choice<T>[]; readonly values: readonly T[]; readonly onValues: (values: readonly T[]) => void;
}) {
	return (
		<fieldset class="choose">
			<legend>{label}</legend>
			{choices.map((one) => (
				<label key={one.value} class="choice">
					<input
						type="checkbox" value={one.value} checked={values.includes(one.value)}
						onChange={(event) =>
							onValues(event.currentTarget.checked ? [...values, one.value] : values.filter((value) => value !== one.value))}
					/>
					<span>
						{one.label}
						{one.hint && <small>{one.hint}</small>}
					</span>
				</label>
			))}
		</fieldset>
	);
}

export function Check({ checked, onChecked, children }: {
	readonly checked: boolean; readonly onChecked: (checked: boolean) => void; readonly children: ComponentChildren;
}) {
	return (
		<label class="choice alone">
			<input type="checkbox" checked={checked} onChange={(event) => onChecked(event.currentTarget.checked)} />
			<span>{children}</span>
		</label>
	);
}

export function Form({ onSubmit, children }: { readonly onSubmit: () => void; readonly children: ComponentChildren }) {
	return (
		<form
			class="form" noValidate
			onSubmit={(event) => {
				event.preventDefault();
				onSubmit();
			}}
		>
			{children}
		</form>
	);
}
