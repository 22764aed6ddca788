/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the site says in public by itself (docs/log.md): each day's counts and each month's
 * disclosures and breaches, zero included, so that one that does not come is missed; which program
 * runs, and which page checks its receipts; by which settings it decides; who its witnesses are.
 */
#include "service/internal.h"

#include "receipt/receipt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define META_LOG_DAY	   "log-counts-day" /* the next day to be counted */
#define META_LOG_MONTH	   "log-disclosures-month"
#define META_LOG_POLICY	   "log-policy"
#define META_LOG_SOFTWARE  "log-software-" /* and the program's name */
#define META_LOG_VERIFIER  "log-verifier"
#define META_LOG_WITNESSES "log-witnesses" /* vkeys, one a line */
#define DAYS_AT_ONCE	   400

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

/* ---- days and months ---- */

static tanu_status count_get(struct service *s, int64_t *out, const char *name, int64_t day,
			     tanu_error *err)
{
	uint64_t n = 0;
	tanu_status st = DB(s, counter_day, &n, name, day, err);

	*out += (int64_t)n;
	return st;
}

static tanu_status day_put(struct service *s, int64_t day, int64_t now_ms, tanu_error *err)
{
	struct statement counts = {.type = STATEMENT_COUNTS, .at_ms = now_ms, .day = day};
	tanu_status st;

	if ((st = count_get(s, &counts.embeddings, "embeddings", day, err)) < 0 ||
	    (st = count_get(s, &counts.permits, "permits", day, err)) < 0 ||
	    (st = count_get(s, &counts.refusals, "refusals", day, err)) < 0 ||
	    (st = count_get(s, &counts.uses, "uses", day, err)) < 0)
		return st;
	return journal_state(s, &counts, err);
}

static tanu_status days_put(struct service *s, int64_t now_ms, tanu_error *err)
{
	int64_t today = date_to_days(date_from_ms(now_ms)), day = today, until;
	bool there = false;
	tanu_status st = number_get(s, &day, META_LOG_DAY, &there, err);

	until = today < day + DAYS_AT_ONCE ? today : day + DAYS_AT_ONCE;
	if (st < 0 || (there && day >= today))
		return st;
	for (; day < until && st == TANU_OK; day++)
		st = day_put(s, day, now_ms, err);
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

static tanu_status month_put(struct service *s, int64_t month, int64_t now_ms, tanu_error *err)
{
	struct statement sums = {.type = STATEMENT_DISCLOSURES, .at_ms = now_ms, .month = month};
	int64_t end = month_start(month + 1);
	tanu_status st = TANU_OK;

	for (int64_t day = month_start(month); day < end && st == TANU_OK; day++) {
		if ((st = count_get(s, &sums.released, COUNT_RELEASED, day, err)) == TANU_OK &&
		    (st = count_get(s, &sums.sealed, COUNT_SEALED, day, err)) == TANU_OK &&
		    (st = count_get(s, &sums.refused, COUNT_REFUSED, day, err)) == TANU_OK)
			st = count_get(s, &sums.extended, COUNT_EXTENDED, day, err);
	}
	return st < 0 ? st : journal_state(s, &sums, err);
}

static tanu_status breaches_put(struct service *s, int64_t month, int64_t now_ms, tanu_error *err)
{
	struct statement sums = {.type = STATEMENT_BREACHES, .at_ms = now_ms, .month = month};
	int64_t end = month_start(month + 1);
	tanu_status st = TANU_OK;

	for (int64_t day = month_start(month); day < end && st == TANU_OK; day++)
		if ((st = count_get(s, &sums.opened, COUNT_BREACHES, day, err)) == TANU_OK)
			st = count_get(s, &sums.people, COUNT_BREACH_PEOPLE, day, err);
	return st < 0 ? st : journal_state(s, &sums, err);
}

/* A site without gates has no lanes. */
static tanu_status lanes_put(struct service *s, int64_t month, int64_t now_ms, tanu_error *err)
{
	int64_t first = month_start(month), end = month_start(month + 1);
	struct statement lanes = {.type = STATEMENT_LANES, .at_ms = now_ms, .month = month};
	bool any = false;
	tanu_status st = parity_state(s, &lanes, first, end, &any, err);

	return st < 0 || !any ? st : journal_state(s, &lanes, err);
}

static tanu_status months_put(struct service *s, int64_t now_ms, tanu_error *err)
{
	int64_t present = month_of(date_from_ms(now_ms)), month = present;
	bool there = false;
	tanu_status st = number_get(s, &month, META_LOG_MONTH, &there, err);

	if (st < 0 || (there && month >= present))
		return st;
	for (; month < present && st == TANU_OK; month++)
		if ((st = month_put(s, month, now_ms, err)) == TANU_OK &&
		    (st = breaches_put(s, month, now_ms, err)) == TANU_OK)
			st = lanes_put(s, month, now_ms, err);
	return st < 0 ? st : number_set(s, META_LOG_MONTH, present, err);
}

/* ---- program and policy ---- */

static tanu_status program_digest(uint8_t out[DIGEST_LEN], tanu_error *err)
{
	struct buf program = {0};
	tanu_status st = os_read_program(&program, err);

	if (st == TANU_OK)
		sha256(out, program.data, program.len);
	buf_free(&program);
	return st;
}

static tanu_status software_put(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct statement software = {.type = STATEMENT_SOFTWARE, .at_ms = now_ms};
	char key[sizeof(META_LOG_SOFTWARE) + sizeof(s->program)];
	uint8_t said[DIGEST_LEN + sizeof(s->program)] = {0};
	bool same = false;
	tanu_status st;

	if (!s->program[0])
		return TANU_OK;
	if ((st = program_digest(software.sha256, err)) < 0)
		return st;
	snprintf(software.version, sizeof(software.version), "%s", s->program);
	snprintf(key, sizeof(key), META_LOG_SOFTWARE "%.*s", (int)strcspn(s->program, " "),
		 s->program);
	memcpy(said, software.sha256, DIGEST_LEN);
	memcpy(said + DIGEST_LEN, s->program, strlen(s->program));
	if ((st = said_before(s, &same, key, said, sizeof(said), err)) < 0 || same)
		return st;
	return journal_state(s, &software, err);
}

/* The page that people check receipts with, where one is installed beside the program. */
static tanu_status page_put(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct statement verifier = {.type = STATEMENT_VERIFIER, .at_ms = now_ms};
	struct buf page = {0};
	tanu_error why = {0};
	bool same = false;
	tanu_status st;

	if (!s->program[0])
		return TANU_OK;
	st = receipt_page_read(&page, verifier.sha256, &why);
	buf_free(&page);
	if (st < 0) /* there is none, or it can't be read: nothing is said of it */
		return TANU_OK;
	if ((st = said_before(s, &same, META_LOG_VERIFIER, verifier.sha256, DIGEST_LEN, err)) < 0 ||
	    same)
		return st;
	return journal_state(s, &verifier, err);
}

/* ---- witnesses ---- */

static bool has_line(const char *text, const char *line, size_t len)
{
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strcspn(at, "\n") == len && memcmp(at, line, len) == 0)
			return true;
	return false;
}

/* A statement for each line of `text` that is not in `other`. */
static tanu_status witnesses_say(struct service *s, const char *text, const char *other,
				 bool removed, int64_t now_ms, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (const char *at = text; *at && st == TANU_OK;
	     at += strcspn(at, "\n"), at += *at == '\n') {
		struct statement witness = {
		    .type = STATEMENT_WITNESS, .at_ms = now_ms, .removed = removed};
		const size_t len = strcspn(at, "\n");

		if (has_line(other, at, len))
			continue;
		snprintf(witness.key, sizeof(witness.key), "%.*s", (int)len, at);
		st = journal_state(s, &witness, err);
	}
	return st;
}

/* Whoever is named or no longer named as a witness, in public. */
static tanu_status witnesses_put(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct buf said = {0}, now = {0};
	tanu_status st = DB(s, meta_get, &said, META_LOG_WITNESSES, err);

	if (st < 0 || !s->witnesses.ask || s->witnesses.trouble.status < 0 ||
	    (s->witnesses.len == 0 && said.len == 0))
		goto out;
	for (size_t i = 0; i < s->witnesses.len; i++) {
		verifier_put(&now, &s->witnesses.verifiers[i]);
		buf_str(&now, "\n");
	}
	if ((st = buf_check(&now, err)) < 0 ||
	    (now.len == said.len && memcmp(now.data, said.data, now.len) == 0))
		goto out;
	if ((st = witnesses_say(s, buf_cstr(&now), buf_cstr(&said), false, now_ms, err)) ==
		TANU_OK &&
	    (st = witnesses_say(s, buf_cstr(&said), buf_cstr(&now), true, now_ms, err)) == TANU_OK)
		st = DB(s, meta_set, META_LOG_WITNESSES, now.data, now.len, err);
out:
	buf_free(&said);
	buf_free(&now);
	return st;
}

/* What the site is called and where it is reached decides nothing, nor where the log is. */
static bool is_policy(const char *name)
{
	return strcmp(name, "site.profile") == 0 ||
	       (strncmp(name, "site.", 5) != 0 && strncmp(name, "log.", 4) != 0);
}

static tanu_status policy_digest(struct service *s, uint8_t out[DIGEST_LEN], tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	for (size_t i = 0; i < s->settings.count; i++) {
		const char *name = s->settings.rows[i].name;

		if (is_policy(name))
			buf_printf(&text, "%s=%s\n", name, s->settings.values[i]);
	}
	if ((st = buf_check(&text, err)) == TANU_OK)
		sha256(out, text.data, text.len);
	buf_free(&text);
	return st;
}

static tanu_status policy_put(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct statement policy = {
	    .type = STATEMENT_POLICY,
	    .at_ms = now_ms,
	    .fmr_ppb = llround(settings_float(&s->settings, "match.fmr") * 1e9),
	    .identify = settings_int(&s->settings, "gallery.cap"),
	};
	bool same = false;
	tanu_status st;

	snprintf(policy.profile, sizeof(policy.profile), "%.16s",
		 settings_text(&s->settings, "site.profile"));
	if ((st = policy_digest(s, policy.sha256, err)) < 0 ||
	    (st = said_before(s, &same, META_LOG_POLICY, policy.sha256, DIGEST_LEN, err)) < 0 ||
	    same)
		return st;
	return journal_state(s, &policy, err);
}

static tanu_status opened_put(struct service *s, int64_t now_ms, tanu_error *err)
{
	struct statement opened = {.type = STATEMENT_LOG_OPENED, .at_ms = now_ms};
	bool same = false;
	tanu_status st = said_before(s, &same, "log-opened", "1", 1, err);

	if (st < 0 || same)
		return st;
	snprintf(opened.site, sizeof(opened.site), "%s", settings_text(&s->settings, "site.name"));
	snprintf(opened.version, sizeof(opened.version), "%s", s->program[0] ? s->program : "tanu");
	return journal_state(s, &opened, err);
}

tanu_status statements_due(struct service *s, tanu_error *err)
{
	int64_t now_ms = clock_now(&s->clock);
	tanu_status st;

	/* a wrong clock counts no days */
	if (clock_behind(s, now_ms) || clock_jumped(s, now_ms))
		return TANU_OK;
	if ((st = tx_begin(s, err)) < 0)
		return st;
	if ((st = opened_put(s, now_ms, err)) == TANU_OK &&
	    (st = software_put(s, now_ms, err)) == TANU_OK &&
	    (st = page_put(s, now_ms, err)) == TANU_OK &&
	    (st = policy_put(s, now_ms, err)) == TANU_OK &&
	    (st = witnesses_put(s, now_ms, err)) == TANU_OK &&
	    (st = days_put(s, now_ms, err)) == TANU_OK)
		st = months_put(s, now_ms, err);
	return tx_end(s, st, err);
}

tanu_status publish_due(struct service *s, tanu_error *err)
{
	tanu_status st;

	if ((st = statements_due(s, err)) < 0 || (st = disclosures_due(s, err)) < 0)
		return st;
	return journal_append(s, err);
}

tanu_status service_publish(struct service *s, tanu_error *err)
{
	tanu_status st = publish_due(s, err);

	if (st == TANU_OK)
		journal_cosign(s);
	return st;
}
