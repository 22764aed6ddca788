/* SPDX-License-Identifier: Apache-2.0 */
/* guardian.h - (inside cli/) what the verbs about guardians have in common. */
#ifndef CLI_GUARDIAN_H
#define CLI_GUARDIAN_H

#include "cli/run.h"

#define OPERAND_CHILD                                                                   \
	{                                                                               \
		"CHILD", VALUE_WORD, 1, 1,                                              \
		    "The minor: her id, at least its first 6 digits, or her exact name" \
	}
#define OPERAND_GUARDIAN                                               \
	{                                                              \
		"GUARDIAN", VALUE_WORD, 1, 1, "The guardian, likewise" \
	}

/* Opens the site and finds both operands. */
tanu_status run_family(struct run *run, tanu_id *child, tanu_id *guardian, tanu_error *err);

#endif
