/* SPDX-License-Identifier: Apache-2.0 */
/* crowd.h - made-up people of a site whose references are as alike as a test wants them. */
#ifndef TESTS_SERVICE_CROWD_H
#define TESTS_SERVICE_CROWD_H

#include "service/site.h"

#define ACCESS	    TANU_PURPOSE_ACCESS
#define CALIBRATION TANU_PURPOSE_CALIBRATION

/*
 * A reference of the present model: `share` (0 to 1) of it is what all of this family have in
 * common, the rest her own. Two of a family score about share squared over share squared plus
 * (1 - share) squared.
 */
tanu_reference family_reference(struct site *site, uint32_t seed, float share);
/* Somebody with these purposes, enrolled so. */
tanu_id enrolled(struct site *site, const char *name, unsigned purposes, uint32_t seed,
		 float share);
tanu_id enrol_as(struct site *site, const tanu_id *subject, uint32_t seed, float share);

/* How many events of this type stand in her history. */
size_t events_of(struct site *site, const tanu_id *subject, tanu_event type);
bool is_enrolled(struct site *site, const tanu_id *subject);
bool needs_second_factor(struct site *site, const tanu_id *subject);

#endif
