/* SPDX-License-Identifier: Apache-2.0 */
/* An examination as JSON, so that a monitor can go on where it was. */
#include "tlog/exam.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static void put_calendar(struct json_w *w, const char *key, const struct calendar *c)
{
	jw_object(w, key);
	jw_bool(w, "begun", c->begun);
	jw_int(w, "first", c->first);
	jw_array(w, "gaps");
	for (size_t i = 0; i < c->gaps_len; i++)
		jw_int(w, NULL, c->gaps[i]);
	jw_end_array(w);
	jw_int(w, "next", c->next);
	jw_end_object(w);
}

static void put_findings(struct json_w *w, const struct log_findings *f)
{
	jw_array(w, "findings");
	for (size_t i = 0; i < f->len; i++) {
		jw_object(w, NULL);
		jw_text(w, "code", finding_word(f->v[i].code));
		jw_text(w, "place", f->v[i].place);
		jw_text(w, "sentence", f->v[i].sentence);
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_int(w, "findings_dropped", (int64_t)f->dropped);
}

static void put_tallies(struct json_w *w, const struct log_exam *exam)
{
	jw_array(w, "tallies");
	for (size_t i = 0; i < exam->tallies_len; i++) {
		const struct tally *t = &exam->tallies[i];

		jw_object(w, NULL);
		jw_int(w, "extended", t->extended);
		jw_int(w, "month", t->month);
		jw_int(w, "said_extended", t->said_extended);
		jw_int(w, "said_sealed", t->said_sealed);
		jw_int(w, "sealed", t->sealed);
		jw_bool(w, "stated", t->stated);
		jw_bool(w, "told", t->told);
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void put_waiting(struct json_w *w, const struct log_exam *exam)
{
	char hex[2 * TANU_LEAF_PART + 1];

	jw_array(w, "waiting");
	for (size_t i = 0; i < exam->waiting_len; i++) {
		hex_encode(hex, exam->waiting[i].tag, TANU_LEAF_PART);
		jw_object(w, NULL);
		jw_int(w, "due_ms", exam->waiting[i].due_ms);
		jw_text(w, "tag", hex);
		jw_end_object(w);
	}
	jw_end_array(w);
}

void log_exam_put(struct json_w *w, const char *key, const struct log_exam *exam)
{
	jw_object(w, key);
	if (exam->breaches.begun)
		put_calendar(w, "breaches", &exam->breaches);
	put_calendar(w, "days", &exam->days);
	jw_int(w, "entries", (int64_t)exam->counts.entries);
	put_findings(w, &exam->findings);
	if (exam->lanes.begun)
		put_calendar(w, "lanes", &exam->lanes);
	jw_int(w, "latest_ms", exam->latest_ms);
	jw_int(w, "leaves", (int64_t)exam->counts.leaves);
	put_calendar(w, "months", &exam->months);
	jw_int(w, "opened_ms", exam->counts.opened_ms);
	jw_int(w, "restored_ms", exam->restored_ms);
	jw_int(w, "statements", (int64_t)exam->counts.statements);
	put_tallies(w, exam);
	put_waiting(w, exam);
	jw_end_object(w);
}

/* ---- reading ---- */

static tanu_status bad_state(tanu_error *err, const char *key)
{
	return tanu_fail(err, TANU_ERR_JSON, key, "not the state of a monitor");
}

static tanu_status get_count(uint64_t *out, json_value object, const char *key, tanu_error *err)
{
	int64_t v = 0;
	tanu_status st = json_int(&v, object, key, err);

	if (st >= 0 && v < 0)
		return bad_state(err, key);
	*out = (uint64_t)v;
	return st;
}

static tanu_status get_list(json_value *out, json_value object, const char *key, tanu_error *err)
{
	*out = json_get(object, key);
	return *out ? TANU_OK : bad_state(err, key);
}

static tanu_status get_gaps(struct calendar *c, json_value gaps, tanu_error *err)
{
	for (size_t i = 0; i < json_len(gaps); i++) {
		double v;
		tanu_status st = json_number_at(&v, gaps, i, err);

		if (st < 0)
			return st;
		if (!(v >= (double)c->first && v < (double)c->next) ||
		    !grow(&c->gaps, &c->gaps_cap, i, sizeof(*c->gaps), SIZE_MAX))
			return bad_state(err, "gaps");
		c->gaps[c->gaps_len++] = (int64_t)v;
		if (i > 0 && c->gaps[i] <= c->gaps[i - 1])
			return bad_state(err, "gaps");
	}
	return TANU_OK;
}

static tanu_status get_calendar(struct calendar *c, json_value object, tanu_error *err)
{
	json_value gaps;
	tanu_status st;

	if ((st = json_bool(&c->begun, object, "begun", err)) < 0 ||
	    (st = json_int(&c->first, object, "first", err)) < 0 ||
	    (st = json_int(&c->next, object, "next", err)) < 0 ||
	    (st = get_list(&gaps, object, "gaps", err)) < 0)
		return st;
	return get_gaps(c, gaps, err);
}

static tanu_status get_finding(struct log_findings *f, json_value object, tanu_error *err)
{
	const char *code, *place, *sentence;
	tanu_status st;

	if ((st = json_text(&code, object, "code", err)) < 0 ||
	    (st = json_text(&place, object, "place", err)) < 0 ||
	    (st = json_text(&sentence, object, "sentence", err)) < 0)
		return st;
	for (int i = 0; i < FINDING_COUNT; i++) {
		if (strcmp(finding_word((enum finding_code)i), code) != 0)
			continue;
		finding_add(f, (enum finding_code)i, place, "%s", sentence);
		return TANU_OK;
	}
	return bad_state(err, "code");
}

static tanu_status get_findings(struct log_exam *exam, json_value object, tanu_error *err)
{
	json_value list;
	uint64_t dropped = 0;
	tanu_status st = get_count(&dropped, object, "findings_dropped", err);

	if (st < 0 || (st = get_list(&list, object, "findings", err)) < 0)
		return st;
	for (size_t i = 0; st >= 0 && i < json_len(list); i++)
		st = get_finding(&exam->findings, json_at(list, i), err);
	exam->findings.dropped += dropped;
	exam->findings.suspicious |= dropped > 0;
	return st;
}

static tanu_status get_tally(struct log_exam *exam, json_value object, tanu_error *err)
{
	struct tally *t;
	int64_t month;
	tanu_status st = json_int(&month, object, "month", err);

	if (st < 0)
		return st;
	if (!(t = exam_tally(exam, month)))
		return bad_state(err, "tallies");
	if ((st = json_int(&t->extended, object, "extended", err)) < 0 ||
	    (st = json_int(&t->said_extended, object, "said_extended", err)) < 0 ||
	    (st = json_int(&t->said_sealed, object, "said_sealed", err)) < 0 ||
	    (st = json_int(&t->sealed, object, "sealed", err)) < 0 ||
	    (st = json_bool(&t->stated, object, "stated", err)) < 0)
		return st;
	return json_bool(&t->told, object, "told", err);
}

static tanu_status get_waiting(struct log_exam *exam, json_value object, tanu_error *err)
{
	const char *tag;
	struct waiting *w;
	tanu_status st = json_text(&tag, object, "tag", err);

	if (st < 0)
		return st;
	if (!grow(&exam->waiting, &exam->waiting_cap, exam->waiting_len, sizeof(*w), SIZE_MAX))
		return bad_state(err, "waiting");
	w = &exam->waiting[exam->waiting_len];
	if (!hex_decode(w->tag, sizeof(w->tag), tag))
		return bad_state(err, "tag");
	exam->waiting_len++;
	return json_int(&w->due_ms, object, "due_ms", err);
}

static tanu_status get_lists(struct log_exam *exam, json_value object, tanu_error *err)
{
	json_value tallies, waiting;
	tanu_status st;

	if ((st = get_findings(exam, object, err)) < 0 ||
	    (st = get_list(&tallies, object, "tallies", err)) < 0 ||
	    (st = get_list(&waiting, object, "waiting", err)) < 0)
		return st;
	for (size_t i = 0; st >= 0 && i < json_len(tallies); i++)
		st = get_tally(exam, json_at(tallies, i), err);
	for (size_t i = 0; st >= 0 && i < json_len(waiting); i++)
		st = get_waiting(exam, json_at(waiting, i), err);
	return st;
}

static tanu_status get_exam(struct log_exam *exam, json_value object, tanu_error *err)
{
	tanu_status st;

	if ((st = get_count(&exam->counts.entries, object, "entries", err)) < 0 ||
	    (st = get_count(&exam->counts.leaves, object, "leaves", err)) < 0 ||
	    (st = get_count(&exam->counts.statements, object, "statements", err)) < 0 ||
	    (st = json_int(&exam->counts.opened_ms, object, "opened_ms", err)) < 0 ||
	    (st = json_int(&exam->latest_ms, object, "latest_ms", err)) < 0 ||
	    (st = json_int(&exam->restored_ms, object, "restored_ms", err)) < 0 ||
	    (st = get_calendar(&exam->days, json_get(object, "days"), err)) < 0 ||
	    (st = get_calendar(&exam->months, json_get(object, "months"), err)) < 0)
		return st;
	/* who watched before there were such counts begins with the next one */
	if (json_get(object, "breaches") &&
	    (st = get_calendar(&exam->breaches, json_get(object, "breaches"), err)) < 0)
		return st;
	if (json_get(object, "lanes") &&
	    (st = get_calendar(&exam->lanes, json_get(object, "lanes"), err)) < 0)
		return st;
	return get_lists(exam, object, err);
}

tanu_status log_exam_get(struct log_exam **out, json_value object, tanu_error *err)
{
	struct log_exam *exam = NULL;
	tanu_status st = log_exam_new(&exam, err);

	if (st >= 0 && (st = get_exam(exam, object, err)) >= 0) {
		*out = exam;
		return TANU_OK;
	}
	log_exam_free(&exam);
	return st;
}
