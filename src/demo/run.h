/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - what the parts of the demo share: the temporary site, the transcript, the report's rows.
 */
#ifndef DEMO_RUN_H
#define DEMO_RUN_H

#include "demo/demo.h"
#include "demo/sheet.h"
#include "service/service.h"

#include <limits.h>

#define DEMO_PATH   512 /* bytes of a path in the temporary folder */
#define DEMO_OTHERS 3	/* strangers who enrol too, so that "the others still open" can be shown */
#define DEMO_SCORES 128 /* rows of the score table */
#define DEMO_THEFTS 8
#define DEMO_WIDTH  93 /* columns of a line of shell */
/* Of the photographs of one man at least this share must match; none of a stranger may. */
#define DEMO_MATCH_SHARE 0.9

struct demo_score {
	char photo[DEMO_PATH];
	bool same;	    /* shows the enrolled man */
	tanu_status status; /* refused before comparison: negative */
	char why[128];
	tanu_decision decision;
};

struct demo_theft {
	const char *what;     /* what the thief holds */
	const char *expected; /* "nothing opens" */
	char seen[256];
	bool right;
};

struct demo {
	const struct demo_options *options;
	char dir[DEMO_PATH]; /* temporary folder: site, photos, thief's copies */
	char site[DEMO_PATH];
	struct service *service;
	tanu_id man;
	tanu_id other[DEMO_OTHERS];
	char man_photo[DEMO_PATH];
	char other_photo[DEMO_OTHERS][DEMO_PATH];
	int64_t start_ns;
	bool all_right;
	uint64_t embeddings, permits;
	size_t scores_len;
	struct demo_score scores[DEMO_SCORES];
	size_t thefts_len;
	struct demo_theft thefts[DEMO_THEFTS];
};

/* The transcript: a heading, a command as a user would type it, what came out, a checked outcome.
 */
void tell_heading(const struct demo *d, const char *text);
void tell_command(const struct demo *d, const char *fmt, ...) TANU_PRINTF(2, 3);
void tell(const struct demo *d, const char *fmt, ...) TANU_PRINTF(2, 3);
/* A line of shell, folded where it is long. */
void tell_shell(const struct demo *d, const char *line);
/* A line that begins something. */
void tell_bold(const struct demo *d, const char *fmt, ...) TANU_PRINTF(2, 3);
/* "ok" or "WRONG" before the sentence, with the seconds since the start; WRONG fails the demo. */
void tell_outcome(struct demo *d, bool right, const char *fmt, ...) TANU_PRINTF(3, 4);

/* What to put behind a stated FMR. */
static inline const char *demo_extrapolated(const tanu_decision *decision)
{
	return decision->extrapolated ? " (extrapolated)" : "";
}

tanu_status demo_open_site(struct demo *d, tanu_error *err);
tanu_status demo_verify(struct demo *d, struct verify_result *out, const tanu_id *subject,
			const char *photo, tanu_error *err);

tanu_status demo_lane(struct demo *d, tanu_error *err);
tanu_status demo_steal(struct demo *d, tanu_error *err);
tanu_status demo_camera(struct demo *d, tanu_error *err);
tanu_status demo_report(struct demo *d, tanu_error *err);

#endif
