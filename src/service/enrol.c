/* SPDX-License-Identifier: Apache-2.0 */
/* From photographs to a stored reference: consent first, then pixels. */
#include "service/internal.h"

#include <stdio.h>

struct enrolment {
	struct service *s;
	const tanu_id *subject;
	struct consent_list ledger;
	tanu_purpose purpose; /* of the consent that covers the reference */
	tanu_embedding embedding[SAMPLES_MAX];
	size_t sample[SAMPLES_MAX]; /* which photograph embedding[i] is of */
	size_t len;
};

/* The purpose under which the subject may be enrolled: any that is live. */
static tanu_status cover_require(struct service *s, struct consent_list *ledger,
				 tanu_purpose *purpose, const tanu_id *subject, int64_t now_ms,
				 tanu_error *err)
{
	const tanu_consent *cover;
	tanu_status st;

	if ((st = clock_require(s, now_ms, err)) < 0 ||
	    (st = ledger_load(s, ledger, subject, err)) < 0)
		return st;
	cover = ledger_cover(ledger, subject, now_ms);
	if (!cover)
		return tanu_fail(err, TANU_ERR_NO_CONSENT, NULL,
				 "no live consent: a face is enrolled only after its owner, or a "
				 "guardian, has agreed (to calibration alone is not enough)");
	*purpose = cover->purpose;
	return TANU_OK;
}

/* ---- storing ---- */

static tanu_status reference_rows(struct service *s, const struct reference_row *row,
				  const struct event_record *event, const struct lookalikes *found,
				  tanu_error *err)
{
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = DB(s, reference_put, row, err)) < 0 ||
	    (st = DB(s, subject_set, &row->subject, SUBJECT_ACTIVE, sequence, err)) < 0 ||
	    (st = history_put(s, &row->subject, sequence, row->created_ms, event, err)) < 0 ||
	    (st = lookalikes_put(s, found, &row->subject, row->created_ms, err)) < 0)
		return st;
	return counts_put(s, row->created_ms, false, err);
}

/* Key, seal, row: in this order (see internal.h). */
static tanu_status reference_store(struct service *s, struct reference_row *row,
				   const struct permit *permit, const tanu_reference *reference,
				   const struct lookalikes *found, tanu_error *err)
{
	struct event_record event = {
	    .type = TANU_EVENT_ENROLLED, .purposes = permit->purpose, .about = row->id};
	struct key_list keys = {0};
	tanu_status st = key_list_add(&keys, &row->subject, KEY_BIO, 0, err);

	if (st == TANU_OK)
		st = keys_add(s, &keys, err);
	key_list_free(&keys);
	if (st < 0 || (st = history_ready(s, &row->subject, 1, row->created_ms, err)) < 0 ||
	    (st = history_ready(s, found->compared.v, found->compared.len, row->created_ms, err)) <
		0 ||
	    (st = vault_seal_reference(s->vault, &row->sealed, permit, &row->subject, &row->id,
				       reference, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		return st;
	st = tx_end(s, reference_rows(s, row, &event, found, err), err);
	if (st == TANU_OK)
		counts_settle(s);
	return st;
}

tanu_status reference_keep(struct service *s, tanu_id *out, const tanu_id *subject,
			   const tanu_reference *reference, tanu_error *err)
{
	struct reference_row row = {.subject = *subject, .created_ms = clock_now(&s->clock)};
	struct consent_list ledger = {0};
	struct lookalikes found = {0};
	struct permit permit = {0};
	tanu_purpose purpose = TANU_PURPOSE_NONE;
	bool replaced = false;
	tanu_status st;

	if ((st = cover_require(s, &ledger, &purpose, subject, row.created_ms, err)) < 0 ||
	    (st = lookalikes_find(s, &found, subject, &ledger, reference, err)) < 0 ||
	    (st = reference_exists(s, &replaced, subject, err)) < 0 ||
	    (st = permit_issue(s->book, &permit, subject, purpose, PERMIT_CLAIM_ENROL, ledger.v,
			       ledger.len, err)) < 0)
		goto out;
	id_new(s, &row.id);
	row.consent = ledger_cover(&ledger, subject, row.created_ms)->id;
	if ((st = reference_store(s, &row, &permit, reference, &found, err)) < 0)
		goto out;
	*out = row.id;
	/* The former one leaves the write-ahead log too; at the latest when the folder opens. */
	if (replaced)
		s->store->calls->scrub(s->store, NULL);
out:
	buf_free(&row.sealed);
	consent_list_free(&ledger);
	lookalikes_free(&found);
	mem_wipe(&permit, sizeof(permit));
	return st;
}

/* ---- photographs ---- */

/* What spoils one photograph but not the others. */
static bool costs_one_photo(tanu_status st)
{
	return st == TANU_REFUSED || st == TANU_INPUT || st == TANU_LIMIT || st == TANU_NOT_FOUND;
}

static tanu_status photo_embed(struct enrolment *e, const struct sample *sample, tanu_error *err)
{
	struct permit permit = {0};
	tanu_status st = permit_issue(e->s->book, &permit, e->subject, e->purpose,
				      PERMIT_CLAIM_ENROL, e->ledger.v, e->ledger.len, err);

	if (st == TANU_OK)
		st = sample_embed(e->s, &e->embedding[e->len], sample, &permit, e->subject, err);
	mem_wipe(&permit, sizeof(permit));
	return st;
}

/* Adds the features of one photograph. What is wrong with it alone stands in its result too. */
static tanu_status photo_take(struct enrolment *e, struct sample_result *result, const char *photo,
			      tanu_error *err)
{
	struct sample sample;
	tanu_error why = {0};
	tanu_status st = sample_read(e->s, &sample, photo, SAMPLE_ENROL, result, err);

	if (st < 0)
		return st;
	st = photo_embed(e, &sample, &why);
	sample_close(&sample);
	if (why.code == TANU_ERR_FACE_QUALITY) {
		result->status = st;
		snprintf(result->advice, sizeof(result->advice), "%.*s",
			 (int)sizeof(result->advice) - 1, why.message);
	}
	if (st < 0 && err)
		*err = why;
	return st;
}

/* Was any photograph refused for what it shows, not for what it is? */
static bool faces_seen(const struct enrol_result *result)
{
	for (size_t i = 0; i < result->samples_len; i++)
		if (result->samples[i].status == TANU_REFUSED)
			return true;
	return false;
}

static tanu_status photos_embed(struct enrolment *e, struct enrol_result *out,
				const char *const *photos, size_t photos_len, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < photos_len; i++) {
		struct sample_result *result = &out->samples[i];

		out->samples_len = i + 1;
		st = photo_take(e, result, photos[i], err);
		if (st < 0 && !(result->status < 0 && costs_one_photo(st)))
			return st;
		if (st == TANU_OK)
			e->sample[e->len++] = i;
	}
	if (e->len > 0)
		return TANU_OK;
	/* With one photograph its own error says it best, and so it does when none is an image. */
	return photos_len == 1 || !faces_seen(out)
		   ? st
		   : tanu_fail(err, TANU_ERR_FACE_QUALITY, NULL,
			       "none of the %zu photographs can be used: see each", photos_len);
}

static tanu_status photos_fuse(struct enrolment *e, struct enrol_result *out,
			       tanu_reference *reference, tanu_error *err)
{
	const tanu_calibration *calibration = NULL;
	bool keep[SAMPLES_MAX] = {false};
	tanu_embedding mean = {0};
	tanu_threshold threshold = {0};
	tanu_status st;

	if ((st = site_calibration(e->s, &calibration, err)) < 0 ||
	    (st = tanu_threshold_for_fmr(&threshold, calibration,
					 settings_float(&e->s->settings, "match.fmr"), err)) < 0)
		return st;
	if ((st = fuse_select(keep, e->embedding, e->len, threshold.score, err)) < 0 ||
	    (st = tanu_embedding_fuse(&mean, e->embedding, keep, e->len, err)) < 0 ||
	    (st = tanu_reference_from(reference, &mean, err)) < 0)
		goto out;
	for (size_t i = 0; i < e->len; i++) {
		struct sample_result *result = &out->samples[e->sample[i]];

		out->used += keep[i];
		if (keep[i])
			continue;
		result->status = TANU_REFUSED;
		snprintf(result->advice, sizeof(result->advice),
			 "this photograph shows somebody else");
	}
	out->quality = mean.quality;
out:
	tanu_embedding_wipe(&mean);
	return st;
}

static tanu_status enrol(struct enrolment *e, struct enrol_result *out, const char *const *photos,
			 size_t photos_len, tanu_error *err)
{
	int64_t now_ms = clock_now(&e->s->clock);
	tanu_reference reference = {0};
	tanu_status st;

	if ((st = cover_require(e->s, &e->ledger, &e->purpose, e->subject, now_ms, err)) < 0 ||
	    (st = engine_ready(e->s, SAMPLE_ENROL, err)) < 0 ||
	    (st = photos_embed(e, out, photos, photos_len, err)) < 0 ||
	    (st = photos_fuse(e, out, &reference, err)) < 0)
		goto out;
	if ((st = reference_keep(e->s, &out->reference, e->subject, &reference, err)) == TANU_OK)
		st = second_factor_needed(e->s, &out->second_factor, e->subject, err);
out:
	tanu_reference_wipe(&reference);
	return st;
}

tanu_status service_enrol(struct service *s, struct enrol_result *out, const tanu_id *subject,
			  const char *const *photos, size_t photos_len, tanu_error *err)
{
	struct enrolment e = {.s = s, .subject = subject};
	tanu_error why = {0};
	tanu_status st;

	*out = (struct enrol_result){0};
	if (photos_len == 0 || photos_len > SAMPLES_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "photo", "give 1 to %d photographs",
				 SAMPLES_MAX);
	if ((st = subject_must_exist(s, subject, err)) < 0)
		return st;
	if ((st = enrol(&e, out, photos, photos_len, &why)) < 0) {
		refusal_put(s, subject, TANU_EVENT_ENROL_REFUSED, 0, &why);
		out->used = 0;
		if (err)
			*err = why;
	}
	consent_list_free(&e.ledger);
	mem_wipe(&e, sizeof(e));
	return st;
}
