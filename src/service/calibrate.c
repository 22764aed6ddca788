/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site measures itself: same age, same origin, brothers and sisters are here, and not in any
 * collection of photographs. References are compared with each other; no photograph is read and no
 * features are computed.
 */
#include "service/internal.h"

#include "eval/eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A permit each within PERMIT_LIFE_MS; more people would say nothing more. */
#define PEOPLE_MAX 4000
#define REPLICATES 300

struct calibration_run {
	struct service *s;
	int64_t now_ms;
	uint8_t model[TANU_MODEL_DIGEST];
	struct id_list opened; /* whose references were */
	tanu_embedding *sample;
	size_t *person;
	size_t len; /* references of the present model */
};

static tanu_status open_one(struct calibration_run *c, const tanu_id *subject, tanu_error *err)
{
	tanu_reference reference = {0};
	tanu_status st = reference_open(c->s, &reference, subject, TANU_PURPOSE_CALIBRATION,
					PERMIT_CLAIM_CALIBRATE, err);

	if (st == TANU_OK)
		st = id_list_add(&c->opened, subject, err);
	if (st == TANU_OK && memcmp(reference.model, c->model, sizeof(c->model)) == 0) {
		tanu_reference_to(&c->sample[c->len], &reference);
		c->person[c->len] = c->len;
		c->len++;
	}
	tanu_reference_wipe(&reference);
	return st;
}

static tanu_status refuse_few(size_t people, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_TOO_FEW, NULL,
			 "%zu enrolled people agreed to calibration, %d are needed: with fewer the "
			 "curve would say little, and something about single people",
			 people, CALIBRATION_PEOPLE_MIN);
}

static tanu_status open_all(struct calibration_run *c, tanu_error *err)
{
	struct id_list peers = {0};
	size_t len;
	tanu_status st = peers_find(c->s, &peers, c->now_ms, err);

	if (st == TANU_OK && peers.len < CALIBRATION_PEOPLE_MIN)
		st = refuse_few(peers.len, err);
	len = peers.len < PEOPLE_MAX ? peers.len : PEOPLE_MAX;
	c->sample = calloc(len + 1, sizeof(*c->sample));
	c->person = calloc(len + 1, sizeof(*c->person));
	if (st == TANU_OK && (!c->sample || !c->person))
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < len && st == TANU_OK; i++)
		st = open_one(c, &peers.v[i], err);
	id_list_free(&peers);
	if (st == TANU_OK && c->len < CALIBRATION_PEOPLE_MIN)
		st = refuse_few(c->len, err);
	return st;
}

static tanu_status measure(struct calibration_run *c, struct curve *out, tanu_error *err)
{
	const struct boot_options options = {
	    .replicates = REPLICATES, .seed = 1, .confidence = 0.95};
	struct scores scores = {0}, exact = {0};
	tanu_status st = all_pairs(&scores, &exact, c->sample, c->person, c->len, err);

	scores_free(&exact);
	if (st == TANU_OK)
		st = curve_measure(out, &scores, c->person, c->len, &options, err);
	scores_free(&scores);
	return st;
}

static tanu_status overlay_text(struct calibration_run *c, struct buf *out,
				const struct curve *curve, tanu_error *err)
{
	struct overlay overlay = {.people = (int64_t)curve->people,
				  .date = date_from_ms(c->now_ms)};
	char population[sizeof(overlay.calibration.population)];

	snprintf(population, sizeof(population), "this site's own %zu people on %04d-%02d-%02d",
		 curve->people, overlay.date.year, overlay.date.month, overlay.date.day);
	curve_calibration(&overlay.calibration, curve, population);
	memcpy(overlay.model, c->model, sizeof(overlay.model));
	return overlay_encode(out, &overlay, err);
}

/* `overlay` empty: nothing came of it, for this reason. */
static tanu_status rows_put(struct calibration_run *c, const struct buf *overlay,
			    tanu_error_code reason, tanu_error *err)
{
	struct event_record event = {
	    .type = TANU_EVENT_CALIBRATED, .purposes = TANU_PURPOSE_CALIBRATION, .reason = reason};
	struct service *s = c->s;
	tanu_status st = TANU_OK;

	if (overlay->len > 0)
		st = DB(s, meta_set, META_CALIBRATION, overlay->data, overlay->len, err);
	for (size_t i = 0; i < c->opened.len && st == TANU_OK; i++)
		st = history_put(s, &c->opened.v[i], 0, c->now_ms, &event, err);
	return st < 0 ? st : counts_put(s, c->now_ms, overlay->len == 0, err);
}

static tanu_status run_keep(struct calibration_run *c, const struct buf *overlay,
			    tanu_error_code reason, tanu_error *err)
{
	struct service *s = c->s;
	tanu_status st;

	if ((st = history_ready(s, c->opened.v, c->opened.len, c->now_ms, err)) < 0 ||
	    (st = tx_begin(s, err)) < 0)
		return st;
	if ((st = tx_end(s, rows_put(c, overlay, reason, err), err)) == TANU_OK)
		counts_settle(s);
	return st;
}

static void run_free(struct calibration_run *c)
{
	if (c->sample)
		mem_wipe(c->sample, c->len * sizeof(*c->sample));
	free(c->sample);
	free(c->person);
	id_list_free(&c->opened);
}

tanu_status service_calibrate(struct service *s, struct curve *out, tanu_error *err)
{
	struct calibration_run c = {.s = s, .now_ms = clock_now(&s->clock)};
	tanu_calibration base;
	struct curve curve = {0};
	struct buf overlay = {0};
	tanu_error why = {0};
	tanu_status st, kept;

	if ((st = model_calibration(s, &base, c.model, &why)) == TANU_OK &&
	    (st = open_all(&c, &why)) == TANU_OK && (st = measure(&c, &curve, &why)) == TANU_OK)
		st = overlay_text(&c, &overlay, &curve, &why);
	if (st < 0)
		overlay.len = 0;
	kept = run_keep(&c, &overlay, why.code, st < 0 ? NULL : &why);
	if (st == TANU_OK)
		st = kept;
	if (st == TANU_OK) {
		s->calibrated = false; /* read anew when next asked */
		*out = curve;
	} else if (err) {
		*err = why;
	}
	buf_free(&overlay);
	run_free(&c);
	return st;
}
