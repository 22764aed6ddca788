/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/tell.h"

#include <stdio.h>
#include <string.h>

static const char *const words[TELL_LANGUAGES] = {
    [TELL_EN] = "en", [TELL_KK] = "kk", [TELL_RU] = "ru"};

enum { text_en = TELL_EN, text_kk = TELL_KK, text_ru = TELL_RU };
static const char *const texts[TELL_LANGUAGES] = {
#define TEXTS(language, text) [text_##language] = (text),
#include "receipt/texts.inc"
#undef TEXTS
};

enum tell_language tell_language_of(const char *word)
{
	for (int i = 0; word && i < TELL_LANGUAGES; i++)
		if (strcmp(word, words[i]) == 0)
			return (enum tell_language)i;
	return TELL_EN;
}

const char *tell_language_word(enum tell_language language)
{
	return words[language];
}

/* What stands behind "\nkey = ", up to the end of its line. */
static const char *find_text(enum tell_language language, const char *key, size_t *len)
{
	char begins[96];
	const char *at;

	if (snprintf(begins, sizeof(begins), "\n%s = ", key) >= (int)sizeof(begins))
		return NULL;
	at = strstr(texts[language], begins);
	if (!at)
		return NULL;
	at += strlen(begins);
	*len = strcspn(at, "\n");
	return at;
}

bool tell_text(struct buf *out, enum tell_language language, const char *key)
{
	size_t len = 0;
	const char *text = find_text(language, key, &len);

	if (text)
		buf_put(out, text, len);
	return text != NULL;
}

/* Up to the next {} and the value; what is left. */
static const char *put_value(struct buf *out, const char *text, const char *end, const char *value)
{
	const char *gap = memmem(text, (size_t)(end - text), "{}", 2);

	if (!gap)
		return text;
	buf_put(out, text, (size_t)(gap - text));
	buf_str(out, value);
	return gap + 2;
}

void tell_with_two(struct buf *out, enum tell_language language, const char *key, const char *value,
		   const char *second)
{
	size_t len = 0;
	const char *text = find_text(language, key, &len), *end;

	if (!text)
		return;
	end = text + len;
	text = put_value(out, text, end, value);
	if (second)
		text = put_value(out, text, end, second);
	buf_put(out, text, (size_t)(end - text));
}

void tell_with(struct buf *out, enum tell_language language, const char *key, const char *value)
{
	tell_with_two(out, language, key, value, NULL);
}
