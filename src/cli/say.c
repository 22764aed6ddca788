/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void say(struct run *run, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_str(&run->text, line);
}

void say_clean(struct run *run, const char *raw)
{
	utf8_put_clean(&run->text, raw);
}

void jw_clean(struct json_w *w, const char *key, const char *raw)
{
	struct buf text = {0};

	utf8_put_clean(&text, raw);
	jw_text(w, key, buf_cstr(&text));
	if (text.failed)
		w->out->failed = true;
	buf_free(&text);
}

/* The next line of a text, without its end; NULL: there is none. Freed by the caller. */
static const char *line_next(struct buf *line, const struct buf *text, size_t *at)
{
	const char *start = (const char *)text->data + *at, *stop;
	size_t left = text->len - *at, len;

	if (*at >= text->len)
		return NULL;
	stop = memchr(start, '\n', left);
	len = stop ? (size_t)(stop - start) : left;
	*at += len + 1;
	buf_free(line);
	buf_put(line, start, len && start[len - 1] == '\r' ? len - 1 : len);
	return buf_cstr(line);
}

void say_lines(struct run *run, const struct buf *text)
{
	struct buf line = {0};
	const char *words;

	for (size_t at = 0; (words = line_next(&line, text, &at));) {
		say_clean(run, words);
		say(run, "\n");
	}
	buf_free(&line);
}

void jw_lines(struct json_w *w, const char *key, const struct buf *text)
{
	struct buf line = {0};
	const char *words;

	jw_array(w, key);
	for (size_t at = 0; (words = line_next(&line, text, &at));)
		jw_clean(w, NULL, words);
	jw_end_array(w);
	buf_free(&line);
}

void say_tint(struct run *run, enum tint tint, const char *text)
{
	static const char *const codes[] = {
	    [TINT_GOOD] = "32", [TINT_WARN] = "33", [TINT_BAD] = "31", [TINT_STRONG] = "1"};

	if (run->colour)
		say(run, "\033[%sm%s\033[0m", codes[tint], text);
	else
		buf_str(&run->text, text);
}

const char *thousands(char out[THOUSANDS_LEN], uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	size_t o = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[o++] = ',';
		out[o++] = digits[i];
	}
	out[o] = '\0';
	return out;
}

void say_fmr(struct run *run, double fmr, bool extrapolated, const char *population)
{
	char n[THOUSANDS_LEN];

	if (!(fmr > 0 && fmr <= 1)) {
		say(run, "FMR unknown");
		return;
	}
	say(run, "FMR 1 in %s, %s measured on ", thousands(n, (uint64_t)llround(1 / fmr)),
	    extrapolated ? "extrapolated from what was" : "as");
	say_clean(run, population && *population ? population : "an unknown population");
}

const char *minute_text(char out[MINUTE_TEXT_LEN], int64_t unix_ms)
{
	char text[TIME_TEXT_LEN];

	time_text(text, unix_ms);
	snprintf(out, MINUTE_TEXT_LEN, "%.10s %.5s UTC", text, text + 11);
	return out;
}

const char *purposes_words(char out[PURPOSES_WORDS_LEN], unsigned purposes)
{
	size_t len = 0;

	snprintf(out, PURPOSES_WORDS_LEN, "none");
	for (unsigned bit = 1; bit && bit <= purposes; bit <<= 1) {
		if (!(purposes & bit) || len >= PURPOSES_WORDS_LEN)
			continue;
		len += (size_t)snprintf(out + len, PURPOSES_WORDS_LEN - len, "%s%s",
					len ? ", " : "", tanu_purpose_name((tanu_purpose)bit));
	}
	return out;
}

void jw_purposes(struct json_w *w, const char *key, unsigned purposes)
{
	jw_array(w, key);
	for (unsigned bit = 1; bit && bit <= purposes; bit <<= 1)
		if (purposes & bit)
			jw_text(w, NULL, tanu_purpose_name((tanu_purpose)bit));
	jw_end_array(w);
}

const char *next_step(tanu_error_code code)
{
	switch (code) {
	case TANU_ERR_FOLDER_MISSING:
		return "tanu init DIR --site NAME, or name the folder of a site with --data DIR";
	case TANU_ERR_NO_CONSENT:
		return "tanu consent give SUBJECT --purpose access --by self --until YYYY-MM-DD";
	case TANU_ERR_NO_REFERENCE:
		return "tanu enrol SUBJECT PHOTO";
	case TANU_ERR_PASS:
		return "tanu verify SUBJECT PHOTO --pass FILE, with a pass that is valid (\"tanu "
		       "pass "
		       "list SUBJECT\"), or a new one: tanu pass issue SUBJECT PHOTO --out "
		       "FILE.pdf";
	case TANU_ERR_SUBJECT_MISSING:
		return "\"tanu subject list\" shows everybody with their ids";
	case TANU_ERR_SUBJECT_AMBIGUOUS:
		return "give the id instead; \"tanu subject list\" shows it";
	case TANU_ERR_MODEL_MISSING:
	case TANU_ERR_MODEL_DIGEST:
	case TANU_ERR_RUNTIME_MISSING:
		return "\"tanu doctor\" shows what is missing and where it was looked for";
	case TANU_ERR_DB_DAMAGED:
	case TANU_ERR_KEYS_DAMAGED:
		return "\"tanu doctor\" checks the whole folder";
	default:
		return NULL;
	}
}
