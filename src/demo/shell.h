/* SPDX-License-Identifier: Apache-2.0 */
/* shell.h - a line as a visitor would type it, really run. */
#ifndef DEMO_SHELL_H
#define DEMO_SHELL_H

#include "base/base.h"

struct shell_result {
	int code;	/* exit code; 128 and more: a signal ended it */
	struct buf out; /* what it wrote; freed by the caller */
	struct buf err;
};

/*
 * `line` through /bin/sh in `folder`, with this program's folder first on the path, so that "tanu"
 * is this very program. Standard input is empty.
 */
tanu_status shell_run(struct shell_result *out, const char *folder, const char *line,
		      tanu_error *err);
void shell_result_free(struct shell_result *result);
/* Is there a program of this name? */
bool shell_has(const char *name);

#endif
