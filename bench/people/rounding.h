/* SPDX-License-Identifier: Apache-2.0 */
/* rounding.h - for bench_face_reference4: ways to write features in few bits, and read them. */
#ifndef BENCH_ROUNDING_H
#define BENCH_ROUNDING_H

#include <tanu/match.h>

struct rounding {
	const char *name;
	size_t bytes; /* for the features and what they are scaled with */
	/* What is left of unit features after writing and reading; any length. */
	void (*round)(tanu_embedding *out, const tanu_embedding *in);
};
extern const struct rounding roundings[]; /* closed by a name of NULL */

/* The two that are in the library. */
void round_8_bits(tanu_embedding *out, const tanu_embedding *in);
void round_4_bits(tanu_embedding *out, const tanu_embedding *in);

#endif
