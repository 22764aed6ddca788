/* SPDX-License-Identifier: Apache-2.0 */
/* From photographs to a pass. The order is that of every act here: keys, rows, end of former keys.
 */
#include "service/internal.h"

#include <string.h>

struct issuing {
	struct service *s;
	const tanu_id *subject;
	int64_t now_ms;
	struct consent_list ledger;
	tanu_purpose purpose; /* of the consent that covers the reference */
	tanu_date until;      /* its last day */
	uint16_t generation;  /* of the first new pass */
	size_t count;
	bool stored;		/* a reference is here from before */
	struct key_list former; /* what dies with this */
	uint8_t reference[TANU_REFERENCE4_LEN];
	uint8_t model[TANU_MODEL_DIGEST];
};

void pass_ad(const struct service *s, uint8_t out[PASS_AD_LEN], const struct pass_head *head)
{
	pass_put_head(out, head);
	memcpy(out + PASS_HEAD_LEN, s->site.b, TANU_ID_LEN);
}

/* ---- what is needed first ---- */

static tanu_status take_generation(void *self, const struct pass_view *v, tanu_error *err)
{
	uint16_t *highest = self;

	(void)err;
	*highest = v->generation > *highest ? v->generation : *highest;
	return TANU_OK;
}

/* Above all that ever were, so that no number of a key comes twice. */
static tanu_status generation_next(struct issuing *is, tanu_error *err)
{
	struct key_list keys = {0};
	uint16_t highest = 0;
	tanu_status st;

	if ((st = service_pass_each(is->s, is->subject, take_generation, &highest, err)) == TANU_OK)
		st = pass_keys(is->s, &keys, is->subject, err);
	for (size_t i = 0; i < keys.len; i++)
		highest = keys.v[i].quarter > highest ? keys.v[i].quarter : highest;
	key_list_free(&keys);
	if (st == TANU_OK && highest > UINT16_MAX - is->count)
		st = tanu_fail(err, TANU_ERR_CONFLICT, "pass",
			       "this person has had %u passes: no more", highest);
	is->generation = (uint16_t)(highest + 1);
	return st;
}

static tanu_status keys_make(struct issuing *is, tanu_error *err)
{
	struct key_list keys = {0};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < is->count && st == TANU_OK; i++)
		st =
		    key_list_add(&keys, is->subject, KEY_PASS, (uint16_t)(is->generation + i), err);
	if (st == TANU_OK)
		st = keys_add(is->s, &keys, err);
	key_list_free(&keys);
	return st;
}

/* ---- rows ---- */

static tanu_status paper_new(struct issuing *is, struct pass_view *v, size_t which, tanu_error *err)
{
	const struct pass_paper paper = {.generation = (uint16_t)(is->generation + which),
					 .until = is->until,
					 .spare = which > 0};
	struct buf text = {0};
	tanu_status st = pass_paper_encode(&text, &paper, err);

	*v = (struct pass_view){.generation = paper.generation,
				.until = paper.until,
				.spare = paper.spare,
				.issued_ms = is->now_ms,
				.state = PASS_VALID};
	if (st == TANU_OK)
		st = paper_put(is->s, &v->id, is->subject, RECORD_PASS, is->now_ms, text.data,
			       text.len, err);
	buf_free(&text);
	memcpy(v->number, v->id.b, sizeof(v->number));
	return st;
}

static tanu_status pass_seal(struct issuing *is, struct pass *out, const struct pass_view *v,
			     tanu_error *err)
{
	struct service *s = is->s;
	struct permit permit = {0};
	uint8_t ad[PASS_AD_LEN];
	tanu_status st;

	*out = (struct pass){.head = {.generation = v->generation, .until = v->until}};
	memcpy(out->head.site, s->site.b, sizeof(out->head.site));
	memcpy(out->head.number, v->number, sizeof(out->head.number));
	memcpy(out->head.model, is->model, sizeof(out->head.model));
	pass_ad(s, ad, &out->head);
	if ((st = permit_issue(s->book, &permit, is->subject, is->purpose, PERMIT_CLAIM_ENROL,
			       is->ledger.v, is->ledger.len, err)) == TANU_OK)
		st = vault_seal_pass(s->vault, out->sealed, &permit, is->subject, v->generation, ad,
				     sizeof(ad), is->reference, err);
	mem_wipe(&permit, sizeof(permit));
	return st;
}

/* One that is stored here from before storage.mode was pass. */
static tanu_status stored_end(struct issuing *is, uint64_t sequence, tanu_error *err)
{
	const struct event_record event = {.type = TANU_EVENT_REFERENCE_ERASED};
	struct service *s = is->s;
	tanu_status st;

	if (!is->stored)
		return TANU_OK;
	if ((st = DB(s, reference_delete, is->subject, err)) < 0 ||
	    (st = lookalikes_drop(s, is->subject, err)) < 0 ||
	    (st = key_list_add(&is->former, is->subject, KEY_BIO, 0, err)) < 0)
		return st;
	return history_put(s, is->subject, sequence, is->now_ms, &event, err);
}

static tanu_status issued_put(struct issuing *is, const struct pass_view *v, uint64_t sequence,
			      tanu_error *err)
{
	const struct event_record event = {.type = TANU_EVENT_PASS_ISSUED,
					   .purposes = is->purpose,
					   .about = v->id,
					   .due_ms = (date_to_days(is->until) + 1) * DAY_MS};

	return history_put(is->s, is->subject, sequence, is->now_ms, &event, err);
}

/* The permits are for the ledger as it was: they are spent before it moves on. */
static tanu_status issue_rows(struct issuing *is, struct pass_issued *out, tanu_error *err)
{
	struct service *s = is->s;
	uint64_t sequence = 0;
	tanu_status st;

	if ((st = DB(s, sequence_next, &sequence, err)) < 0 ||
	    (st = passes_end(s, &is->former, is->subject, NULL, sequence, is->now_ms, err)) < 0)
		return st;
	out->replaced = is->former.len;
	for (size_t i = 0; i < is->count && st == TANU_OK; i++) {
		if ((st = paper_new(is, &out->view[i], i, err)) == TANU_OK &&
		    (st = pass_seal(is, &out->pass[i], &out->view[i], err)) == TANU_OK)
			st = issued_put(is, &out->view[i], sequence, err);
	}
	if (st < 0 || (st = stored_end(is, sequence, err)) < 0 ||
	    (st = DB(s, subject_set, is->subject, SUBJECT_ACTIVE, sequence, err)) < 0)
		return st;
	return counts_put(s, is->now_ms, false, err);
}

static tanu_status former_kill(struct issuing *is, tanu_error *err)
{
	struct service *s = is->s;
	uint64_t sequence = 0;
	tanu_status st;

	if (is->former.len == 0)
		return TANU_OK;
	if ((st = ledger_sequence(s, &sequence, err)) < 0 ||
	    (st = vault_kill_keys(s->vault, is->former.v, is->former.len, sequence, err)) < 0)
		return st;
	return is->stored ? s->store->calls->scrub(s->store, err) : TANU_OK;
}

/* The consent's last day, or that of a face of this age when it comes sooner. */
static tanu_status until_find(struct issuing *is, tanu_error *err)
{
	int64_t end_ms = ledger_cover(&is->ledger, is->subject, is->now_ms)->not_after_ms;
	struct person person = {0};
	tanu_status st = subject_person(is->s, &person, is->subject, err);

	if (st == TANU_OK) {
		int64_t age_ms = ageing_end(is->s, person.born, is->now_ms);

		is->until = date_from_ms((age_ms < end_ms ? age_ms : end_ms) - 1);
	}
	mem_wipe(&person, sizeof(person));
	return st;
}

static tanu_status issue(struct issuing *is, struct pass_issued *out, tanu_error *err)
{
	struct service *s = is->s;
	tanu_status st;

	if ((st = storage_require(s, STORAGE_PASS, err)) < 0 ||
	    (st = cover_require(s, &is->ledger, &is->purpose, is->subject, is->now_ms, err)) < 0)
		return st;
	if ((st = until_find(is, err)) < 0 || (st = generation_next(is, err)) < 0 ||
	    (st = keys_make(is, err)) < 0 ||
	    (st = history_ready(s, is->subject, 1, is->now_ms, err)) < 0 ||
	    (st = reference_exists(s, &is->stored, is->subject, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		return st;
	if ((st = tx_end(s, issue_rows(is, out, err), err)) < 0)
		return st;
	counts_settle(s);
	return former_kill(is, err);
}

tanu_status passes_keep(struct service *s, struct pass_issued *out, const tanu_id *subject,
			const tanu_embedding *embedding, size_t count, tanu_error *err)
{
	struct issuing is = {
	    .s = s, .subject = subject, .now_ms = clock_now(&s->clock), .count = count};
	tanu_status st;

	if (count == 0 || count > PASSES_AT_ONCE)
		return BAD_CALL(err, "a pass, or a pass and its spare");
	memcpy(is.model, embedding->model, sizeof(is.model));
	if ((st = tanu_reference4_encode(is.reference, embedding, err)) == TANU_OK)
		st = issue(&is, out, err);
	if (st == TANU_OK)
		out->len = count;
	consent_list_free(&is.ledger);
	key_list_free(&is.former);
	mem_wipe(&is, sizeof(is));
	return st;
}

static tanu_status enrol_onto(struct service *s, struct pass_issued *out, const tanu_id *subject,
			      const struct photograph *photos, size_t photos_len, bool spare,
			      tanu_error *err)
{
	tanu_embedding mean = {0};
	tanu_status st = enrol_photos(s, &mean, &out->enrolled, subject, photos, photos_len, err);

	if (st == TANU_OK)
		st = passes_keep(s, out, subject, &mean, spare ? 2 : 1, err);
	tanu_embedding_wipe(&mean);
	return st;
}

tanu_status service_pass_issue_photos(struct service *s, struct pass_issued *out,
				      const tanu_id *subject, const struct photograph *photos,
				      size_t photos_len, bool spare, tanu_error *err)
{
	tanu_error why = {0};
	tanu_status st;

	*out = (struct pass_issued){0};
	if (photos_len == 0 || photos_len > SAMPLES_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "photo", "give 1 to %d photographs",
				 SAMPLES_MAX);
	if ((st = storage_require(s, STORAGE_PASS, err)) < 0 ||
	    (st = subject_must_exist(s, subject, err)) < 0)
		return st;
	st = enrol_onto(s, out, subject, photos, photos_len, spare, &why);
	return st < 0 ? enrol_refused(s, &out->enrolled, subject, st, &why, err) : TANU_OK;
}

tanu_status service_pass_issue(struct service *s, struct pass_issued *out, const tanu_id *subject,
			       const char *const *photos, size_t photos_len, bool spare,
			       tanu_error *err)
{
	struct photograph shown[SAMPLES_MAX];

	photos_of_paths(shown, photos, photos_len);
	return service_pass_issue_photos(s, out, subject, shown, photos_len, spare, err);
}
