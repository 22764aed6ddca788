/* SPDX-License-Identifier: Apache-2.0 */
/* recovery.h - (inside cli/) the file in which the holder keeps her half of a recovery key. */
#ifndef CLI_RECOVERY_H
#define CLI_RECOVERY_H

#include "cli/run.h"

struct holder_file {
	char code[RECOVERY_CODE_LEN];
	char site[128];
	int64_t from_ms; /* when period 0 began; 0: the file has only the code */
	int days;	 /* of a period; 0 likewise */
};

/* A file that holder_write has made, or one with the code alone, as it was typed from paper. */
tanu_status holder_read(struct holder_file *out, const char *path, tanu_error *err);
tanu_status holder_write(const struct holder_file *holder, const char *path, tanu_error *err);
/* The first day of a period; the day on which the holder turns past it. */
int64_t period_begin_ms(int64_t from_ms, int days, uint32_t period);
int64_t period_turn_ms(int64_t from_ms, int days, uint32_t period);

#endif
