/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rules.h"

#include <stdio.h>

static const char *const reasons[][2] = {
#define X(name, word, verdict, show, meaning) {word, meaning},
    RULES_REASON_LIST(X)
#undef X
};

static const char *const states[] = {
#define X(name, word) word,
    DOORWAY_STATE_LIST(X)
#undef X
};

static const char *const notes[] = {
#define X(name, word) word,
    DOORWAY_NOTE_LIST(X)
#undef X
};

static const char *const factors[] = {
#define X(name, bit, word) word,
    RULES_FACTOR_LIST(X)
#undef X
};

const char *rules_reason_word(enum rules_reason reason)
{
	return (size_t)reason < RULES_REASONS ? reasons[reason][0] : "unknown";
}

const char *rules_reason_meaning(enum rules_reason reason)
{
	return (size_t)reason < RULES_REASONS ? reasons[reason][1] : "unknown";
}

const char *doorway_state_word(enum doorway_state state)
{
	return (size_t)state < DOORWAY_STATES ? states[state] : "unknown";
}

const char *doorway_note_word(enum doorway_note note)
{
	return (size_t)note < DOORWAY_NOTES ? notes[note] : "unknown";
}

void rules_way_text(char out[RULES_WAY_TEXT], unsigned way)
{
	size_t at = 0;

	snprintf(out, RULES_WAY_TEXT, "nothing");
	for (size_t bit = 0; bit < ARRAY_LEN(factors); bit++)
		if (way & (1u << bit))
			at += (size_t)snprintf(out + at, RULES_WAY_TEXT - at, "%s%s", at ? "+" : "",
					       factors[bit]);
}
