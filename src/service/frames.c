/* SPDX-License-Identifier: Apache-2.0 */
/* Photographs of one face, or frames of one moment: embedded one by one, strangers left out. */
#include "service/internal.h"

#include <stdio.h>

/* What spoils one photograph but not the others. */
static bool costs_one_photo(tanu_status st)
{
	return st == TANU_REFUSED || st == TANU_INPUT || st == TANU_LIMIT || st == TANU_NOT_FOUND;
}

static void advise(struct sample_result *result, tanu_status st, const char *why)
{
	result->status = st;
	snprintf(result->advice, sizeof(result->advice), "%.*s", (int)sizeof(result->advice) - 1,
		 why);
}

static tanu_status frame_embed(struct frames *f, const struct sample *sample, tanu_error *err)
{
	tanu_status st = f->claim == PERMIT_CLAIM_RECIPIENT
			     ? permit_issue_for(f->s->book, &f->permit, f->subject, f->purpose,
						f->recipient, f->ledger->v, f->ledger->len, err)
			     : permit_issue(f->s->book, &f->permit, f->subject, f->purpose,
					    f->claim, f->ledger->v, f->ledger->len, err);

	return st < 0
		   ? st
		   : sample_embed(f->s, &f->embedding[f->len], sample, &f->permit, f->subject, err);
}

/* Adds the features of one photograph. What is wrong with it alone stands in its result too. */
static tanu_status frame_take(struct frames *f, struct sample_result *result,
			      const struct photograph *photo, tanu_error *err)
{
	struct sample sample;
	tanu_error why = {0};
	tanu_status st = sample_read(f->s, &sample, photo, f->use, result, err);

	if (st < 0)
		return st;
	st = frame_embed(f, &sample, &why);
	sample_close(f->s, &sample);
	if (why.code == TANU_ERR_FACE_QUALITY)
		advise(result, st, why.message);
	if (st < 0 && err)
		*err = why;
	return st;
}

/* Was any photograph refused for what it shows, not for what it is? */
static bool faces_seen(const struct sample_result *results, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (results[i].status == TANU_REFUSED)
			return true;
	return false;
}

tanu_status frames_embed(struct frames *f, struct sample_result *results, size_t *results_len,
			 const struct photograph *photos, size_t photos_len, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < photos_len; i++) {
		*results_len = i + 1;
		st = frame_take(f, &results[i], &photos[i], err);
		if (st < 0 && !(results[i].status < 0 && costs_one_photo(st)))
			return st;
		if (st == TANU_OK)
			f->photo[f->len++] = i;
	}
	if (f->len > 0)
		return TANU_OK;
	/* With one photograph its own error says it best, and so it does when none is an image. */
	return photos_len == 1 || !faces_seen(results, photos_len)
		   ? st
		   : tanu_fail(err, TANU_ERR_FACE_QUALITY, NULL,
			       "none of the %zu photographs can be used: see each", photos_len);
}

tanu_status frames_select(const struct frames *f, bool *keep, size_t *used,
			  struct sample_result *results, float threshold, tanu_error *err)
{
	tanu_status st = fuse_select(keep, f->embedding, f->len, threshold, err);

	if (st < 0)
		return st;
	*used = 0;
	for (size_t i = 0; i < f->len; i++) {
		*used += keep[i];
		if (!keep[i])
			advise(&results[f->photo[i]], TANU_REFUSED,
			       "this photograph shows somebody else");
	}
	return TANU_OK;
}

void frames_wipe(struct frames *f)
{
	mem_wipe(f, sizeof(*f));
}
