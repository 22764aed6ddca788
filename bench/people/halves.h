/* SPDX-License-Identifier: Apache-2.0 */
/*
 * halves.h - for programs of bench/: the people of LFW View 1 in two halves, so that what was tuned
 * on one is reported on the other. A person tunes when the first bit of the SHA-256 of the name is
 * 0.
 */
#ifndef BENCH_HALVES_H
#define BENCH_HALVES_H

#include "eval/eval.h"
#include "face/face.h"

#define BENCH_WORKERS 2

struct halves {
	char folder[1024];
	struct name_list photos; /* "PERSON/PHOTO" */
	struct name_list people;
	size_t *person; /* of each photograph */
	bool *tuning;	/* likewise */
	char *gender;	/* likewise: 'f', 'm', or 0 where the file of labels says nothing */
	tanu_engine *engine;
	tanu_session *session[BENCH_WORKERS];
};

/* False, with a line printed, where the data is absent; `err` says what else is wrong. */
bool halves_open(struct halves *out, const tanu_session_options *options, tanu_error *err);
void halves_close(struct halves *h);

/* One photograph, its pixels the caller's to change; its chosen face is measured. */
struct look {
	struct halves *halves;
	tanu_session *session;
	size_t photo;
	tanu_image *image;
	tanu_pixels pixels;
	tanu_faces faces;
	const tanu_face *face;
	void *self;
};
/*
 * `each` for every photograph that shows a face, on BENCH_WORKERS threads; of one half only where
 * `half` is not NULL: its value says which (true: tuning).
 */
tanu_status halves_look(struct halves *h, const bool *half,
			tanu_status (*each)(struct look *look, tanu_error *err), void *self,
			tanu_error *err);

#endif
