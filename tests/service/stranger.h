/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stranger.h - somebody with an SQL shell and time: drops the triggers, edits, and puts the
 * triggers back word for word.
 */
#ifndef TESTS_SERVICE_STRANGER_H
#define TESTS_SERVICE_STRANGER_H

#include "service/site.h"

/* Keep a copy of the database; in later edits it is the schema "old". */
void stranger_copies(struct site *site);
/* Closes the site, runs the SQL, which must change something, and opens the site again. */
void stranger_edits(struct site *site, const char *sql);

#endif
