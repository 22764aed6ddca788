/* SPDX-License-Identifier: Apache-2.0 */
/* breach.h - (inside cli/) what the verbs about breaches share (breach.c). */
#ifndef CLI_BREACH_H
#define CLI_BREACH_H

#include "cli/run.h"

/* Open the site and find the breach that the first operand names, or the only open one. */
tanu_status run_breach(struct run *run, struct breach_view *out, tanu_error *err);
/* --noticed or --at, UTC; 0 without it. */
tanu_status args_time(int64_t *out, const struct args *args, const char *option, tanu_error *err);
/* What --what, --kinds and so on say; the operands from `first` on are people, owned by `people`.
 */
tanu_status breach_order_take(struct run *run, struct breach_order *out, tanu_id **people,
			      size_t first, tanu_error *err);
/* By when who is to be told, in words. */
void say_breach_clock(struct run *run, const struct breach_view *v);
/* The members that describe a breach. */
void jw_breach(struct json_w *w, const struct breach_view *v);

#define OPERAND_BREACH                                                                \
	{                                                                             \
		"BREACH", VALUE_WORD, 0, 1,                                           \
		    "Its number, or the first digits; the only open one if not given" \
	}
#define OPTIONS_BREACH                                                                              \
	{"measures", VALUE_WORD, "TEXT", NULL, false, "What was done about it"},                    \
	    {"noticed", VALUE_WORD,                                                                 \
	     "TIME",	NULL,                                                                       \
	     false,	"When it was noticed, \"YYYY-MM-DD HH:MM\" UTC; its clock runs from then"}, \
	    {"about", VALUE_WORD, "N", NULL, false, "About how many people it concerns"},           \
	{                                                                                           \
		"everybody", VALUE_NONE, NULL, NULL, false, "It concerns all who are here"          \
	}
#define BREACH_FIELDS(prefix)                                                            \
	{prefix "breach", "its number"}, {prefix "what", "what happened"},               \
	    {prefix "measures", "what was done; \"\": nothing yet"},                     \
	    {prefix "kinds", "kinds of data, separated by commas"},                      \
	    {prefix "noticed_ms", "when it was noticed, Unix milliseconds, UTC"},        \
	    {prefix "opened_ms", "when it was written down"},                            \
	    {prefix "closed_ms", "when it was closed; 0: it is open"},                   \
	    {prefix "outcome", "of a closed one: what came out"},                        \
	    {prefix "about", "about how many people; 0: not known"},                     \
	    {prefix "people", "how many find it in their history"},                      \
	    {prefix "due_ms", "by when the authority is told; 0: no clock runs"},        \
	    {prefix "result_due_ms", "by when it gets what was found out; 0: likewise"}, \
	    {prefix "notices[].at_ms", "when somebody was told"},                        \
	    {prefix "notices[].whom", "authority, result, persons or other"},            \
	{                                                                                \
		prefix "notices[].how", "how"                                            \
	}

#endif
