/* SPDX-License-Identifier: Apache-2.0 */
/* people.h - made-up references for the programs of bench/, the same on every machine. */
#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H

#include <string.h>
#include <tanu/match.h>

#define PEOPLE_ALIKE 16 /* who follow one another and look alike */

struct people {
	uint64_t seed;
	size_t drawn;
	int8_t everybody[TANU_FEATURES]; /* what all have in common */
	int8_t family[TANU_FEATURES];	 /* what those who look alike have in common */
};

static inline void people_bytes(int8_t v[TANU_FEATURES], uint64_t *seed)
{
	for (size_t i = 0; i < TANU_FEATURES; i += sizeof(*seed)) {
		*seed ^= *seed << 13;
		*seed ^= *seed >> 7;
		*seed ^= *seed << 17;
		memcpy(v + i, seed, sizeof(*seed));
	}
}

static inline void people_start(struct people *p)
{
	p->seed = 88172645463325252u;
	p->drawn = 0;
	people_bytes(p->everybody, &p->seed);
}

/* Somebody of the present family: a score of about 0.8 with its members, 0.2 with all others. */
static inline void people_relative(struct people *p, tanu_reference *out)
{
	int8_t own[TANU_FEATURES];

	memset(out, 0, sizeof(*out));
	out->scale = 1.0f;
	people_bytes(own, &p->seed);
	for (size_t k = 0; k < TANU_FEATURES; k++)
		out->v[k] = (int8_t)((p->everybody[k] + 2 * p->family[k] + own[k]) / 4);
}

/* The next one; every PEOPLE_ALIKE a new family begins. */
static inline void people_next(struct people *p, tanu_reference *out)
{
	if (p->drawn++ % PEOPLE_ALIKE == 0)
		people_bytes(p->family, &p->seed);
	people_relative(p, out);
}

/* Somebody without a family. */
static inline void people_stranger(struct people *p, tanu_reference *out)
{
	people_bytes(p->family, &p->seed);
	people_relative(p, out);
}

/* No face at all. */
static inline void people_random(struct people *p, tanu_reference *out)
{
	memset(out, 0, sizeof(*out));
	out->scale = 1.0f;
	people_bytes(out->v, &p->seed);
}

#endif
