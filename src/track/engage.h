/* SPDX-License-Identifier: Apache-2.0 */
/* engage.h - inside track/ only: after each frame, who is engaged, and who of them stands first. */
#ifndef TRACK_ENGAGE_H
#define TRACK_ENGAGE_H

#include "track/track.h"

void track_engage(struct tracker *t);

#endif
