/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/features.h"

#include "lease/lease.h"
#include "track/track.h"

#define FEATURES_LEAST 0.0F

struct claim {
	const struct eye_options *options;
	tanu_session *session;
	const struct eye_want *want;
	struct eye_result *result;
	tanu_embedding features[BEST_MAX];
	size_t len;
	struct permit permit; /* the last */
};

static tanu_status features_of(struct claim *c, const struct kept *kept, tanu_error *err)
{
	tanu_consent consent = {0};
	tanu_status st;

	if (!lease_consent_find(c->options->lease, &consent, &c->want->subject,
				c->want->generation))
		return tanu_fail(err, TANU_ERR_NO_REFERENCE, NULL,
				 "this gate holds no reference of this person");
	if ((st = permit_issue(c->options->book, &c->permit, &c->want->subject, TANU_PURPOSE_ACCESS,
			       PERMIT_CLAIM_GATE, &consent, 1, err)) < 0 ||
	    (st = permit_spend(c->options->book, &c->permit, PERMIT_EMBED, &c->want->subject,
			       err)) < 0)
		return st;
	c->result->permits++;
	c->result->embeddings++;
	st = tanu_embed(c->session, &c->features[c->len], &kept->pixels, &kept->face, err);
	if (st == TANU_OK && c->features[c->len].quality >= FEATURES_LEAST)
		c->len++;
	return st;
}

static tanu_status reference_of(struct claim *c, tanu_reference *out, tanu_error *err)
{
	const struct eye_want *w = c->want;

	if (w->generation)
		return lease_open_pass(c->options->lease, out, c->options->book, &c->permit,
				       &w->subject, w->generation, w->ad, w->ad_len, w->sealed,
				       w->sealed_len, err);
	return lease_open_reference(c->options->lease, out, c->options->book, &c->permit,
				    &w->subject, err);
}

static tanu_status compare(struct claim *c, tanu_error *err)
{
	struct lease_zone zone = {0};
	tanu_reference reference = {0};
	float score = 0;
	tanu_status st = reference_of(c, &reference, err);

	if (st == TANU_OK && !lease_zone_get(c->options->lease, &zone))
		st = tanu_fail(err, TANU_ERR_LEASE, NULL, "the lease has gone");
	if (st == TANU_OK)
		st = tanu_compare_frames(&score, c->features, NULL, c->len, &reference, err);
	if (st == TANU_OK) {
		if (reference.fused)
			zone.threshold.score = zone.fused_score;
		c->result->decision = tanu_decide(score, &zone.threshold);
		c->result->face =
		    c->result->decision.result == TANU_MATCH ? GATE_FACE_MATCH : GATE_FACE_NO_MATCH;
	}
	tanu_reference_wipe(&reference);
	return st;
}

void features_decide(const struct eye_options *options, tanu_session *session,
		     const struct kept *frames, size_t frames_len, const struct eye_want *want,
		     struct eye_result *result)
{
	struct claim c = {.options = options, .session = session, .want = want, .result = result};
	tanu_error why = {0};
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < frames_len && i < BEST_MAX && st == TANU_OK; i++)
		st = features_of(&c, &frames[i], &why);
	if (st == TANU_OK && c.len > 0)
		st = compare(&c, &why);
	if (st < 0 || c.len == 0) {
		result->face = result->embeddings ? GATE_FACE_REFUSED : GATE_FACE_NONE;
		result->why = why.code;
		result->decision = (tanu_decision){0};
	}
	mem_wipe(&c, sizeof(c));
}
