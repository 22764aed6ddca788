/* SPDX-License-Identifier: Apache-2.0 */
/* quantile.h - inside liveness/ only: numbers over frames. */
#ifndef LIVENESS_QUANTILE_H
#define LIVENESS_QUANTILE_H

#include <stddef.h>

/* The value below which that share lies; sorts them. NAN without values. */
float quantile(float *values, size_t len, float share);
/* Median distance from the median; likewise. */
float deviation_of(float *values, size_t len);

#endif
