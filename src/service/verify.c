/* SPDX-License-Identifier: Apache-2.0 */
/* 1:1: is this the person who was claimed? */
#include "service/internal.h"

struct verification {
	struct service *s;
	const tanu_id *subject;
	tanu_purpose purpose;
	struct consent_list ledger;
	struct reference_row row; /* sealed */
	const tanu_calibration *calibration;
	tanu_threshold threshold;
};

/* Everything that can be known without the photograph. */
static tanu_status claim_check(struct verification *v, tanu_error *err)
{
	struct service *s = v->s;
	tanu_status st;

	if ((st = consent_require(s, &v->ledger, v->subject, v->purpose, clock_now(&s->clock),
				  err)) < 0 ||
	    (st = DB(s, reference_get, &v->row, v->subject, err)) < 0 ||
	    (st = site_calibration(s, &v->calibration, err)) < 0 ||
	    (st = engine_ready(s, SAMPLE_DOOR, err)) < 0)
		return st;
	return tanu_threshold_for_fmr(&v->threshold, v->calibration,
				      settings_float(&s->settings, "match.fmr"), err);
}

/* One permit: spent for the features of the photograph, then for opening the reference. */
static tanu_status sample_compare(struct verification *v, tanu_decision *out,
				  const struct sample *sample, tanu_error *err)
{
	struct service *s = v->s;
	struct permit permit = {0};
	tanu_embedding embedding = {0};
	tanu_reference probe = {0}, reference = {0};
	float score = 0;
	tanu_status st;

	if ((st = permit_issue(s->book, &permit, v->subject, v->purpose, PERMIT_CLAIM_OPERATOR,
			       v->ledger.v, v->ledger.len, err)) < 0 ||
	    (st = sample_embed(s, &embedding, sample, &permit, v->subject, err)) < 0 ||
	    (st = tanu_reference_from(&probe, &embedding, err)) < 0 ||
	    (st = vault_open_reference(s->vault, &reference, &permit, v->subject, &v->row.id,
				       v->row.sealed.data, v->row.sealed.len, err)) < 0 ||
	    (st = tanu_compare(&score, &probe, &reference, err)) < 0)
		goto out;
	*out = tanu_decide(score, &v->threshold);
out:
	tanu_embedding_wipe(&embedding);
	tanu_reference_wipe(&probe);
	tanu_reference_wipe(&reference);
	mem_wipe(&permit, sizeof(permit));
	return st;
}

static tanu_status decision_keep(struct verification *v, const tanu_decision *decision,
				 tanu_error *err)
{
	struct service *s = v->s;
	int64_t now_ms = clock_now(&s->clock);
	struct event_record event = {.type = decision->result == TANU_MATCH
						 ? TANU_EVENT_VERIFIED
						 : TANU_EVENT_VERIFY_NO_MATCH,
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

static tanu_status verify(struct verification *v, struct verify_result *out, const char *photo,
			  tanu_error *err)
{
	struct verify_result result = {.pad = "frame"};
	struct sample_result measured;
	struct sample sample;
	tanu_status st;

	if ((st = claim_check(v, err)) < 0 ||
	    (st = sample_read(v->s, &sample, photo, SAMPLE_DOOR, &measured, err)) < 0)
		return st;
	if ((st = sample_compare(v, &result.decision, &sample, err)) == TANU_OK &&
	    (st = second_factor_needed(v->s, &result.second_factor, v->subject, err)) == TANU_OK)
		st = decision_keep(v, &result.decision, err);
	sample_close(&sample);
	if (st < 0)
		return st;
	result.liveness = measured.liveness;
	result.quality = measured.quality;
	result.population = v->calibration->population;
	*out = result;
	return TANU_OK;
}

tanu_status service_verify(struct service *s, struct verify_result *out, const tanu_id *subject,
			   tanu_purpose purpose, const char *photo, tanu_error *err)
{
	struct verification v = {
	    .s = s, .subject = subject, .purpose = purpose ? purpose : TANU_PURPOSE_ACCESS};
	tanu_error why = {0};
	tanu_status st = subject_must_exist(s, subject, err);

	if (st < 0 || (st = purpose_must_recognise(v.purpose, err)) < 0)
		return st;
	if ((st = verify(&v, out, photo, &why)) < 0) {
		refusal_put(s, subject, TANU_EVENT_VERIFY_REFUSED, v.purpose, &why);
		if (err)
			*err = why;
	}
	consent_list_free(&v.ledger);
	buf_free(&v.row.sealed);
	return st;
}
