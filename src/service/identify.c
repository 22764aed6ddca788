/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 1:N, off unless a site turns it on: who of the consenting adults in a capped gallery is this?
 * Where it is on, every stranger who looks into the camera is embedded.
 */
#include "service/internal.h"

struct search {
	struct service *s;
	tanu_purpose purpose;
	int64_t now_ms;
	struct id_list subjects; /* those in the gallery, in its order */
	tanu_gallery *gallery;
	const tanu_calibration *calibration;
};

static tanu_status refuse_off(struct service *s, tanu_error *err)
{
	if (service_storage(s) == STORAGE_PASS)
		return tanu_fail(err, TANU_ERR_IDENTIFY_OFF, "storage.mode",
				 "this site stores no references to search among: claim an "
				 "identity with a pass and verify");
	if (settings_int(&s->settings, "gallery.cap") > 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_IDENTIFY_OFF, "gallery.cap",
			 "1:N identification is off at this site: claim an identity and verify");
}

/* ---- who may be searched for ---- */

static tanu_status take_subject(void *self, const struct reference_row *row, tanu_error *err)
{
	return id_list_add(self, &row->subject, err);
}

static tanu_status is_candidate(struct search *g, bool *out, const tanu_id *subject,
				tanu_error *err)
{
	int majority = settings_majority_years(&g->s->settings);
	struct consent_list ledger = {0};
	struct person person = {0};
	tanu_status st;

	*out = false;
	st = ledger_load(g->s, &ledger, subject, err);
	if (st == TANU_DAMAGED) /* she is refused, the others are searched */
		return TANU_OK;
	if (st < 0)
		return st;
	if (tanu_consent_find(ledger.v, ledger.len, subject, g->purpose, g->now_ms) &&
	    lock_require(g->s, subject, NULL) == TANU_OK &&
	    (st = subject_person(g->s, &person, subject, err)) == TANU_OK)
		*out = tanu_age_on(person.born, date_from_ms(g->now_ms)) >= majority;
	if (st == TANU_OK && *out)
		st = reference_is_young(g->s, out, subject, g->now_ms, err);
	consent_list_free(&ledger);
	mem_wipe(&person, sizeof(person));
	return st;
}

static tanu_status candidates_find(struct search *g, tanu_error *err)
{
	size_t cap = (size_t)settings_int(&g->s->settings, "gallery.cap");
	struct id_list enrolled = {0};
	tanu_status st = DB(g->s, reference_each, take_subject, &enrolled, err);

	for (size_t i = 0; i < enrolled.len && st == TANU_OK; i++) {
		bool may = false;

		if ((st = is_candidate(g, &may, &enrolled.v[i], err)) == TANU_OK && may)
			st = id_list_add(&g->subjects, &enrolled.v[i], err);
	}
	id_list_free(&enrolled);
	if (st == TANU_OK && g->subjects.len > cap)
		st = tanu_fail(err, TANU_ERR_GALLERY_FULL, "gallery.cap",
			       "%zu people would be searched, the cap is %zu: verify 1:1 instead",
			       g->subjects.len, cap);
	return st;
}

/* ---- the search ---- */

/* Every reference opens under a permit of its own. */
static tanu_status gallery_open_one(struct search *g, const tanu_id *subject, tanu_error *err)
{
	tanu_reference reference = {0};
	size_t index = 0;
	tanu_status st =
	    reference_open(g->s, &reference, subject, g->purpose, PERMIT_CLAIM_GALLERY, err);

	if (st == TANU_OK)
		st = tanu_gallery_add(g->gallery, &index, &reference, err);
	tanu_reference_wipe(&reference);
	return st;
}

static tanu_status gallery_open(struct search *g, tanu_error *err)
{
	tanu_status st = tanu_gallery_new(&g->gallery, g->subjects.len, err);

	for (size_t i = 0; i < g->subjects.len && st == TANU_OK; i++)
		st = gallery_open_one(g, &g->subjects.v[i], err);
	return st;
}

static tanu_status probe_embed(struct search *g, tanu_reference *out, const struct sample *sample,
			       tanu_error *err)
{
	static const tanu_id nobody;
	struct permit permit = {0};
	tanu_embedding embedding = {0};
	tanu_status st;

	if ((st = permit_issue_gallery(g->s->book, &permit, g->purpose, true, err)) == TANU_OK &&
	    (st = sample_embed(g->s, &embedding, sample, &permit, &nobody, err)) == TANU_OK)
		st = tanu_reference_from(out, &embedding, err);
	tanu_embedding_wipe(&embedding);
	mem_wipe(&permit, sizeof(permit));
	return st;
}

static tanu_status sample_search(struct search *g, tanu_decision *out, const struct sample *sample,
				 tanu_error *err)
{
	const struct settings *settings = &g->s->settings;
	tanu_reference probe = {0};
	tanu_status st;

	if (g->subjects.len == 0) {
		*out = (tanu_decision){0}; /* nobody to compare with: no features either */
		return TANU_OK;
	}
	if ((st = gallery_open(g, err)) == TANU_OK &&
	    (st = probe_embed(g, &probe, sample, err)) == TANU_OK)
		st = tanu_gallery_search(g->gallery, out, &probe, g->calibration,
					 settings_float(settings, "match.fpir"),
					 (float)settings_float(settings, "match.min_margin"), err);
	tanu_reference_wipe(&probe);
	return st;
}

/* The person who was found can see it; of a stranger nothing is kept but the count. */
static tanu_status search_keep(struct search *g, const struct verify_result *result,
			       tanu_error *err)
{
	struct service *s = g->s;
	struct event_record event = {.type = TANU_EVENT_IDENTIFIED,
				     .purposes = g->purpose,
				     .fmr = result->decision.fmr,
				     .extrapolated = result->decision.extrapolated};
	bool found = result->decision.result == TANU_MATCH;
	tanu_status st = TANU_OK;

	if (found)
		st = history_ready(s, &result->subject, 1, g->now_ms, err);
	if (st < 0 || (st = tx_begin(s, err)) < 0)
		return st;
	if (found)
		st = history_put(s, &result->subject, 0, g->now_ms, &event, err);
	if (st == TANU_OK)
		st = counts_put(s, g->now_ms, false, err);
	if ((st = tx_end(s, st, err)) == TANU_OK)
		counts_settle(s);
	return st;
}

static tanu_status identify(struct search *g, struct verify_result *out,
			    const struct photograph *photo, tanu_error *err)
{
	struct verify_result result = {.pad = "frame"};
	struct sample_result measured;
	struct sample sample;
	tanu_status st;

	if ((st = clock_require(g->s, g->now_ms, err)) < 0 || (st = candidates_find(g, err)) < 0 ||
	    (st = site_calibration(g->s, &g->calibration, err)) < 0 ||
	    (st = engine_ready(g->s, err)) < 0 ||
	    (st = sample_read(g->s, &sample, photo, SAMPLE_DOOR, &measured, err)) < 0)
		return st;
	st = sample_search(g, &result.decision, &sample, err);
	sample_close(g->s, &sample);
	if (st < 0)
		return st;
	if (result.decision.result == TANU_MATCH) {
		result.subject = g->subjects.v[result.decision.index];
		if ((st = id_list_add(&g->s->embedded, &result.subject, err)) == TANU_OK)
			st =
			    second_factor_needed(g->s, &result.second_factor, &result.subject, err);
	}
	if (st < 0 || (st = search_keep(g, &result, err)) < 0)
		return st;
	result.liveness = measured.liveness;
	result.quality = measured.quality;
	result.population = g->calibration->population;
	*out = result;
	return TANU_OK;
}

tanu_status service_identify(struct service *s, struct verify_result *out, tanu_purpose purpose,
			     const char *photo, tanu_error *err)
{
	struct photograph shown;
	struct search g = {.s = s,
			   .purpose = purpose ? purpose : TANU_PURPOSE_ACCESS,
			   .now_ms = clock_now(&s->clock)};
	tanu_error why = {0};
	tanu_status st = refuse_off(s, err);

	if (st < 0 || (st = purpose_must_recognise(g.purpose, err)) < 0)
		return st;
	photos_of_paths(&shown, &photo, 1);
	if ((st = identify(&g, out, &shown, &why)) < 0) {
		refusal_put(s, NULL, TANU_EVENT_NONE, 0, NULL, &why);
		if (err)
			*err = why;
	}
	id_list_free(&g.subjects);
	tanu_gallery_free(&g.gallery);
	return st;
}
