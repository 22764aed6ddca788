/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site's half of the recovery key: the public keys of all periods, sealed in the database so
 * that nobody can put her own in their place; and the test that shows that the holder's half opens.
 */
#include "service/recovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define META_RECOVERY	   "recovery"
#define META_RECOVERY_TEST "recovery-test"
/* Versions of their seals: none opens as another row of the site. */
#define SEAL_RECOVERY 0x5201
#define SEAL_TEST     0x5202

#define DAYS_LEAST 7
#define DAYS_MOST  92
#define YEARS_MOST 10

#define TEST_RANDOM 32
#define TEST_ANSWER 10
#define TEST_TITLE  "tanu recovery test 1"

/* ---- sealed rows of the site ---- */

static tanu_status meta_seal(struct service *s, const char *key, uint16_t version,
			     const struct buf *plain, tanu_error *err)
{
	const struct key_name name = {.subject = s->site, .kind = KEY_PROFILE};
	struct buf sealed = {0};
	tanu_status st = buf_check(plain, err);

	if (st == TANU_OK)
		st = vault_seal(s->vault, &sealed, &name, &s->site, version, plain->data,
				plain->len, err);
	if (st == TANU_OK)
		st = DB(s, meta_set, key, sealed.data, sealed.len, err);
	buf_free(&sealed);
	return st;
}

/* Nothing when it was never set. */
static tanu_status meta_open(struct service *s, struct buf *plain, const char *key,
			     uint16_t version, tanu_error *err)
{
	const struct key_name name = {.subject = s->site, .kind = KEY_PROFILE};
	struct buf sealed = {0};
	tanu_status st = DB(s, meta_get, &sealed, key, err);

	if (st == TANU_OK && sealed.len > 0)
		st = vault_unseal(s->vault, plain, &name, &s->site, version, sealed.data,
				  sealed.len, err);
	buf_free(&sealed);
	return st;
}

/* ---- the public half ---- */

static void recovery_put(struct buf *out, const struct recovery *r)
{
	buf_u64le(out, (uint64_t)r->from_ms);
	buf_u16le(out, r->days);
	buf_u16le(out, r->periods);
	buf_put(out, r->pin, RECOVERY_PIN);
	buf_u64le(out, (uint64_t)r->tested_ms);
	buf_put(out, r->keys, (size_t)r->periods * BOX_KEY_LEN);
}

static tanu_status recovery_get(struct recovery *out, const struct buf *plain, tanu_error *err)
{
	struct rd r;

	*out = (struct recovery){0};
	rd_init(&r, plain->data, plain->len);
	out->from_ms = rd_i64le(&r);
	out->days = rd_u16le(&r);
	out->periods = rd_u16le(&r);
	rd_copy(&r, out->pin, RECOVERY_PIN);
	out->tested_ms = rd_i64le(&r);
	if (out->days < DAYS_LEAST || out->periods == 0 || out->periods > RECOVERY_PERIODS_MAX)
		rd_fail(&r);
	else
		rd_copy(&r, out->keys, (size_t)out->periods * BOX_KEY_LEN);
	if (rd_end(&r))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_DB_DAMAGED, META_RECOVERY,
			 "the recovery key of this site is not whole");
}

tanu_status recovery_load(struct service *s, struct recovery *out, tanu_error *err)
{
	struct buf plain = {0};
	tanu_status st = meta_open(s, &plain, META_RECOVERY, SEAL_RECOVERY, err);

	if (st == TANU_OK && plain.len == 0)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
			       "this site has no recovery key yet: type tanu recovery init");
	if (st == TANU_OK)
		st = recovery_get(out, &plain, err);
	buf_wipe(&plain);
	return st;
}

/* A new key is said in public: whoever put one in secretly would be seen. */
static tanu_status recovery_state(struct service *s, const struct recovery *r, tanu_error *err)
{
	struct statement statement = {.type = STATEMENT_RECOVERY, .at_ms = clock_now(&s->clock)};

	sha256(statement.sha256, r->keys, (size_t)r->periods * BOX_KEY_LEN);
	return journal_state(s, &statement, err);
}

static tanu_status recovery_keep(struct service *s, const struct recovery *r, bool is_new,
				 tanu_error *err)
{
	struct buf plain = {0};
	tanu_status st;

	recovery_put(&plain, r);
	if ((st = tx_begin(s, err)) == TANU_OK) {
		st = meta_seal(s, META_RECOVERY, SEAL_RECOVERY, &plain, err);
		if (st == TANU_OK && is_new)
			st = recovery_state(s, r, err);
		st = tx_end(s, st, err);
	}
	buf_free(&plain);
	return st;
}

tanu_status recovery_period_at(const struct recovery *r, uint32_t *out, int64_t now_ms,
			       tanu_error *err)
{
	const int64_t length = r->days > 0 ? r->days * DAY_MS : DAY_MS;
	const int64_t period = now_ms < r->from_ms ? 0 : (now_ms - r->from_ms) / length;

	if (period >= r->periods)
		return tanu_fail(err, TANU_ERR_HELD, NULL,
				 "the periods of the recovery key have run out: make another one "
				 "with tanu recovery init");
	*out = (uint32_t)period;
	return TANU_OK;
}

int64_t recovery_forget_ms(const struct recovery *r, uint32_t period)
{
	return r->from_ms + ((int64_t)period + 1) * r->days * DAY_MS + RECOVERY_GRACE_DAYS * DAY_MS;
}

/* ---- making it ---- */

static uint16_t periods_for(int days)
{
	const int periods = YEARS_MOST * 365 / days;

	return (uint16_t)(periods < RECOVERY_PERIODS_MAX ? periods : RECOVERY_PERIODS_MAX);
}

static tanu_status public_keys(struct recovery *r, const struct recovery_key *first,
			       tanu_error *err)
{
	struct recovery_key key = *first;
	tanu_status st = TANU_OK;

	for (uint32_t i = 0; i < r->periods && st == TANU_OK; i++) {
		struct secret box;

		if ((st = recovery_turn(&key, i, err)) < 0)
			break;
		recovery_box_secret(&box, &key);
		box_public_key(r->keys[i], &box);
		secret_wipe(&box);
	}
	secret_wipe(&key.secret);
	return st;
}

static void sheet_fill(struct service *s, struct recovery_sheet *out, const struct recovery *r,
		       const struct recovery_key *key)
{
	*out =
	    (struct recovery_sheet){.from_ms = r->from_ms, .days = r->days, .periods = r->periods};
	recovery_code_put(out->code, key);
	snprintf(out->site, sizeof(out->site), "%s", settings_text(&s->settings, "site.name"));
	snprintf(out->log, sizeof(out->log), "%s", s->journal.signer.name);
}

tanu_status service_recovery_init(struct service *s, struct recovery_sheet *out, int days,
				  tanu_error *err)
{
	struct recovery r = {.from_ms = clock_now(&s->clock) / DAY_MS * DAY_MS};
	struct recovery_key key = {0};
	tanu_verifier log;
	tanu_status st;

	if (days < DAYS_LEAST || days > DAYS_MOST)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "a period has %d to %d days",
				 DAYS_LEAST, DAYS_MOST);
	if ((st = clock_require(s, clock_now(&s->clock), err)) < 0)
		return st;
	r.days = (uint16_t)days;
	r.periods = periods_for(days);
	signer_verifier(&log, &s->journal.signer);
	recovery_pin(r.pin, log.key);
	memcpy(key.pin, r.pin, RECOVERY_PIN);
	random_fill(&s->random, key.secret.b, SECRET_LEN);
	if ((st = public_keys(&r, &key, err)) == TANU_OK &&
	    (st = recovery_keep(s, &r, true, err)) == TANU_OK)
		sheet_fill(s, out, &r, &key);
	secret_wipe(&key.secret);
	return st;
}

/* ---- the test ---- */

/* What the holder reads out of the box, as the site will compare it. */
static void test_answer(uint8_t out[TEST_ANSWER], const uint8_t random[TEST_RANDOM])
{
	static const char label[] = "tanu recovery answer 1";
	uint8_t mac[MAC_LEN];

	hmac_sha256(mac, random, TEST_RANDOM, label, strlen(label));
	memcpy(out, mac, TEST_ANSWER);
	mem_wipe(mac, sizeof(mac));
}

static tanu_status challenge_put(struct service *s, struct buf *out, const struct recovery *r,
				 uint32_t period, const uint8_t random[TEST_RANDOM],
				 tanu_error *err)
{
	uint8_t box[TEST_RANDOM + BOX_OVERHEAD];
	char pin[2 * RECOVERY_PIN + 1];
	tanu_status st = box_seal(box, sizeof(box), r->keys[period], random, TEST_RANDOM,
				  TEST_TITLE, strlen(TEST_TITLE), &s->random, err);

	if (st < 0)
		return st;
	hex_encode(pin, r->pin, RECOVERY_PIN);
	buf_printf(out, TEST_TITLE "\nperiod %u\nsite %s\nbox ", (unsigned)period, pin);
	base64_put(out, box, sizeof(box));
	buf_str(out, "\n");
	return buf_check(out, err);
}

static tanu_status expect_answer(struct service *s, const uint8_t random[TEST_RANDOM],
				 tanu_error *err)
{
	uint8_t answer[TEST_ANSWER];
	struct buf plain = {0};
	tanu_status st;

	test_answer(answer, random);
	buf_put(&plain, answer, sizeof(answer));
	if ((st = tx_begin(s, err)) == TANU_OK)
		st = tx_end(s, meta_seal(s, META_RECOVERY_TEST, SEAL_TEST, &plain, err), err);
	mem_wipe(answer, sizeof(answer));
	buf_wipe(&plain);
	return st;
}

tanu_status service_recovery_challenge(struct service *s, struct buf *out, tanu_error *err)
{
	uint8_t random[TEST_RANDOM];
	struct recovery r = {0};
	uint32_t period = 0;
	tanu_status st;

	if ((st = recovery_load(s, &r, err)) < 0 ||
	    (st = recovery_period_at(&r, &period, clock_now(&s->clock), err)) < 0)
		return st;
	random_fill(&s->random, random, sizeof(random));
	if ((st = expect_answer(s, random, err)) == TANU_OK)
		st = challenge_put(s, out, &r, period, random, err);
	mem_wipe(random, sizeof(random));
	return st;
}

/* "name value\n" at `*at`, which moves on; the value is cut out of `text`. */
static char *take_field(char **at, const char *name)
{
	const size_t len = strlen(name);
	char *value = *at, *end;

	if (strncmp(value, name, len) != 0)
		return NULL;
	value += len;
	end = strchr(value, '\n');
	if (!end)
		return NULL;
	*end = '\0';
	*at = end + 1;
	return value;
}

struct challenge {
	uint32_t period;
	uint8_t pin[RECOVERY_PIN];
	uint8_t box[TEST_RANDOM + BOX_OVERHEAD];
};

static tanu_status challenge_parse(struct challenge *out, const char *text, tanu_error *err)
{
	char copy[512] = "", *at = copy, *title, *period, *pin, *box, *end = NULL;
	struct buf bytes = {0};
	unsigned long number = 0;
	bool ok;

	if (strlen(text) < sizeof(copy))
		strcpy(copy, text);
	else
		copy[0] = '\0';
	title = take_field(&at, TEST_TITLE);
	period = title ? take_field(&at, "period ") : NULL;
	pin = period ? take_field(&at, "site ") : NULL;
	box = pin ? take_field(&at, "box ") : NULL;
	if (period)
		number = strtoul(period, &end, 10);
	ok = box && *title == '\0' && end != period && *end == '\0' &&
	     number < RECOVERY_PERIODS_MAX && hex_decode(out->pin, RECOVERY_PIN, pin) &&
	     base64_get(&bytes, box, strlen(box), NULL) == TANU_OK && bytes.len == sizeof(out->box);
	if (ok) {
		out->period = (uint32_t)number;
		memcpy(out->box, bytes.data, bytes.len);
	}
	buf_free(&bytes);
	return ok ? TANU_OK
		  : tanu_fail(err, TANU_ERR_FORMAT, "challenge",
			      "this is not what tanu recovery test has printed");
}

static tanu_status answer_box(char out[RECOVERY_ANSWER_LEN], const struct challenge *c,
			      struct recovery_key *key, tanu_error *err)
{
	uint8_t random[TEST_RANDOM], answer[TEST_ANSWER];
	struct secret secret;
	tanu_status st;

	if (memcmp(key->pin, c->pin, RECOVERY_PIN) != 0)
		return tanu_fail(err, TANU_ERR_CRYPTO, "recovery key",
				 "this recovery key is of another site");
	if ((st = recovery_turn(key, c->period, err)) < 0)
		return st;
	recovery_box_secret(&secret, key);
	st = box_open(random, sizeof(random), &secret, c->box, sizeof(c->box), TEST_TITLE,
		      strlen(TEST_TITLE), NULL);
	secret_wipe(&secret);
	if (st < 0)
		return tanu_fail(err, TANU_ERR_CRYPTO, "recovery key",
				 "this recovery key does not open what the site has sealed: the "
				 "site has a newer one");
	test_answer(answer, random);
	base32_put(out, answer, sizeof(answer));
	mem_wipe(random, sizeof(random));
	return TANU_OK;
}

tanu_status service_recovery_answer(char out[RECOVERY_ANSWER_LEN], const char *challenge,
				    const char *code, tanu_error *err)
{
	struct recovery_key key = {0};
	struct challenge c = {0};
	tanu_status st;

	if ((st = challenge_parse(&c, challenge, err)) == TANU_OK &&
	    (st = recovery_code_parse(&key, code, err)) == TANU_OK)
		st = answer_box(out, &c, &key, err);
	secret_wipe(&key.secret);
	return st;
}

static tanu_status compare_answer(struct service *s, const char *answer, tanu_error *err)
{
	struct buf expected = {0};
	uint8_t given[TEST_ANSWER];
	tanu_status st = meta_open(s, &expected, META_RECOVERY_TEST, SEAL_TEST, err);

	if (st == TANU_OK && expected.len != TEST_ANSWER)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, NULL,
			       "no test was begun: type tanu recovery test, and give what it "
			       "prints to the holder");
	else if (st == TANU_OK && (!base32_get(given, sizeof(given), answer) ||
				   !crypto_equal(given, expected.data, TEST_ANSWER)))
		st = tanu_fail(err, TANU_ERR_CRYPTO, "answer",
			       "this is not the answer to the last test: the holder's key does not "
			       "open, or it answers another test");
	buf_wipe(&expected);
	return st;
}

tanu_status service_recovery_check(struct service *s, const char *answer, tanu_error *err)
{
	struct recovery r = {0};
	tanu_status st;

	if ((st = recovery_load(s, &r, err)) < 0 || (st = compare_answer(s, answer, err)) < 0)
		return st;
	r.tested_ms = clock_now(&s->clock);
	return recovery_keep(s, &r, false, err);
}

/* ---- for doctor ---- */

tanu_status service_recovery_state(struct service *s, struct recovery_state *out, tanu_error *err)
{
	const int64_t now_ms = clock_now(&s->clock);
	struct backups_known known = {0};
	struct recovery r = {0};
	tanu_error why = {0};
	tanu_status st;

	*out = (struct recovery_state){.notice = s->notice};
	if ((st = recovery_load(s, &r, &why)) == TANU_NOT_FOUND)
		return TANU_OK;
	if (st < 0) {
		if (err)
			*err = why;
		return st;
	}
	if ((st = backups_known(s, &known, err)) < 0)
		return st;
	out->there = true;
	out->from_ms = r.from_ms;
	out->days = r.days;
	out->periods = r.periods;
	out->tested_ms = r.tested_ms;
	out->over = recovery_period_at(&r, &out->period, now_ms, NULL) < 0;
	if (!out->over && out->period > 0)
		out->turn_ms = recovery_forget_ms(&r, out->period - 1);
	out->backups = known.count;
	out->backup_ms = known.last_ms;
	out->horizon_ms = known.horizon_ms;
	return TANU_OK;
}
