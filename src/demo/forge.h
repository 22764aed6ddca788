/* SPDX-License-Identifier: Apache-2.0 */
/* forge.h - twelve attacks on copies of a site, what is noticed, and two that nothing can show. */
#ifndef DEMO_FORGE_H
#define DEMO_FORGE_H

#include "demo/run.h"

/* Part of the transcript; an attack that comes out otherwise than it must is marked in it. */
tanu_status demo_forge(struct demo *d, tanu_error *err);

#endif
