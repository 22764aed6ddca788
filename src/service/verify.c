/* SPDX-License-Identifier: Apache-2.0 */
/* 1:1: is this the person who was claimed? */
#include "service/relying_inside.h"

#include <math.h>
#include <string.h>

/* ---- setting match.pad ---- */

bool pad_is_sequence(const struct service *s)
{
	return strcmp(settings_text(&s->settings, "match.pad"), "sequence") == 0;
}

tanu_status pad_check(const struct settings *settings, tanu_error *err)
{
	const char *pad = settings_text(settings, "match.pad");

	if (strcmp(pad, "sequence") == 0 || strcmp(pad, "frame") == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_SETTING, "match.pad", "this is neither sequence nor frame");
}

/* ---- one claim ---- */

struct verification {
	struct service *s;
	const tanu_id *subject;
	tanu_purpose purpose;
	struct consent_list ledger;
	struct frames frames;
	const struct pass *pass;	    /* NULL: the reference is stored here */
	const struct verify_asker *asker;   /* NULL: this site itself */
	const struct liveness_result *live; /* of the frames; NULL: nobody looked */
	struct reference_row row;	    /* sealed; of a pass only the id of its paper */
	const tanu_calibration *calibration;
	tanu_threshold threshold;
};

static tanu_status reference_find(struct verification *v, tanu_error *err)
{
	struct service *s = v->s;
	tanu_error why = {0};
	tanu_status st;

	if (v->pass)
		return pass_claim(s, &v->row.id, v->subject, v->pass, err);
	st = DB(s, reference_get, &v->row, v->subject, &why);
	if (st == TANU_NOT_FOUND && service_storage(s) == STORAGE_PASS)
		return tanu_fail(err, TANU_ERR_PASS, NULL,
				 "this site stores no reference: it is on the person's pass, which "
				 "has to be shown");
	if (st < 0 && err)
		*err = why;
	return st < 0 ? st : reference_require_young(s, &v->row, clock_now(&s->clock), err);
}

static tanu_status reference_show(struct verification *v, tanu_reference *out, tanu_error *err)
{
	if (v->pass)
		return pass_open(v->s, out, &v->frames.permit, v->subject, v->pass, err);
	return vault_open_reference(v->s->vault, out, &v->frames.permit, v->subject, &v->row.id,
				    v->row.sealed.data, v->row.sealed.len, err);
}

/* Everything that can be known without the photograph. */
static tanu_status claim_check(struct verification *v, tanu_error *err)
{
	struct service *s = v->s;
	tanu_status st;

	if ((st = lock_require(s, v->subject, err)) < 0 ||
	    (st = consent_require(s, &v->ledger, v->subject, v->purpose, clock_now(&s->clock),
				  err)) < 0 ||
	    (st = site_calibration(s, &v->calibration, err)) < 0 ||
	    (st = reference_find(v, err)) < 0 || (st = engine_ready(s, err)) < 0)
		return st;
	return tanu_threshold_for_fmr(&v->threshold, v->calibration,
				      settings_float(&s->settings, "match.fmr"), err);
}

/* Of what is no live face no features are computed. */
static tanu_status life_check(const struct verification *v, tanu_error *err)
{
	if (!v->live || !pad_is_sequence(v->s) || v->live->state == LIVENESS_LIVE)
		return TANU_OK;
	if (v->live->state == LIVENESS_ATTACK)
		return tanu_fail(err, TANU_ERR_NOT_LIVE, "frames", "this is no live face: %s",
				 liveness_part_attack(v->live->reason));
	return tanu_fail(err, TANU_ERR_NOT_LIVE, "frames",
			 "too little was seen to tell a live face from a picture: go on until the "
			 "answer to a frame says \"live\" (docs/api.md)");
}

static const char *pad_of(const struct verification *v)
{
	if (!v->live || v->live->state != LIVENESS_LIVE)
		return "frame";
	return v->live->synthetic ? "synthetic" : "sequence";
}

/*
 * One permit a photograph, spent for its features. The last of them is spent for opening the
 * reference too: all are one claim, and one look at the reference.
 */
static tanu_status frames_compare(struct verification *v, struct verify_result *out,
				  tanu_error *err)
{
	bool keep[SAMPLES_MAX] = {false};
	tanu_reference reference = {0};
	float score = 0;
	tanu_status st;

	if ((st = frames_select(&v->frames, keep, &out->used, out->samples, v->threshold.score,
				err)) < 0 ||
	    (st = reference_show(v, &reference, err)) < 0 ||
	    (st = tanu_threshold_for_reference(&v->threshold, v->calibration,
					       settings_float(&v->s->settings, "match.fmr"),
					       &reference, err)) < 0 ||
	    (st = tanu_compare_frames(&score, v->frames.embedding, keep, v->frames.len, &reference,
				      err)) < 0)
		goto out;
	out->decision = tanu_decide(score, &v->threshold);
out:
	tanu_reference_wipe(&reference);
	return st;
}

/* Of the photographs that were used: any of them that is no live face must show. */
static void measures_join(struct verify_result *result)
{
	result->liveness = 1;
	result->quality = 0;
	for (size_t i = 0; i < result->samples_len; i++) {
		const struct sample_result *sample = &result->samples[i];

		if (sample->status < 0)
			continue;
		result->liveness = fminf(result->liveness, sample->liveness);
		result->quality += sample->quality / (float)result->used;
	}
}

/* Whoever asks from outside is told yes only of a live face that nobody else here looks like. */
static bool is_yes(const struct verification *v, const struct verify_result *r)
{
	return r->decision.result == TANU_MATCH &&
	       (!v->asker || (r->liveness >= v->asker->liveness_min && !r->second_factor));
}

static tanu_status decision_keep(struct verification *v, const struct verify_result *r,
				 tanu_error *err)
{
	const tanu_decision *decision = &r->decision;
	struct service *s = v->s;
	int64_t now_ms = clock_now(&s->clock);
	struct event_record event = {.type = is_yes(v, r) ? TANU_EVENT_VERIFIED
							  : TANU_EVENT_VERIFY_NO_MATCH,
				     .recipient = v->asker ? v->asker->name : NULL,
				     .purposes = v->purpose,
				     .about = v->row.id,
				     .fmr = decision->fmr,
				     .extrapolated = decision->extrapolated};
	tanu_status st;

	if ((st = history_ready(s, v->subject, 1, now_ms, err)) < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	if ((st = history_put(s, v->subject, 0, now_ms, &event, err)) == TANU_OK)
		st = counts_put(s, now_ms, false, err);
	if ((st = tx_end(s, st, err)) == TANU_OK)
		counts_settle(s);
	return st;
}

static tanu_status verify(struct verification *v, struct verify_result *out,
			  const struct photograph *photos, size_t photos_len, tanu_error *err)
{
	tanu_status st;

	if ((st = claim_check(v, err)) < 0 || (st = life_check(v, err)) < 0 ||
	    (st = frames_embed(&v->frames, out->samples, &out->samples_len, photos, photos_len,
			       err)) < 0 ||
	    (st = frames_compare(v, out, err)) < 0 ||
	    (st = second_factor_needed(v->s, &out->second_factor, v->subject, err)) < 0)
		return st;
	measures_join(out);
	out->pad = pad_of(v);
	out->population = v->calibration->population;
	return decision_keep(v, out, err);
}

/* Nothing of a decision is left; what was wrong with each photograph is. */
static void answer_blank(struct verify_result *out)
{
	struct verify_result blank = {.samples_len = out->samples_len};

	memcpy(blank.samples, out->samples, sizeof(blank.samples));
	*out = blank;
}

static tanu_status verify_photos(struct verification *v, struct verify_result *out,
				 const struct photograph *photos, size_t photos_len,
				 tanu_error *err)
{
	struct service *s = v->s;
	tanu_error why = {0};
	tanu_status st;

	*out = (struct verify_result){0};
	if (photos_len == 0 || photos_len > SAMPLES_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "photo", "give 1 to %d photographs",
				 SAMPLES_MAX);
	if ((st = subject_must_exist(s, v->subject, err)) < 0 ||
	    (st = purpose_must_recognise(v->purpose, err)) < 0)
		return st;
	v->frames = (struct frames){.s = s,
				    .subject = v->subject,
				    .ledger = &v->ledger,
				    .purpose = v->purpose,
				    .claim = v->pass	? PERMIT_CLAIM_PASS
					     : v->asker ? PERMIT_CLAIM_RECIPIENT
							: PERMIT_CLAIM_OPERATOR,
				    .recipient = v->asker ? &v->asker->id : NULL,
				    .use = SAMPLE_DOOR};
	if ((st = verify(v, out, photos, photos_len, &why)) < 0) {
		answer_blank(out);
		refusal_put(s, v->subject, TANU_EVENT_VERIFY_REFUSED, v->purpose,
			    v->asker ? v->asker->name : NULL, &why);
		if (err)
			*err = why;
	}
	frames_wipe(&v->frames);
	consent_list_free(&v->ledger);
	buf_free(&v->row.sealed);
	return st;
}

tanu_status service_verify_photos(struct service *s, struct verify_result *out,
				  const struct verify_ask *ask, tanu_error *err)
{
	struct verification v = {.s = s,
				 .subject = ask->subject,
				 .purpose = ask->purpose ? ask->purpose : TANU_PURPOSE_ACCESS,
				 .pass = ask->pass,
				 .live = ask->live};

	return verify_photos(&v, out, ask->photos, ask->photos_len, err);
}

tanu_status verify_for(struct service *s, struct verify_result *out, bool *yes,
		       const struct verify_asker *asker, const struct assertion_ask *ask,
		       tanu_error *err)
{
	struct verification v = {.s = s,
				 .subject = ask->subject,
				 .purpose = TANU_PURPOSE_IDENTITY,
				 .asker = asker,
				 .live = ask->live};
	tanu_status st = verify_photos(&v, out, ask->photos, ask->photos_len, err);

	*yes = st == TANU_OK && is_yes(&v, out);
	return st;
}

tanu_status service_verify_frames(struct service *s, struct verify_result *out,
				  const tanu_id *subject, tanu_purpose purpose,
				  const char *const *photos, size_t photos_len, tanu_error *err)
{
	return service_verify_pass(s, out, subject, purpose, NULL, photos, photos_len, err);
}

tanu_status service_verify_pass(struct service *s, struct verify_result *out,
				const tanu_id *subject, tanu_purpose purpose,
				const struct pass *pass, const char *const *photos,
				size_t photos_len, tanu_error *err)
{
	struct photograph shown[SAMPLES_MAX];
	const struct verify_ask ask = {.subject = subject,
				       .purpose = purpose,
				       .pass = pass,
				       .photos = shown,
				       .photos_len = photos_len};

	photos_of_paths(shown, photos, photos_len);
	return service_verify_photos(s, out, &ask, err);
}

tanu_status service_verify(struct service *s, struct verify_result *out, const tanu_id *subject,
			   tanu_purpose purpose, const char *photo, tanu_error *err)
{
	return service_verify_frames(s, out, subject, purpose, &photo, 1, err);
}
