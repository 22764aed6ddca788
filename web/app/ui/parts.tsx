// SPDX-License-Identifier: Apache-2.0
// Buttons, links, headings, facts: the small things that every screen is made of.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon";

type Kind = "main" | "plain" | "quiet" | "grave";

interface ButtonProps {
	readonly children: ComponentChildren;
	readonly kind?: Kind;
	readonly icon?: IconName | undefined;
	readonly busy?: boolean;
	readonly disabled?: boolean;
	readonly submit?: boolean;
	readonly onPress?: () => void;
	readonly pressed?: boolean;
	readonly expanded?: boolean;
	readonly id?: string;
	readonly label?: string;
	readonly lang?: string;
}

export function Button({ children, kind = "plain", icon, busy, disabled, submit, onPress, pressed, expanded, id, label, lang }: ButtonProps) {
	return (
		<button
			type={submit ? "submit" : "button"} class={`button ${kind}`} id={id} lang={lang} aria-label={label}
			disabled={disabled} aria-disabled={busy ? "true" : undefined} aria-pressed={pressed} aria-expanded={expanded}
			onClick={() => !busy && onPress?.()}
		>
			{busy ? <span class="turning" aria-hidden="true" /> : icon && <Icon name={icon} />}
			<span>{children}</span>
		</button>
	);
}

export function ButtonLink({ href, children, kind = "plain", icon }: {
	readonly href: string; readonly children: ComponentChildren; readonly kind?: Kind; readonly icon?: IconName;
}) {
	return (
		<a class={`button ${kind}`} href={href}>
			{icon && <Icon name={icon} />}
			<span>{children}</span>
		</a>
	);
}

let screens = 0;

/** The heading of a screen: the title of the tab, and where the keyboard and the reader go next. */
export function Heading({ children, title, sub, actions }: {
	readonly children?: ComponentChildren; readonly title: string; readonly sub?: ComponentChildren; readonly actions?: ComponentChildren;
}) {
	const ref = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (screens++ > 0) ref.current?.focus({ preventScroll: true });
		scrollTo(0, 0);
	}, []);
	useEffect(() => {
		document.title = `${title} · Tanu`;
	}, [title]);
	return (
		<header class="heading">
			<div>
				<h1 tabIndex={-1} ref={ref}>{title}</h1>
				{sub && <p class="lead">{sub}</p>}
				{children}
			</div>
			{actions && <div class="actions">{actions}</div>}
		</header>
	);
}

export function Section({ title, children, actions, id, tone }: {
	readonly title?: string; readonly children: ComponentChildren; readonly actions?: ComponentChildren; readonly id?: string;
	readonly tone?: "warn" | undefined;
}) {
	return (
		<section class={`section ${tone ?? ""}`} id={id}>
			{(title || actions) && (
				<div class="section-head">
					{title && <h2>{title}</h2>}
					{actions && <div class="actions">{actions}</div>}
				</div>
			)}
			{children}
		</section>
	);
}

export function Facts({ children }: { readonly children: ComponentChildren }) {
	return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
	return (
		<div>
			<dt>{name}</dt>
			<dd>{children}</dd>
		</div>
	);
}

export type Tone = "good" | "warn" | "calm" | "off" | "grave";

/** A state in a word; the colour says nothing that the word does not. */
export function Tag({ tone = "calm", children }: { readonly tone?: Tone; readonly children: ComponentChildren }) {
	return <span class={`tag ${tone}`}>{children}</span>;
}

export function Hint({ children }: { readonly children: ComponentChildren }) {
	return <p class="hint">{children}</p>;
}

/** Spoken by screen readers when it changes. */
export function Live({ children }: { readonly children: ComponentChildren }) {
	return <div class="live" role="status" aria-live="polite">{children}</div>;
}
