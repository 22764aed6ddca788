/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.h - seventy days of a site, played in a moment with a clock that is handed in, so that
 * months are over and a sealed disclosure is due: what "forge it" attacks copies of.
 */
#ifndef DEMO_STORY_H
#define DEMO_STORY_H

#include "demo/run.h"

/*
 * Names in the folder of the story, as the lines of the attacks have them:
 *     site/      today, all that is due published
 *     then/      the same site 45 days ago, a sealed disclosure not yet due
 *     waiting/   today, with an act about Person A that still waits for the log
 *     a-early.tanu-receipt, a.tanu-receipt, b.tanu-receipt: of the persons; a's first and present
 *     gone.tanu-receipt: of Person D, who was erased 20 days ago
 *     again.signed: the second approval of a disclosure by one and the same approver
 */
struct story {
	char dir[DEMO_PATH];
	tanu_id a, b, c, d;
	char disclosure[ID_HEX_LEN]; /* number of the one that has one approval */
	int64_t month;		     /* the one that has begun now: year * 12 + month - 1 */
};

tanu_status story_play(struct story *out, const char *dir, tanu_error *err);

#endif
