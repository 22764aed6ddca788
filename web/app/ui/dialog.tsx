// SPDX-License-Identifier: Apache-2.0
// A question that has to be answered before anything else. The browser keeps the keyboard inside and
// gives it back.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

export function Dialog({ title, onClose, children, wide }: {
	readonly title: string; readonly onClose: () => void; readonly children: ComponentChildren; readonly wide?: boolean;
}) {
	const ref = useRef<HTMLDialogElement>(null);
	const id = useId();
	useEffect(() => {
		const before = document.activeElement;
		ref.current?.showModal();
		return () => {
			if (before instanceof HTMLElement) before.focus();
		};
	}, []);
	return (
		<dialog
			ref={ref} class={wide ? "dialog wide" : "dialog"} aria-labelledby={id}
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
		>
			<h2 id={id}>{title}</h2>
			{children}
		</dialog>
	);
}
