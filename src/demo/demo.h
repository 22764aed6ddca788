/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo.h - the main job shown from end to end on the photographs that a pinned package ships:
 * refuse without consent, enrol, verify, refuse strangers, count, "steal it", erase, "forge it",
 * "she said no" at a lane. Everything happens in a temporary site that is removed at the end; only
 * the report stays, for the local eye.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "base/base.h"

#include <stdio.h>

struct demo_options {
	const char *sheet;  /* contact sheet of faces, see sheet.h */
	const char *report; /* HTML file to write; NULL: none */
	const char *camera; /* video device or file for a visitor's own face; NULL: none */
	bool forge_only;    /* the part "forge it" alone, which needs no photographs */
	bool lane_only;	    /* "She said no" alone */
	bool tamper;	    /* then wait until a visitor has changed a copy himself */
	bool unattended;    /* nobody looks: wait for no key */
	bool keep;	    /* leave the temporary site for a look */
	FILE *out;	    /* where the transcript goes */
};

/*
 * Runs it and prints the transcript. `*all_right` says whether every step came out as it must; a
 * step that does not is marked in the transcript and is no failure of the call.
 */
tanu_status demo_run(bool *all_right, const struct demo_options *options, tanu_error *err);

#endif
