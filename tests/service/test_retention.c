/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histories end: rows, keys and texts in the public log of quarters whose time is over, and nothing
 * before that. What a notice promised is not stretched by a later setting.
 */
#include "service/site.h"

#define ACCESS	   TANU_PURPOSE_ACCESS
#define VISIT	   TANU_PURPOSE_VISIT
#define MONTH	   (30 * DAY)
#define QUARTER_MS (92 * DAY)

/* On in steps that are no jump of the clock; the site is open in between. */
static void pass_time(struct site *site, int64_t ms)
{
	for (; ms > 0; ms -= 20 * DAY) {
		site->ahead_ms += ms < 20 * DAY ? ms : 20 * DAY;
		site_reopen(site);
	}
}

struct story {
	int events, uses, erased;
	uint16_t quarter;
	int64_t oldest_ms;
};

static tanu_status take_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct story *story = self;

	(void)err;
	story->events++;
	story->uses += v->event == TANU_EVENT_VERIFY_REFUSED;
	story->erased += v->event == TANU_EVENT_HISTORY_ERASED;
	if (story->oldest_ms == 0)
		story->oldest_ms = v->at_ms;
	return TANU_OK;
}

static struct story story_of(struct site *site, const tanu_id *id)
{
	struct story story = {0};

	MUST(service_history_each(site->s, id, take_event, &story, err));
	return story;
}

static void use(struct site *site, const tanu_id *id)
{
	tanu_error why = {.code = TANU_ERR_NO_FACE};

	MUST(refusal_put(site->s, id, TANU_EVENT_VERIFY_REFUSED, ACCESS, NULL, &why));
}

static bool has_key(struct site *site, const tanu_id *id, int64_t at_ms)
{
	struct key_name name = {
	    .subject = *id, .kind = KEY_HISTORY, .quarter = vault_quarter(at_ms)};

	return vault_has_key(site->s->vault, &name);
}

/* Texts of her leaves that still open. */
static size_t texts_of(struct site *site, const tanu_id *id)
{
	struct found_leaf *found = NULL;
	size_t len = 0, open = 0;
	struct secret key;

	MUST(journal_publish(site->s, err));
	MUST(journal_find(site->s, &found, &len, id, 1, err));
	for (size_t i = 0; i < len; i++) {
		char text[TANU_EVENT_MAX];
		size_t n = 0;

		MUST(vault_log_key(site->s->vault, &key, id, found[i].generation, err));
		open += tanu_opening_read(text, &n, key.b, found[i].n, found[i].opening, NULL) ==
			TANU_OK;
	}
	free(found);
	return open;
}

static void set(struct site *site, const char *name, const char *value)
{
	char ini[128], text[128];

	snprintf(ini, sizeof(ini), "%s/tanu.ini", site->dir);
	snprintf(text, sizeof(text), "[site]\nname = School 7\n[retention]\n%s = %s\n", name,
		 value);
	MUST(os_replace_file(ini, text, strlen(text), 0600, err));
	site_reopen(site);
}

static void a_quarter_ends_when_its_time_is_over(void **state)
{
	struct site *site = *state;
	tanu_id id, other;
	int64_t begun;
	size_t before;

	set(site, "access", "2");
	id = add_person(site, "Aliya", 30);
	other = add_person(site, "Dana", 30); /* agreed to nothing: her acts are kept longer */
	begun = site_clock(site);
	give(site, &id, ACCESS, 1500);
	use(site, &id);
	pass_time(site, QUARTER_MS);
	use(site, &id);
	assert_int_equal(story_of(site, &id).erased, 0);
	assert_int_equal(story_of(site, &id).uses, 2);
	pass_time(site, 2 * MONTH + 5 * DAY);
	before = texts_of(site, &id);
	assert_false(has_key(site, &id, begun));
	assert_true(has_key(site, &other, begun));
	assert_int_equal(story_of(site, &id).erased, 1);
	assert_int_equal(story_of(site, &id).uses, 1);
	assert_true(story_of(site, &id).oldest_ms > begun + 20 * DAY);
	assert_int_equal(story_of(site, &other).events, 1);
	/* The use and the word about the erasure are all that opens. */
	assert_int_equal(before, 2);
	assert_int_equal(texts_of(site, &other), 1);
	MUST(service_check(site->s, err));
	site_reopen(site);
	assert_int_equal(story_of(site, &id).erased, 1);
}

static void the_longest_of_several_purposes_counts(void **state)
{
	struct site *site = *state;
	tanu_id id, both;
	int64_t begun;

	set(site, "access", "2");
	id = add_person(site, "Aliya", 30);
	both = add_person(site, "Dana", 30);
	begun = site_clock(site);
	give(site, &id, ACCESS, 1500);
	give(site, &both, ACCESS | VISIT, 1500);
	pass_time(site, QUARTER_MS + 2 * MONTH + 5 * DAY);
	assert_false(has_key(site, &id, begun));
	assert_true(has_key(site, &both, begun));
}

static void a_longer_setting_does_not_stretch_what_was_promised(void **state)
{
	struct site *site = *state;
	tanu_id id;
	int64_t begun;

	set(site, "access", "2");
	id = add_person(site, "Aliya", 30);
	begun = site_clock(site);
	give(site, &id, ACCESS, 1500);
	set(site, "access", "24");
	pass_time(site, QUARTER_MS + 2 * MONTH + 5 * DAY);
	assert_false(has_key(site, &id, begun));
}

static void a_shorter_setting_holds_for_all(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	int64_t begun = site_clock(site);

	give(site, &id, ACCESS, 1500);
	pass_time(site, QUARTER_MS + 2 * MONTH + 5 * DAY);
	assert_true(has_key(site, &id, begun));
	set(site, "access", "2");
	assert_false(has_key(site, &id, begun));
	MUST(service_check(site->s, err));
}

/* Broken off behind the rows: the keys are still there, and it is not told twice. */
static void what_broke_off_is_finished_once(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	int64_t begun = site_clock(site);
	uint64_t rows = 0;

	give(site, &id, ACCESS, 1500);
	pass_time(site, QUARTER_MS + 2 * MONTH + 5 * DAY);
	MUST(tx_begin(site->s, err));
	MUST(DB(site->s, event_delete, &id, vault_quarter(begun), &rows, err));
	assert_true(rows > 0);
	MUST(tx_end(site->s, head_drop_events(site->s, &id, rows, err), err));
	set(site, "access", "2");
	assert_false(has_key(site, &id, begun));
	assert_int_equal(story_of(site, &id).erased, 0);
	MUST(service_check(site->s, err));
}

/* What has no text any more is in the log, and not in a receipt. */
static void a_receipt_has_only_what_can_be_read(void **state)
{
	struct site *site = *state;
	tanu_receipt *receipt = NULL;
	struct buf text = {0};
	tanu_id id;

	set(site, "access", "2");
	id = add_person(site, "Aliya", 30);
	give(site, &id, ACCESS, 1500);
	pass_time(site, QUARTER_MS + 2 * MONTH + 5 * DAY);
	MUST(service_receipt(site->s, &text, &id, TANU_RECEIPT_HISTORY, "", err));
	MUST(tanu_receipt_parse(&receipt, text.data, text.len, err));
	assert_int_equal(receipt->leaves_len, 1); /* the word about the erasure */
	assert_true(receipt->leaves[0].n > 1);
	tanu_receipt_free(&receipt);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_quarter_ends_when_its_time_is_over),
	    SITE_TEST(the_longest_of_several_purposes_counts),
	    SITE_TEST(a_longer_setting_does_not_stretch_what_was_promised),
	    SITE_TEST(a_shorter_setting_holds_for_all),
	    SITE_TEST(what_broke_off_is_finished_once),
	    SITE_TEST(a_receipt_has_only_what_can_be_read),
	};

	return cmocka_run_group_tests_name("service/retention", tests, NULL, NULL);
}
