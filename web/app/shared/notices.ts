// SPDX-License-Identifier: Apache-2.0
// Which notice is shown to whom.

import type { Notice } from "contract";
import type { Language } from "../words/language";

/** As the shipped texts are named (docs/consent.md). */
const CHILDREN = /children/;

export function isForChildren(notice: Notice): boolean {
	return CHILDREN.test(notice.version);
}

function newestFirst(a: Notice, b: Notice): number {
	return b.added_ms - a.added_ms;
}

/** The newest in this language, else in any; undefined where the site has none. */
export function noticeFor(notices: readonly Notice[], language: Language, children: boolean): Notice | undefined {
	const kind = notices.filter((one) => isForChildren(one) === children).sort(newestFirst);
	return kind.find((one) => one.language === language) ?? kind[0];
}
