/* SPDX-License-Identifier: Apache-2.0 */
/* gate_pad_test.h - (inside cli/) trials of a pad-test: numbers, a CSV file of them, and rates. */
#ifndef CLI_GATE_PAD_TEST_H
#define CLI_GATE_PAD_TEST_H

#include "cli/run.h"
#include "device/camera.h"
#include "liveness/liveness.h"
#include "track/track.h"

#define PAD_SPECIES_LEN 48

struct pad_row {
	int64_t at_ms; /* Unix, UTC */
	char species[PAD_SPECIES_LEN];
	bool seen; /* a face stood before the camera */
	int64_t decided_ms;
	struct liveness_result result; /* of a row that was read: state, reason, frames */
};

struct pad_rows {
	struct pad_row *row;
	size_t len, cap;
};

tanu_status pad_rows_add(struct pad_rows *rows, const struct pad_row *row, tanu_error *err);
/* A missing file is an empty one. TANU_INPUT (csv) for one that is no such file. */
tanu_status pad_rows_load(struct pad_rows *rows, const char *path, tanu_error *err);
tanu_status pad_rows_save(const struct pad_rows *rows, const char *path, tanu_error *err);
void pad_rows_free(struct pad_rows *rows);
/* By species: words, JSON, and the exit code. */
void pad_rows_tell(struct run *run, const struct pad_rows *rows);

#endif
