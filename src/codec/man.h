/* SPDX-License-Identifier: Apache-2.0 */
/* man.h - man pages in the man(7) macros, for programs that draw theirs from their tables. */
#ifndef CODEC_MAN_H
#define CODEC_MAN_H

#include "base/base.h"

/* Title and NAME; `page` "tanu-gate", its section, and what it is in a few words. */
void man_head(struct buf *out, const char *page, int section, const char *brief,
	      const char *version);
/* Text in roff: backslashes, dashes that must stay dashes, lines that look like requests. */
void man_text(struct buf *out, const char *text);
/* Likewise; paragraphs are parted by empty lines. */
void man_paragraphs(struct buf *out, const char *text);
/* A term and what it means; `value` of it may be NULL. */
void man_term(struct buf *out, const char *term, const char *value, const char *help);
/* EXIT STATUS, as all programs have it. */
void man_exits(struct buf *out);
/* A setting, with kind, bounds, unit and default. */
void man_setting(struct buf *out, const struct setting_row *row);

#endif
