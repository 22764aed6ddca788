/* SPDX-License-Identifier: Apache-2.0 */
/* From photographs to a stored reference: consent first, then pixels. */
#include "service/internal.h"

static tanu_status age_require(struct service *s, const tanu_id *subject, int64_t now_ms,
			       tanu_error *err)
{
	struct person person = {0};
	tanu_status st = subject_person(s, &person, subject, err);

	if (st == TANU_OK)
		st = face_age_require(s, person.born, date_from_ms(now_ms), err);
	mem_wipe(&person, sizeof(person));
	return st;
}

/* The purpose under which the subject may be enrolled: any that is live. */
tanu_status cover_require(struct service *s, struct consent_list *ledger, tanu_purpose *purpose,
			  const tanu_id *subject, int64_t now_ms, tanu_error *err)
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
	return age_require(s, subject, now_ms, err);
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
	    (st = head_set_reference(s, row, err)) < 0 ||
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
	struct event_record event = {.type = TANU_EVENT_ENROLLED,
				     .purposes = permit->purpose,
				     .about = row->id,
				     .due_ms = row->not_after_ms};
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

static tanu_status age_end(struct service *s, int64_t *out, const tanu_id *subject,
			   int64_t created_ms, tanu_error *err)
{
	struct person person = {0};
	tanu_status st = subject_person(s, &person, subject, err);

	if (st == TANU_OK)
		*out = ageing_end(s, person.born, created_ms);
	mem_wipe(&person, sizeof(person));
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

	if ((st = storage_require(s, STORAGE_VAULT, err)) < 0 ||
	    (st = cover_require(s, &ledger, &purpose, subject, row.created_ms, err)) < 0 ||
	    (st = age_end(s, &row.not_after_ms, subject, row.created_ms, err)) < 0 ||
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

static tanu_status photos_fuse(struct frames *f, struct enrol_result *result, tanu_embedding *out,
			       tanu_error *err)
{
	struct service *s = f->s;
	const tanu_calibration *calibration = NULL;
	bool keep[SAMPLES_MAX] = {false};
	tanu_threshold threshold = {0};
	tanu_status st;

	if ((st = site_calibration(s, &calibration, err)) < 0 ||
	    (st = tanu_threshold_for_fmr(&threshold, calibration,
					 settings_float(&s->settings, "match.fmr"), err)) < 0 ||
	    (st = frames_select(f, keep, &result->used, result->samples, threshold.score, err)) <
		0 ||
	    (st = tanu_embedding_fuse(out, f->embedding, keep, f->len, err)) < 0)
		return st;
	result->quality = out->quality;
	return TANU_OK;
}

tanu_status enrol_photos(struct service *s, tanu_embedding *out, struct enrol_result *result,
			 const tanu_id *subject, const struct photograph *photos, size_t photos_len,
			 tanu_error *err)
{
	struct consent_list ledger = {0};
	struct frames f = {.s = s,
			   .subject = subject,
			   .ledger = &ledger,
			   .claim = PERMIT_CLAIM_ENROL,
			   .use = SAMPLE_ENROL};
	tanu_status st;

	if ((st = cover_require(s, &ledger, &f.purpose, subject, clock_now(&s->clock), err)) < 0 ||
	    (st = engine_ready(s, err)) < 0 ||
	    (st = frames_embed(&f, result->samples, &result->samples_len, photos, photos_len,
			       err)) < 0)
		goto out;
	st = photos_fuse(&f, result, out, err);
out:
	consent_list_free(&ledger);
	frames_wipe(&f);
	return st;
}

tanu_status enrol_refused(struct service *s, struct enrol_result *out, const tanu_id *subject,
			  tanu_status st, const tanu_error *why, tanu_error *err)
{
	refusal_put(s, subject, TANU_EVENT_ENROL_REFUSED, 0, NULL, why);
	out->used = 0;
	if (err)
		*err = *why;
	return st;
}

static tanu_status enrol(struct service *s, struct enrol_result *out, const tanu_id *subject,
			 const struct photograph *photos, size_t photos_len, tanu_error *err)
{
	tanu_embedding mean = {0};
	tanu_reference reference = {0};
	tanu_status st;

	if ((st = enrol_photos(s, &mean, out, subject, photos, photos_len, err)) < 0 ||
	    (st = tanu_reference_from(&reference, &mean, err)) < 0)
		goto out;
	if ((st = reference_keep(s, &out->reference, subject, &reference, err)) == TANU_OK)
		st = second_factor_needed(s, &out->second_factor, subject, err);
out:
	tanu_embedding_wipe(&mean);
	tanu_reference_wipe(&reference);
	return st;
}

tanu_status service_enrol_photos(struct service *s, struct enrol_result *out,
				 const tanu_id *subject, const struct photograph *photos,
				 size_t photos_len, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st;

	*out = (struct enrol_result){0};
	if (photos_len == 0 || photos_len > SAMPLES_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "photo", "give 1 to %d photographs",
				 SAMPLES_MAX);
	if ((st = storage_require(s, STORAGE_VAULT, err)) < 0 ||
	    (st = subject_must_exist(s, subject, err)) < 0)
		return st;
	st = enrol(s, out, subject, photos, photos_len, &why);
	return st < 0 ? enrol_refused(s, out, subject, st, &why, err) : TANU_OK;
}

tanu_status service_enrol(struct service *s, struct enrol_result *out, const tanu_id *subject,
			  const char *const *photos, size_t photos_len, tanu_error *err)
{
	struct photograph shown[SAMPLES_MAX];

	photos_of_paths(shown, photos, photos_len);
	return service_enrol_photos(s, out, subject, shown, photos_len, err);
}
