/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to ask: lines of tlog-policy with one word more. */
#include "witness/witness.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 5 /* witness NAME VKEY URL PIN */

struct words {
	const char *at[WORDS_MAX];
	size_t len[WORDS_MAX];
	size_t count; /* WORDS_MAX + 1: there are more */
};

static void split(struct words *out, const char *line, size_t len)
{
	const char *end = line + len, *comment = memchr(line, '#', len);

	*out = (struct words){0};
	if (comment)
		end = comment;
	while (line < end) {
		const char *from = line;

		while (line < end && *line != ' ' && *line != '\t')
			line++;
		if (line > from) {
			if (out->count < WORDS_MAX) {
				out->at[out->count] = from;
				out->len[out->count] = (size_t)(line - from);
			}
			out->count++;
		}
		line += line < end;
	}
}

static bool is_word(const struct words *w, size_t i, const char *text)
{
	return i < w->count && w->len[i] == strlen(text) && memcmp(w->at[i], text, w->len[i]) == 0;
}

/* A word as a string; false when it does not fit. */
static bool copy(char *out, size_t room, const struct words *w, size_t i)
{
	return (size_t)snprintf(out, room, "%.*s", (int)w->len[i], w->at[i]) < room;
}

static tanu_status take_peer(struct witness_peer *out, const struct words *w, tanu_error *err)
{
	char vkey[512];
	tanu_status st;

	*out = (struct witness_peer){0};
	if (w->count > WORDS_MAX)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL,
				 "a line is: witness NAME VKEY URL, and a pin if need be");
	if (!copy(vkey, sizeof(vkey), w, 2))
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "the key is too long");
	if ((st = tanu_verifier_parse(&out->verifier, vkey, err)) < 0)
		return st;
	if (out->verifier.kind != TANU_KEY_COSIGNATURE)
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "this is not the key of a witness");
	if (!copy(out->url, sizeof(out->url), w, 3))
		return tanu_fail(err, TANU_ERR_FORMAT, NULL, "the address is too long");
	if ((st = net_url_check(out->url, true, err)) < 0)
		return st;
	if (w->count == WORDS_MAX &&
	    (!copy(out->pin, sizeof(out->pin), w, 4) || strncmp(out->pin, "sha256//", 8) != 0))
		return tanu_fail(err, TANU_ERR_FORMAT, NULL,
				 "a pin is \"sha256//\" and 44 characters of base64");
	return TANU_OK;
}

tanu_status witness_peers_parse(struct witness_peer *out, size_t max, size_t *len, const char *text,
				size_t text_len, tanu_error *err)
{
	const char *at = text, *end = text + text_len;
	size_t n = 0, number = 0;
	struct words w;
	char place[32];

	while (at < end) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		size_t line = feed ? (size_t)(feed - at) : (size_t)(end - at);
		tanu_status st = TANU_OK;

		number++;
		split(&w, at, line);
		at += line + 1;
		if (!is_word(&w, 0, "witness") || w.count < 4)
			continue;
		if (n == max)
			st = tanu_fail(err, TANU_ERR_FORMAT, NULL, "at most %zu witnesses", max);
		if (st < 0 || (st = take_peer(&out[n++], &w, err)) < 0) {
			snprintf(place, sizeof(place), "line %zu", number);
			error_prefix_place(err, place);
			return st;
		}
	}
	*len = n;
	return TANU_OK;
}
