/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - (inside eval/) the look of a report. */
#ifndef EVAL_PAGE_H
#define EVAL_PAGE_H

extern const char page_style[];

#endif
