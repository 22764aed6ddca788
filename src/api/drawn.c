/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature drawn on the screen at the desk. What is kept with her papers is a picture (SVG) made
 * here out of the strokes, with the words of what was signed in it, so that the digest in the
 * record of the act is of both. It is no writing in the sense of a law (docs/consent.md).
 */
#include "api/operations.h"

#include <stdio.h>
#include <string.h>

#define WIDTH	   1000
#define HEIGHT	   400
#define POINTS_MIN 8
#define EXTENT_MIN 60 /* a dot, or a slip of the finger, is no signature */

struct stroke {
	size_t points;
	int left, right;
};

/* One to four digits, and nothing else. */
static bool number_take(int *out, const char **at, int max)
{
	int n = 0, digits = 0;

	for (; **at >= '0' && **at <= '9' && digits < 4; (*at)++, digits++)
		n = n * 10 + (**at - '0');
	*out = n;
	return digits > 0 && n <= max;
}

/* "M10 20" begins a stroke, "L12 21" goes on. */
static bool point_take(struct stroke *s, const char **at)
{
	const char letter = *(*at)++;
	int x = 0, y = 0;

	if ((letter != 'M' && !(letter == 'L' && s->points > 0)) || !number_take(&x, at, WIDTH) ||
	    *(*at)++ != ' ' || !number_take(&y, at, HEIGHT))
		return false;
	s->left = s->points == 0 || x < s->left ? x : s->left;
	s->right = s->points == 0 || x > s->right ? x : s->right;
	s->points++;
	return true;
}

static tanu_status strokes_check(const char *strokes, tanu_error *err)
{
	struct stroke s = {.points = 0};
	const char *at = strokes;

	while (*at)
		if (!point_take(&s, &at))
			return tanu_fail(err, TANU_ERR_JSON, "signature",
					 "strokes are M and L with points in a box of %d by %d",
					 WIDTH, HEIGHT);
	if (s.points < POINTS_MIN || s.right - s.left < EXTENT_MIN)
		return tanu_fail(err, TANU_ERR_USAGE, "signature",
				 "this is too little for a signature: sign once more");
	return TANU_OK;
}

static void put_purposes_text(struct buf *out, unsigned purposes)
{
	bool any = false;

	for (unsigned bit = 1; bit; bit <<= 1)
		if (purposes & bit) {
			buf_printf(out, "%s%s", any ? "," : "",
				   tanu_purpose_name((tanu_purpose)bit));
			any = true;
		}
}

/* All of it is ours: ids, words, digests; nothing that somebody typed. */
static void picture_put(struct buf *out, const struct call *c, const struct drawn_for *what)
{
	const char *strokes = call_text(c, "signature");
	char subject[ID_HEX_LEN], guardian[ID_HEX_LEN], at[TIME_TEXT_LEN], hex[2 * DIGEST_LEN + 1];
	uint8_t digest[DIGEST_LEN];

	id_hex(subject, &c->subject);
	id_hex(guardian, &what->guardian);
	time_text(at, clock_now(&c->api->clock));
	buf_printf(
	    out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"><desc>tanu drawn "
	    "signature 1\nword %s\npurposes ",
	    WIDTH, HEIGHT, what->word);
	put_purposes_text(out, what->purposes);
	buf_printf(out, "\nsubject %s\n", subject);
	if (!id_is_zero(&what->guardian))
		buf_printf(out, "guardian %s\n", guardian);
	if (what->notice) {
		sha256(digest, what->notice->text, what->notice->text_len);
		hex_encode(hex, digest, sizeof(digest));
		buf_printf(out, "notice %s\n", hex);
	}
	buf_printf(out,
		   "at %s\n</desc><path d=\"%s\" fill=\"none\" stroke=\"#000\" "
		   "stroke-width=\"4\" stroke-linecap=\"round\"/></svg>\n",
		   at, strokes);
}

tanu_status drawn_take(const struct call *c, struct drawn *out, const struct drawn_for *what,
		       tanu_error *err)
{
	tanu_status st;

	*out = (struct drawn){.given = NULL};
	if (!json_get(c->body, "signature"))
		return TANU_OK;
	if (c->own)
		return tanu_fail(err, TANU_ERR_USAGE, "signature",
				 "it is drawn at the desk; here her own account says who she is");
	if ((st = strokes_check(call_text(c, "signature"), err)) < 0)
		return st;
	picture_put(&out->picture, c, what);
	if ((st = buf_check(&out->picture, err)) < 0)
		return st;
	out->evidence.drawn = true;
	out->evidence.pages_len = 1;
	out->evidence.page[0].keep = &out->picture;
	service_sha256(out->evidence.page[0].sha256, &out->picture);
	out->given = &out->evidence;
	return TANU_OK;
}

void drawn_free(struct drawn *drawn)
{
	buf_wipe(&drawn->picture);
}
