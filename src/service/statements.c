/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the site says in public by itself (docs/log.md): each day's counts and each month's
 * disclosures, zero included, so that one that does not come is missed; which program runs; by
 * which settings it decides.
 */
#include "service/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define META_LOG_DAY	  "log-counts-day" /* the next day to be counted */
#define META_LOG_MONTH	  "log-disclosures-month"
#define META_LOG_POLICY	  "log-policy"
#define META_LOG_SOFTWARE "log-software-" /* and the program's name */
#define DAYS_AT_ONCE	  400

/* ---- what was said last ---- */

static tanu_status number_get(struct service *s, int64_t *out, const char *key, bool *there,
			      tanu_error *err)
{
	struct buf value = {0};
	struct rd r;
	tanu_status st = DB(s, meta_get, &value, key, err);

	*there = value.len > 0;
	if (st == TANU_OK && *there) {
		rd_init(&r, value.data, value.len);
		*out = rd_i64le(&r);
		if (!rd_end(&r))
			st = tanu_fail(err, TANU_ERR_DB_DAMAGED, key, "this is not a number");
	}
	buf_free(&value);
	return st;
}

static tanu_status number_set(struct service *s, const char *key, int64_t value, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st;

	buf_u64le(&bytes, (uint64_t)value);
	if ((st = buf_check(&bytes, err)) == TANU_OK)
		st = DB(s, meta_set, key, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return st;
}

/* Was exactly this said last? If not it is remembered. */
static tanu_status said_before(struct service *s, bool *out, const char *key, const void *bytes,
			       size_t len, tanu_error *err)
{
	struct buf value = {0};
	tanu_status st = DB(s, meta_get, &value, key, err);

	*out = st == TANU_OK && value.len == len && memcmp(value.data, bytes, len) == 0;
	if (st == TANU_OK && !*out)
		st = DB(s, meta_set, key, bytes, len, err);
	buf_free(&value);
	return st;
}

/* ---- one statement ---- */

static void begin(struct json_w *w, struct buf *object, int64_t now_ms)
{
	object->len = 0;
	jw_init(w, object);
	jw_object(w, NULL);
	jw_int(w, "at_ms", now_ms);
}

static tanu_status end(struct service *s, struct json_w *w, struct buf *object, int64_t now_ms,
		       tanu_error *err)
{
	tanu_status st;

	jw_end_object(w);
	if ((st = buf_check(object, err)) == TANU_OK)
		st = journal_state(s, now_ms, object, err);
	return st;
}

/* ---- days and months ---- */

static tanu_status day_put(struct service *s, struct buf *object, int64_t day, int64_t now_ms,
			   tanu_error *err)
{
	static const char *const names[] = {"embeddings", "permits", "refusals", "uses"};
	tanu_date date = date_from_days(day);
	char text[32];
	struct json_w w;
	tanu_status st = TANU_OK;

	begin(&w, object, now_ms);
	snprintf(text, sizeof(text), "%04d-%02d-%02d", date.year, date.month, date.day);
	jw_text(&w, "day", text);
	for (size_t i = 0; i < ARRAY_LEN(names) && st == TANU_OK; i++) {
		uint64_t n = 0;

		if ((st = DB(s, counter_day, &n, names[i], day, err)) == TANU_OK)
			jw_int(&w, names[i], (int64_t)n);
	}
	jw_text(&w, "type", "counts");
	return st < 0 ? st : end(s, &w, object, now_ms, err);
}

static tanu_status days_put(struct service *s, struct buf *object, int64_t now_ms, tanu_error *err)
{
	int64_t today = date_to_days(date_from_ms(now_ms)), day = today, until;
	bool there = false;
	tanu_status st = number_get(s, &day, META_LOG_DAY, &there, err);

	until = today < day + DAYS_AT_ONCE ? today : day + DAYS_AT_ONCE;
	if (st < 0 || (there && day >= today))
		return st;
	for (; day < until && st == TANU_OK; day++)
		st = day_put(s, object, day, now_ms, err);
	return st < 0 ? st : number_set(s, META_LOG_DAY, until, err);
}

static int64_t month_of(tanu_date date)
{
	return (int64_t)date.year * 12 + date.month - 1;
}

static int64_t month_start(int64_t month)
{
	return date_to_days((tanu_date){(int16_t)(month / 12), (int8_t)(month % 12 + 1), 1});
}

static tanu_status month_sum(struct service *s, uint64_t *out, const char *name, int64_t month,
			     tanu_error *err)
{
	tanu_status st = TANU_OK;

	*out = 0;
	for (int64_t day = month_start(month); day < month_start(month + 1) && st == TANU_OK;
	     day++) {
		uint64_t n = 0;

		st = DB(s, counter_day, &n, name, day, err);
		*out += n;
	}
	return st;
}

static tanu_status month_put(struct service *s, struct buf *object, int64_t month, int64_t now_ms,
			     tanu_error *err)
{
	static const struct {
		const char *field, *counter;
	} rows[] = {{"extended", COUNT_DISCLOSURES "extended"},
		    {"refused", COUNT_DISCLOSURES "refused"},
		    {"released", COUNT_DISCLOSURES "released"},
		    {"sealed", COUNT_DISCLOSURES "sealed"}};
	char text[32];
	struct json_w w;
	tanu_status st = TANU_OK;

	begin(&w, object, now_ms);
	snprintf(text, sizeof(text), "%04d-%02d", (int)(month / 12), (int)(month % 12 + 1));
	for (size_t i = 0; i < ARRAY_LEN(rows) && st == TANU_OK; i++) {
		uint64_t n = 0;

		st = month_sum(s, &n, rows[i].counter, month, err);
		if (i == 1) /* extended, month, refused: keys in rising order */
			jw_text(&w, "month", text);
		jw_int(&w, rows[i].field, (int64_t)n);
	}
	jw_text(&w, "type", "disclosures");
	return st < 0 ? st : end(s, &w, object, now_ms, err);
}

static tanu_status months_put(struct service *s, struct buf *object, int64_t now_ms,
			      tanu_error *err)
{
	int64_t present = month_of(date_from_ms(now_ms)), month = present;
	bool there = false;
	tanu_status st = number_get(s, &month, META_LOG_MONTH, &there, err);

	if (st < 0 || (there && month >= present))
		return st;
	for (; month < present && st == TANU_OK; month++)
		st = month_put(s, object, month, now_ms, err);
	return st < 0 ? st : number_set(s, META_LOG_MONTH, present, err);
}

/* ---- program and policy ---- */

static tanu_status software_put(struct service *s, struct buf *object, int64_t now_ms,
				tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];
	char key[64], hex[2 * DIGEST_LEN + 1];
	struct buf program = {0}, said = {0};
	struct json_w w;
	bool same = false;
	tanu_status st;

	if (!s->program[0])
		return TANU_OK;
	if ((st = os_read_program(&program, err)) < 0)
		return st;
	sha256(digest, program.data, program.len);
	buf_free(&program);
	hex_encode(hex, digest, sizeof(digest));
	snprintf(key, sizeof(key), META_LOG_SOFTWARE "%.*s", (int)strcspn(s->program, " "),
		 s->program);
	buf_printf(&said, "%s %s", s->program, hex);
	if ((st = buf_check(&said, err)) == TANU_OK)
		st = said_before(s, &same, key, said.data, said.len, err);
	buf_free(&said);
	if (st < 0 || same)
		return st;
	begin(&w, object, now_ms);
	jw_text(&w, "sha256", hex);
	jw_text(&w, "type", "software");
	jw_text(&w, "version", s->program);
	return end(s, &w, object, now_ms, err);
}

/* Every setting but the site's name and what says where things are. */
static tanu_status policy_digest(struct service *s, uint8_t out[DIGEST_LEN], tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	for (size_t i = 0; i < s->settings.count; i++) {
		const char *name = s->settings.rows[i].name;

		if (strcmp(name, "site.name") != 0 && strncmp(name, "log.", 4) != 0)
			buf_printf(&text, "%s=%s\n", name, s->settings.values[i]);
	}
	if ((st = buf_check(&text, err)) == TANU_OK)
		sha256(out, text.data, text.len);
	buf_free(&text);
	return st;
}

static tanu_status policy_put(struct service *s, struct buf *object, int64_t now_ms,
			      tanu_error *err)
{
	uint8_t digest[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];
	struct json_w w;
	bool same = false;
	tanu_status st;

	if ((st = policy_digest(s, digest, err)) < 0 ||
	    (st = said_before(s, &same, META_LOG_POLICY, digest, sizeof(digest), err)) < 0 || same)
		return st;
	hex_encode(hex, digest, sizeof(digest));
	begin(&w, object, now_ms);
	jw_int(&w, "fmr_ppb", llround(settings_float(&s->settings, "match.fmr") * 1e9));
	jw_int(&w, "identify", settings_int(&s->settings, "gallery.cap"));
	jw_text(&w, "sha256", hex);
	jw_text(&w, "type", "policy");
	return end(s, &w, object, now_ms, err);
}

static tanu_status opened_put(struct service *s, struct buf *object, int64_t now_ms,
			      tanu_error *err)
{
	struct json_w w;
	bool same = false;
	tanu_status st = said_before(s, &same, "log-opened", "1", 1, err);

	if (st < 0 || same)
		return st;
	begin(&w, object, now_ms);
	jw_text(&w, "site", settings_text(&s->settings, "site.name"));
	jw_text(&w, "type", "log-opened");
	return end(s, &w, object, now_ms, err);
}

tanu_status statements_due(struct service *s, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	struct buf object = {0};
	tanu_status st;

	/* a wrong clock counts no days */
	if (clock_behind(s, now_ms) || clock_jumped(s, now_ms))
		return TANU_OK;
	if ((st = tx_begin(s, err)) < 0)
		return st;
	if ((st = opened_put(s, &object, now_ms, err)) == TANU_OK &&
	    (st = software_put(s, &object, now_ms, err)) == TANU_OK &&
	    (st = policy_put(s, &object, now_ms, err)) == TANU_OK &&
	    (st = days_put(s, &object, now_ms, err)) == TANU_OK)
		st = months_put(s, &object, now_ms, err);
	st = tx_end(s, st, err);
	buf_free(&object);
	return st;
}

tanu_status service_publish(struct service *s, tanu_error *err)
{
	tanu_status st = statements_due(s, err);

	return st < 0 ? st : journal_publish(s, err);
}
