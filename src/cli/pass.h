/* SPDX-License-Identifier: Apache-2.0 */
/* pass.h - (inside cli/) what the verbs on passes have in common. */
#ifndef CLI_PASS_H
#define CLI_PASS_H

#include "cli/run.h"
#include "codec/pass.h"

/* A line, and an object of an array. */
void answer_pass(struct run *run, const struct pass_view *v);
/* "5f12 09ab 77c0 31de", with or without spaces. */
tanu_status pass_number_parse(uint8_t out[PASS_NUMBER_LEN], const char *text, tanu_error *err);

#define PASS_FIELDS                                                                        \
	{"passes[].number", "16 hex digits, as printed on the card"},                      \
	    {"passes[].paper", "id of the site's paper of it, as in the history"},         \
	    {"passes[].state", "valid, expired or revoked"},                               \
	    {"passes[].spare", "true: the spare"},                                         \
	    {"passes[].generation", "of its key; every pass of a person has another one"}, \
	    {"passes[].until", "last day, YYYY-MM-DD, UTC"},                               \
	    {"passes[].issued_ms", "Unix milliseconds, UTC"},                              \
	{                                                                                  \
		"passes[].revoked_ms", "likewise, or null"                                 \
	}

#endif
