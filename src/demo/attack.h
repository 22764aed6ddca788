/* SPDX-License-Identifier: Apache-2.0 */
/* attack.h - (inside demo/) what the parts of "forge it" share. */
#ifndef DEMO_ATTACK_H
#define DEMO_ATTACK_H

#include "demo/run.h"
#include "demo/story.h"

/* Where an attack begins, and what it says should come of it. */
struct attack {
	const char *what;
	const char *base;     /* the folder that becomes forged/; NULL: none is needed */
	const char *line;     /* {NAMES} are filled in, see fill */
	const char *receipts; /* what the person holds; NULL: receipts have nothing to do with it */
	const char *log;      /* folder of the log that is shown to her; NULL: none */
	const char *verdict;  /* of both verifiers */
	const char *finding;  /* that both must name; NULL: none */
	const char *asked;    /* a further look, a line whose first lines are shown; NULL: none */
	int asked_code;
	const char *asked_says; /* must stand in its answer */
	const char *noticed;	/* by whom, in the end; NULL: by nobody */
};

/* Attacks that somebody notices, and what nothing here can show (attacks.c). */
extern const struct attack attacks[], uncaught[];
extern const size_t attacks_len, uncaught_len;

struct forge {
	struct demo *d;
	struct story story;
	char entries[DEMO_PATH];  /* the newest file of entries, below log/ */
	char headless[DEMO_PATH]; /* the page's verifier for Node; "": left out */
};

/* ---- forge.c ---- */

/* A further look: what it says, and whether it is what it must be. */
tanu_status forge_ask(const struct forge *f, const struct attack *a, bool *right, tanu_error *err);
/* Both verifiers on what the person holds. */
tanu_status forge_verify(const struct forge *f, const struct attack *a, bool *right,
			 tanu_error *err);
/* Every line of what was said. */
void forge_tell_all(const struct forge *f, const char *text);

/* ---- tamper.c ---- */

/* Wait until a visitor has changed a copy of the site, and tell what is noticed. */
tanu_status forge_tamper(const struct forge *f, tanu_error *err);

#endif
