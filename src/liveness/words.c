/* SPDX-License-Identifier: Apache-2.0 */
#include "liveness/liveness.h"

#include <stdarg.h>
#include <stdio.h>

const char *liveness_part_word(enum liveness_part part)
{
	static const char *const words[] = {
#define X(name, word, attack) [LIVENESS_##name] = (word),
	    LIVENESS_PART_LIST(X)
#undef X
	};

	return (size_t)part < ARRAY_LEN(words) ? words[part] : "unknown";
}

const char *liveness_part_attack(enum liveness_part part)
{
	static const char *const words[] = {
#define X(name, word, attack) [LIVENESS_##name] = (attack),
	    LIVENESS_PART_LIST(X)
#undef X
	};

	return (size_t)part < ARRAY_LEN(words) ? words[part] : "unknown";
}

const char *liveness_state_word(enum liveness_state state)
{
	static const char *const words[] = {
	    [LIVENESS_UNKNOWN] = "unknown",
	    [LIVENESS_ATTACK] = "attack",
	    [LIVENESS_THIN] = "thin",
	    [LIVENESS_LIVE] = "live",
	};

	return (size_t)state < ARRAY_LEN(words) ? words[state] : "unknown";
}

const char *liveness_challenge_word(enum liveness_challenge challenge)
{
	static const char *const words[] = {
#define X(name, word) [LIVENESS_TURN_##name] = (word),
	    LIVENESS_CHALLENGE_LIST(X)
#undef X
	};

	return (size_t)challenge < ARRAY_LEN(words) ? words[challenge] : "unknown";
}

struct line {
	char *text;
	size_t len;
};

static void add(struct line *l, const char *fmt, ...) TANU_PRINTF(2, 3);

static void add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->len, LIVENESS_TEXT_LEN - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= LIVENESS_TEXT_LEN)
		l->len = LIVENESS_TEXT_LEN - 1;
}

void liveness_text(char out[LIVENESS_TEXT_LEN], const struct liveness_result *r)
{
	struct line line = {.text = out};
	const char *before = "; ";

	add(&line, "%s", liveness_state_word(r->state));
	if (r->state == LIVENESS_ATTACK || r->state == LIVENESS_THIN)
		add(&line, " by %s", liveness_part_word(r->reason));
	add(&line, ": %d frames, %d ms, support %+.1f", r->frames, r->span_ms, (double)r->support);
	for (int i = 0; i < LIVENESS_PARTS; i++) {
		const struct liveness_evidence *e = &r->part[i];

		if (!e->present)
			continue;
		add(&line, "%s%s %.2f %+.1f", before, liveness_part_word((enum liveness_part)i),
		    (double)e->value, (double)e->support);
		before = ", ";
	}
}
