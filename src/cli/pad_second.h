/* SPDX-License-Identifier: Apache-2.0 */
/* pad_second.h - inside cli/ only: a second camera of a trial, in step with the first one. */
#ifndef CLI_PAD_SECOND_H
#define CLI_PAD_SECOND_H

#include "cli/run.h"
#include "device/camera.h"
#include "sight/second.h"

struct pad_second {
	const char *source; /* NULL: there is none */
	enum second_kind kind;
	struct second_view view;
	float unit_mm;
	struct camera camera;
	struct second second;
	bool film, ended; /* a film has its own time, as the first camera's */
	int64_t at_ms;
};

/* Its options: --infrared, --infrared-view, or --depth and so on. */
tanu_status pad_second_read(struct pad_second *out, enum second_kind kind, const struct args *args,
			    bool film, tanu_error *err);
/* For one trial. */
tanu_status pad_second_open(struct pad_second *s, tanu_engine *engine, tanu_error *err);
void pad_second_close(struct pad_second *s);
/* What it shows when the first camera's time is `at_ms`. */
tanu_status pad_second_until(struct pad_second *s, int64_t at_ms, tanu_error *err);

#endif
