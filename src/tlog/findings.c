/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/exam.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	bool suspicious;
} codes[] = {
#define X(name, word, suspicious, meaning) {word, suspicious},
    FINDING_LIST(X)
#undef X
};

const char *finding_word(enum finding_code code)
{
	return (size_t)code < ARRAY_LEN(codes) ? codes[code].word : "unknown";
}

bool finding_suspicious(enum finding_code code)
{
	return (size_t)code >= ARRAY_LEN(codes) || codes[code].suspicious;
}

bool grow(void *vector, size_t *cap, size_t len, size_t size, size_t most)
{
	void **v = vector;
	size_t more = *cap ? *cap * 2 : 16;
	void *bigger;

	if (len < *cap)
		return true;
	if (len >= most || !(bigger = realloc(*v, more * size)))
		return false;
	*v = bigger;
	*cap = more;
	return true;
}

static struct log_finding *next(struct log_findings *f, enum finding_code code)
{
	f->suspicious |= finding_suspicious(code);
	if (!grow(&f->v, &f->cap, f->len, sizeof(*f->v), FINDINGS_MAX)) {
		f->dropped++;
		return NULL;
	}
	f->v[f->len] = (struct log_finding){.code = code};
	return &f->v[f->len++];
}

/* What comes from the log is a stranger's text. */
static void put_clean(char *out, size_t out_len, const char *text)
{
	struct buf clean = {.max = 4096};
	size_t len;

	utf8_put_clean(&clean, text);
	len = clean.failed ? 0 : clean.len;
	if (len >= out_len)
		len = out_len - 1;
	while (len > 0 && !utf8_valid(clean.data, len))
		len--;
	if (len > 0)
		memcpy(out, clean.data, len);
	out[len] = '\0';
	buf_free(&clean);
}

void finding_add(struct log_findings *f, enum finding_code code, const char *place, const char *fmt,
		 ...)
{
	struct log_finding *at = next(f, code);
	char sentence[2 * sizeof(at->sentence)];
	va_list args;

	if (!at)
		return;
	va_start(args, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, args);
	va_end(args);
	put_clean(at->place, sizeof(at->place), place);
	put_clean(at->sentence, sizeof(at->sentence), sentence);
}

void findings_append(struct log_findings *to, const struct log_findings *from)
{
	for (size_t i = 0; i < from->len; i++) {
		struct log_finding *at = next(to, from->v[i].code);

		if (at)
			*at = from->v[i];
	}
	to->dropped += from->dropped;
	to->suspicious |= from->suspicious;
}

void log_findings_free(struct log_findings *findings)
{
	free(findings->v);
	*findings = (struct log_findings){0};
}
