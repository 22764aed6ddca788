// SPDX-License-Identifier: Apache-2.0
// Elements made of text only: nothing of a receipt is ever read as HTML.

type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | number>>;

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
	element.append(...children.filter((child) => child !== null));
	return element;
}

export function el<K extends keyof HTMLElementTagNameMap>(
	tag: K, attributes: Attributes = {}, ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
	return fill(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
	tag: K, attributes: Attributes = {}, ...children: readonly Child[]
): SVGElementTagNameMap[K] {
	return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}
