/* SPDX-License-Identifier: Apache-2.0 */
/* resample.h - (inside eval/) drawing people with replacement, and what the draws agree on. */
#ifndef EVAL_RESAMPLE_H
#define EVAL_RESAMPLE_H

#include "eval/eval.h"

/* How often each of `people` comes in a draw of as many; `state` moves on. */
void resample_people(uint32_t *weight, size_t people, uint64_t *state);
/* The state of the n-th draw, so that draws can be made side by side. */
uint64_t resample_seed(uint64_t seed, size_t n);
/* Central interval of those values that are numbers; reorders them. NaN where there are none. */
struct interval resample_interval(double *values, size_t len, double confidence);

#endif
