/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every act becomes a leaf that only its person can find and read; the files of the log and the
 * database are held against each other, whichever of them somebody put back.
 */
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS

struct person_log {
	struct found_leaf *v;
	size_t len;
};

static struct person_log leaves_of(struct site *site, const tanu_id *id)
{
	struct person_log log = {0};

	MUST(journal_find(site->s, &log.v, &log.len, id, 1, err));
	return log;
}

static void log_free(struct person_log *log)
{
	free(log->v);
	*log = (struct person_log){0};
}

/* The text of a leaf as its person reads it; "" when it is withheld. */
static void text_of(struct site *site, char out[TANU_EVENT_MAX + 1], const tanu_id *id,
		    const struct found_leaf *leaf)
{
	struct secret key;
	size_t len = 0;

	MUST(vault_log_key(site->s->vault, &key, id, leaf->generation, err));
	if (tanu_opening_read(out, &len, key.b, leaf->n, leaf->opening, NULL) < 0)
		len = 0;
	out[len] = '\0';
}

/* Each leaf fits its place, its key and what it says. */
static void assert_chain(struct site *site, const tanu_id *id, const char *const *types,
			 size_t types_len)
{
	struct person_log log = leaves_of(site, id);
	char text[TANU_EVENT_MAX + 1], word[64];

	assert_int_equal(log.len, types_len);
	for (size_t i = 0; i < log.len; i++) {
		const struct found_leaf *f = &log.v[i];
		struct secret key;

		MUST(vault_log_key(site->s->vault, &key, id, f->generation, err));
		text_of(site, text, id, f);
		snprintf(word, sizeof(word), "\"type\":\"%s\"", types[i]);
		assert_non_null(strstr(text, word));
		MUST(tanu_leaf_check(&f->leaf, key.b, f->n, f->n ? &log.v[i - 1].leaf : NULL, text,
				     strlen(text), err));
	}
	log_free(&log);
}

static void every_act_becomes_a_leaf_of_its_person(void **state)
{
	static const char *const annas[] = {"subject-added", "consent-given", "enrolled",
					    "consent-withdrawn", "reference-erased"};
	static const char *const beriks[] = {"subject-added"};
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30), berik = add_person(site, "Berik", 30);
	struct erasure_receipt receipt;

	give(site, &anna, ACCESS, 100);
	keep_reference(site, &anna, 1);
	MUST(service_publish(site->s, err));
	MUST(service_consent_withdraw(site->s, &receipt, &anna, 0, err));
	MUST(service_publish(site->s, err));
	assert_chain(site, &anna, annas, ARRAY_LEN(annas));
	assert_chain(site, &berik, beriks, ARRAY_LEN(beriks));
	/* leaves in sixteens, and the statements log-opened, policy and notice */
	assert_int_equal(site->s->journal.head.size, 16 + 16 + 3);
	site_reopen(site);
	assert_int_equal(site->s->journal.stopped.status, TANU_OK);
	assert_chain(site, &anna, annas, ARRAY_LEN(annas));
}

static void nothing_is_added_when_nothing_happened(void **state)
{
	struct site *site = *state;
	uint64_t size;

	MUST(service_publish(site->s, err));
	size = site->s->journal.head.size;
	MUST(service_publish(site->s, err));
	site_reopen(site);
	MUST(service_publish(site->s, err));
	assert_int_equal(site->s->journal.head.size, size);
}

/* Days over which nothing happened are stated too; each once. */
static void each_day_and_month_that_is_over_is_stated_once(void **state)
{
	struct site *site = *state;
	uint64_t before;

	MUST(service_publish(site->s, err));
	before = site->s->journal.head.size;
	site->ahead_ms += 3 * DAY;
	MUST(service_publish(site->s, err));
	assert_in_range(site->s->journal.head.size, before + 3, before + 5); /* a month: two */
	before = site->s->journal.head.size;
	MUST(service_publish(site->s, err));
	assert_int_equal(site->s->journal.head.size, before);
	site->ahead_ms += 29 * DAY;
	MUST(service_publish(site->s, err));
	assert_in_range(site->s->journal.head.size, before + 29, before + 33);
}

static void what_waits_survives_without_a_batch(void **state)
{
	static const char *const annas[] = {"subject-added"};
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);

	site_reopen(site);
	MUST(service_publish(site->s, err));
	assert_chain(site, &anna, annas, ARRAY_LEN(annas));
}

/* Gone: her texts, and her key with which they could be found; the last leaf waits for that. */
static void leaving_overwrites_her_texts_and_says_so(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	struct erasure_receipt receipt;
	struct secret key;
	struct person_log log;
	char text[TANU_EVENT_MAX];
	size_t len = 0, found = 0;
	struct buf slots = {0};

	give(site, &anna, ACCESS, 100);
	MUST(service_publish(site->s, err));
	MUST(vault_log_key(site->s->vault, &key, &anna, 0, err));
	log = leaves_of(site, &anna);
	assert_int_equal(log.len, 2);
	assert_int_equal(tanu_opening_read(text, &len, key.b, 0, log.v[0].opening, NULL), TANU_OK);
	log_free(&log);
	MUST(service_subject_remove(site->s, &receipt, &anna, err));
	MUST(service_publish(site->s, err));
	MUST(site->s->journal.files.read(site->s->journal.files.self, &slots, "opening/000",
					 1 << 20, err));
	for (size_t at = 0; at < slots.len; at += TANU_OPENING_LEN)
		for (uint64_t n = 0; n < 3; n++)
			if (tanu_opening_read(text, &len, key.b, n, slots.data + at, NULL) ==
			    TANU_OK) {
				found++;
				assert_int_equal(n, 2);
				assert_non_null(memmem(text, len, "subject-removed", 15));
				assert_non_null(memmem(text, len, "\"before\":2", 10));
			}
	assert_int_equal(found, 1);
	buf_free(&slots);
}

static void a_renewed_key_ends_the_chain_and_begins_another(void **state)
{
	static const char *const words[] = {"subject-added", "log-key-renewed", "consent-given"};
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	uint64_t sequence = 0;
	struct person_log log;
	struct secret next;
	char text[TANU_EVENT_MAX + 1], hex[2 * DIGEST_LEN + 1];
	uint8_t digest[DIGEST_LEN];
	int64_t now_ms = site_clock(site);

	MUST(journal_renew_ready(site->s, &anna, err));
	MUST(history_ready(site->s, &anna, 1, now_ms, err));
	MUST(tx_begin(site->s, err));
	MUST(DB(site->s, sequence_next, &sequence, err));
	MUST(tx_end(site->s, journal_renew(site->s, &anna, sequence, now_ms, err), err));
	give(site, &anna, ACCESS, 100);
	MUST(service_publish(site->s, err));
	assert_chain(site, &anna, words, ARRAY_LEN(words));
	log = leaves_of(site, &anna);
	assert_int_equal(log.v[1].generation, 0);
	assert_int_equal(log.v[2].generation, 1);
	assert_int_equal(log.v[2].n, 0);
	MUST(vault_log_key(site->s->vault, &next, &anna, 1, err));
	sha256(digest, next.b, sizeof(next.b));
	hex_encode(hex, digest, sizeof(digest));
	text_of(site, text, &anna, &log.v[1]);
	assert_non_null(strstr(text, hex));
	log_free(&log);
}

static void texts_of_an_old_quarter_are_forgotten_by_number(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	int64_t middle;
	uint64_t before = 9;
	struct person_log log;
	char text[TANU_EVENT_MAX + 1];

	give(site, &anna, ACCESS, 100);
	site->ahead_ms += DAY;
	middle = site_clock(site);
	site->ahead_ms += DAY;
	give(site, &anna, TANU_PURPOSE_VISIT, 100);
	MUST(service_publish(site->s, err));
	MUST(journal_count_before(site->s, &before, &anna, 1, middle, err));
	assert_int_equal(before, 2);
	MUST(journal_forget(site->s, &anna, 1, &before, err));
	log = leaves_of(site, &anna);
	assert_int_equal(log.len, 3);
	for (size_t i = 0; i < log.len; i++) {
		text_of(site, text, &anna, &log.v[i]);
		assert_true((i < 2) == (text[0] == '\0'));
	}
	log_free(&log);
}

/* ---- one of the two was put back ---- */

static void copy_part(struct site *site, const char *from, const char *to)
{
	char a[200], b[200];

	snprintf(a, sizeof(a), "%s/%s", site->root, from);
	snprintf(b, sizeof(b), "%s/%s", site->root, to);
	site_remove_tree(b);
	site_copy(a, b);
}

/* The chain follows the log: no place is given twice. */
static void an_older_database_goes_on_behind_the_log(void **state)
{
	static const char *const annas[] = {"subject-added", "consent-given", "consent-given",
					    "consent-given"};
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	uint64_t size;

	give(site, &anna, ACCESS, 100); /* waits in the copy, and is in the log later */
	service_close(&site->s);
	copy_part(site, "data/tanu.db", "old.db");
	site_open_dir(site, site->dir);
	MUST(service_publish(site->s, err));
	give(site, &anna, TANU_PURPOSE_VISIT, 100);
	MUST(service_publish(site->s, err));
	size = site->s->journal.head.size;
	service_close(&site->s);
	copy_part(site, "old.db", "data/tanu.db");
	site_open_dir(site, site->dir);
	assert_true(site->s->rolled_back);
	assert_int_equal(site->s->journal.head.size, size);
	give(site, &anna, TANU_PURPOSE_IDENTITY, 100);
	MUST(service_publish(site->s, err));
	assert_true(site->s->journal.head.size > size);
	assert_chain(site, &anna, annas, ARRAY_LEN(annas));
	assert_int_equal(site->s->journal.stopped.status, TANU_OK);
}

static void older_files_stop_the_log_and_nothing_else(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	struct erasure_receipt receipt;

	MUST(service_publish(site->s, err));
	service_close(&site->s);
	copy_part(site, "data/log", "old-log");
	site_open_dir(site, site->dir);
	give(site, &anna, ACCESS, 100);
	keep_reference(site, &anna, 1);
	MUST(service_publish(site->s, err));
	service_close(&site->s);
	copy_part(site, "data/log", "new-log");
	copy_part(site, "old-log", "data/log");
	site_open_dir(site, site->dir);
	REFUSES(TANU_ERR_LOG_DAMAGED, service_publish(site->s, err));
	MUST(service_consent_withdraw(site->s, &receipt, &anna, 0, err));
	assert_true(receipt.reference_erased);
	service_close(&site->s);
	copy_part(site, "new-log", "data/log");
	site_open_dir(site, site->dir);
	MUST(service_publish(site->s, err));
}

/* The same key, another history: a copy of the folder that went its own way. */
static void files_of_another_history_stop_the_log(void **state)
{
	struct site *site = *state;
	uint64_t size;

	MUST(service_publish(site->s, err));
	service_close(&site->s);
	copy_part(site, "data", "twin");
	site_open_dir(site, site->dir);
	add_person(site, "Anna", 30);
	MUST(service_publish(site->s, err));
	size = site->s->journal.head.size;
	service_close(&site->s);
	{
		char twin[100];

		snprintf(twin, sizeof(twin), "%s/twin", site->root);
		site_open_dir(site, twin);
		add_person(site, "Berik", 30);
		MUST(service_publish(site->s, err));
		assert_int_equal(site->s->journal.head.size, size);
		service_close(&site->s);
	}
	copy_part(site, "twin/log", "data/log");
	site_open_dir(site, site->dir);
	REFUSES(TANU_ERR_LOG_FORK, service_publish(site->s, err));
}

static tanu_status no_room(void *self, const char *path, const void *bytes, size_t len,
			   tanu_error *err)
{
	(void)self;
	(void)bytes;
	(void)len;
	return tanu_fail(err, TANU_ERR_IO, path, "there is no room left on the disk");
}

/* Its places were given and its size signed: no other batch may take them. */
static void a_batch_that_was_signed_is_finished_by_the_next_opening(void **state)
{
	static const char *const annas[] = {"subject-added"};
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	struct buf signed_before = {0}, signed_after = {0};

	site->s->journal.files.write = no_room;
	REFUSES(TANU_ERR_IO, service_publish(site->s, err));
	REFUSES(TANU_ERR_IO, service_publish(site->s, err));
	MUST(DB(site->s, meta_get, &signed_before, META_LOG_HEAD, err));
	assert_int_equal(site->s->journal.head.size, 18);
	site_reopen(site);
	MUST(DB(site->s, meta_get, &signed_after, META_LOG_HEAD, err));
	assert_string_equal(buf_cstr(&signed_before), buf_cstr(&signed_after));
	assert_chain(site, &anna, annas, ARRAY_LEN(annas));
	MUST(service_publish(site->s, err));
	assert_int_equal(site->s->journal.head.size, 18);
	buf_free(&signed_before);
	buf_free(&signed_after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(every_act_becomes_a_leaf_of_its_person),
	    SITE_TEST(nothing_is_added_when_nothing_happened),
	    SITE_TEST(each_day_and_month_that_is_over_is_stated_once),
	    SITE_TEST(what_waits_survives_without_a_batch),
	    SITE_TEST(leaving_overwrites_her_texts_and_says_so),
	    SITE_TEST(a_renewed_key_ends_the_chain_and_begins_another),
	    SITE_TEST(texts_of_an_old_quarter_are_forgotten_by_number),
	    SITE_TEST(an_older_database_goes_on_behind_the_log),
	    SITE_TEST(older_files_stop_the_log_and_nothing_else),
	    SITE_TEST(files_of_another_history_stop_the_log),
	    SITE_TEST(a_batch_that_was_signed_is_finished_by_the_next_opening),
	};

	return cmocka_run_group_tests_name("service/journal", tests, NULL, NULL);
}
