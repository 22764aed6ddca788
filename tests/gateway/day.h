/* SPDX-License-Identifier: Apache-2.0 */
/*
 * day.h - a real site for the morning of gate/crowd.h: people, consents, cards and PINs in a data
 * folder, two gates that are paired and linked over TLS, a server that goes away and comes back
 * with its folder opened anew, and a consent that is withdrawn in between.
 *
 * The doors' time is the script's; the links, the server and its answers run in real time beside
 * it.
 */
#ifndef TESTS_GATEWAY_DAY_H
#define TESTS_GATEWAY_DAY_H

#include "gate/crowd.h"

struct day;

struct day *day_new(void);
void day_free(struct day *day);
struct crowd_site day_site(struct day *day);

/* What the site has at the end, for who compares it with what the gates have said. */
struct day_sums {
	uint64_t grants, refusals, embeddings, permits, missing; /* as its gates' papers have it */
	uint64_t admitted;	      /* entries in the histories of all people */
	uint64_t told, told_admitted; /* events that came, and those that let in somebody known */
	uint64_t came_after;	      /* decisions of who has withdrawn, after it */
	uint64_t after_withdrawal;    /* computations of features of who has withdrawn, after it */
	uint64_t lane_admitted[2], lane_refused[2];
	bool withdrew;
};
struct day_sums day_sums(const struct day *day);

#endif
