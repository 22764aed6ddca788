/* SPDX-License-Identifier: Apache-2.0 */
/* The register of breaches: its clock, who was told, who finds it; each member damaged. */
#include "service/breach.h"
#include "service/passes.h"

#define HOUR ((int64_t)3600000)

static struct breach_order order_for(const char *what, unsigned kinds)
{
	return (struct breach_order){.what = what, .kinds = kinds};
}

static tanu_id open_breach(struct site *site, const tanu_id *people, size_t people_len)
{
	struct breach_order order = order_for("The office laptop was stolen", BREACH_NAMES);
	tanu_id id = {0};

	order.people = people;
	order.people_len = people_len;
	MUST(service_breach_open(site->s, &id, &order, err));
	return id;
}

static struct breach_view view_of(struct site *site, const tanu_id *id)
{
	struct breach_view v = {0};
	char hex[ID_HEX_LEN];

	id_hex(hex, id);
	MUST(service_breach_find(site->s, &v, hex, err));
	return v;
}

static tanu_status tell(struct site *site, const tanu_id *id, enum breach_told whom, int64_t at_ms,
			tanu_error *err)
{
	const struct breach_notice notice = {.at_ms = at_ms, .whom = whom, .how = "portal, 17"};

	return service_breach_told(site->s, id, &notice, err);
}

static tanu_status count_event(void *self, const struct history_view *v, tanu_error *err)
{
	(void)err;
	*(size_t *)self += v->event == TANU_EVENT_BREACH && !id_is_zero(&v->about);
	return TANU_OK;
}

static size_t found_by(struct site *site, const tanu_id *id)
{
	size_t count = 0;

	MUST(service_history_each(site->s, id, count_event, &count, err));
	return count;
}

static uint64_t counted(struct site *site, const char *name)
{
	uint64_t n = 0;

	MUST(DB(site->s, counter_sum, &n, name, err));
	return n;
}

static void a_breach_is_written_down(void **state)
{
	struct site *site = *state;
	tanu_id people[] = {add_person(site, "Aliya", 30), add_person(site, "Berik", 31)};
	tanu_id twice[] = {people[0], people[0]}, other = add_person(site, "Other", 40), id;
	struct breach_view v;

	id = open_breach(site, people, 2);
	site_reopen(site);
	v = view_of(site, &id);
	assert_string_equal(v.what, "The office laptop was stolen");
	assert_int_equal(v.kinds, BREACH_NAMES);
	assert_int_equal(v.people, 2);
	assert_int_equal(v.closed_ms, 0);
	assert_int_equal(v.due_ms, v.noticed_ms + 72 * HOUR);
	assert_int_equal(v.result_due_ms, 0);
	assert_int_equal(found_by(site, &people[0]), 1);
	assert_int_equal(found_by(site, &people[1]), 1);
	assert_int_equal(found_by(site, &other), 0);
	assert_int_equal(counted(site, COUNT_BREACHES), 1);
	assert_int_equal(counted(site, COUNT_BREACH_PEOPLE), 2);
	assert_int_equal(files_holding(site->dir, "laptop", 6), 0);
	open_breach(site, twice, 2);
	assert_int_equal(found_by(site, &people[0]), 2);
	MUST(service_check(site->s, err));
}

static void what_is_not_understood_is_refused(void **state)
{
	struct site *site = *state;
	struct breach_order order = order_for(NULL, BREACH_NAMES);
	tanu_id id = {0}, nobody = {{7}};
	char longer[BREACH_TEXT_MAX + 2];

	REFUSES(TANU_ERR_USAGE, service_breach_open(site->s, &id, &order, err));
	order.what = "two\nlines";
	REFUSES(TANU_ERR_USAGE, service_breach_open(site->s, &id, &order, err));
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	order.what = longer;
	REFUSES(TANU_ERR_USAGE, service_breach_open(site->s, &id, &order, err));
	order = order_for("x", 0);
	REFUSES(TANU_ERR_USAGE, service_breach_open(site->s, &id, &order, err));
	order = order_for("x", BREACH_NAMES);
	order.about = -1;
	REFUSES(TANU_ERR_USAGE, service_breach_open(site->s, &id, &order, err));
	order.about = 0;
	order.noticed_ms = site_clock(site) + HOUR;
	REFUSES(TANU_ERR_DATE, service_breach_open(site->s, &id, &order, err));
	order.noticed_ms = 0;
	order.people = &nobody;
	order.people_len = 1;
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_breach_open(site->s, &id, &order, err));
	assert_int_equal(counted(site, COUNT_BREACHES), 0);
}

static void the_clock_is_that_of_the_settings(void **state)
{
	struct site *site = *state;
	struct breach_order order = order_for("x", BREACH_KEYS);
	/* 2025-11-28, a Friday, 10:00 in Almaty */
	tanu_date friday = {2025, 11, 28};
	struct breach_view v;
	tanu_id id;

	order.noticed_ms = date_to_days(friday) * DAY + 5 * HOUR;
	site_set(site, "breach", "hours = 0\nbusiness_days = 1");
	site_set(site, "site", "utc_hours = 5");
	MUST(service_breach_open(site->s, &id, &order, err));
	v = view_of(site, &id);
	assert_int_equal(v.due_ms, order.noticed_ms + 3 * DAY);
	site_set(site, "match", "fmr = 1e-4\n[breach]\nresult_hours = 72\nholidays = 12-01");
	order.noticed_ms += HOUR;
	MUST(service_breach_update(site->s, &id, &order, err));
	v = view_of(site, &id);
	assert_int_equal(v.due_ms, order.noticed_ms + 4 * DAY);
	assert_int_equal(v.result_due_ms, order.noticed_ms + 72 * HOUR);
	order.noticed_ms = 0; /* what is not said stays */
	order.what = NULL;
	MUST(service_breach_update(site->s, &id, &order, err));
	assert_int_equal(view_of(site, &id).due_ms, v.due_ms);
	assert_string_equal(view_of(site, &id).what, "x");
}

static void what_became_known_is_added(void **state)
{
	struct site *site = *state;
	tanu_id people[] = {add_person(site, "Aliya", 30), add_person(site, "Berik", 31)};
	tanu_id id = open_breach(site, people, 1);
	struct breach_order order = {.measures = "All locks were changed",
				     .kinds = BREACH_KEYS,
				     .about = 12,
				     .everybody = true};
	struct breach_view v;

	MUST(service_breach_update(site->s, &id, &order, err));
	v = view_of(site, &id);
	assert_int_equal(v.kinds, BREACH_NAMES | BREACH_KEYS);
	assert_int_equal(v.about, 12);
	assert_int_equal(v.people, 2);
	assert_string_equal(v.measures, "All locks were changed");
	assert_int_equal(found_by(site, &people[0]), 1); /* once */
	assert_int_equal(found_by(site, &people[1]), 1);
	assert_int_equal(counted(site, COUNT_BREACH_PEOPLE), 2);
	REFUSES(TANU_ERR_RECORD_MISSING, service_breach_update(site->s, &people[0], &order, err));
}

static void who_was_told_is_written_down(void **state)
{
	struct site *site = *state;
	tanu_id id = open_breach(site, NULL, 0);
	struct breach_view v = view_of(site, &id);

	REFUSES(TANU_ERR_DATE, tell(site, &id, BREACH_TOLD_AUTHORITY, v.noticed_ms - 1, err));
	REFUSES(TANU_ERR_DATE,
		tell(site, &id, BREACH_TOLD_AUTHORITY, site_clock(site) + HOUR, err));
	REFUSES(TANU_ERR_HELD, service_breach_close(site->s, &id, "found", NULL, err));
	MUST(tell(site, &id, BREACH_TOLD_AUTHORITY, 0, err));
	MUST(tell(site, &id, BREACH_TOLD_PERSONS, 0, err));
	v = view_of(site, &id);
	assert_int_equal(v.notices_len, 2);
	assert_string_equal(v.notices[0].how, "portal, 17");
	assert_true(service_breach_told_ms(&v, BREACH_TOLD_AUTHORITY) >= v.noticed_ms);
	assert_int_equal(service_breach_told_ms(&v, BREACH_TOLD_RESULT), 0);
	REFUSES(TANU_ERR_USAGE, service_breach_close(site->s, &id, NULL, NULL, err));
	MUST(service_breach_close(site->s, &id, "It was found", NULL, err));
	assert_true(view_of(site, &id).closed_ms > 0);
	REFUSES(TANU_ERR_CONFLICT, tell(site, &id, BREACH_TOLD_OTHER, 0, err));
	REFUSES(TANU_ERR_CONFLICT, service_breach_close(site->s, &id, "again", NULL, err));
}

/* The second clock of profile ru holds it open too; a reason lets go, and stays. */
static void a_running_clock_keeps_it_open(void **state)
{
	struct site *site = *state;
	struct breach_view v;
	tanu_id id;

	site_set(site, "breach", "result_hours = 72");
	id = open_breach(site, NULL, 0);
	MUST(tell(site, &id, BREACH_TOLD_AUTHORITY, 0, err));
	REFUSES(TANU_ERR_HELD, service_breach_close(site->s, &id, "found", NULL, err));
	MUST(service_breach_close(site->s, &id, "found", "the disk is encrypted", err));
	v = view_of(site, &id);
	assert_int_equal(v.notices_len, 2);
	assert_int_equal(v.notices[1].whom, BREACH_TOLD_OTHER);
	assert_string_equal(v.notices[1].how, "the disk is encrypted");
}

static void it_is_found_by_its_number(void **state)
{
	struct site *site = *state;
	struct breach_view v;
	tanu_id first, second;
	char hex[ID_HEX_LEN];

	REFUSES(TANU_ERR_RECORD_MISSING, service_breach_find(site->s, &v, NULL, err));
	first = open_breach(site, NULL, 0);
	MUST(service_breach_find(site->s, &v, NULL, err)); /* the only open one */
	assert_true(id_equal(&v.id, &first));
	second = open_breach(site, NULL, 0);
	REFUSES(TANU_ERR_USAGE, service_breach_find(site->s, &v, NULL, err));
	REFUSES(TANU_ERR_USAGE, service_breach_find(site->s, &v, "abc", err));
	id_hex(hex, &second);
	hex[8] = '\0';
	MUST(service_breach_find(site->s, &v, hex, err));
	assert_true(id_equal(&v.id, &second));
}

/* ---- letters ---- */

static void a_letter_is_filled_from_the_record(void **state)
{
	static const char text[] = "{law.authority}|{breach.kinds}|{breach.what}|{breach.measures}|"
				   "{site.name}\n[if vault] stored\n[if pass] on passes\n";
	struct site *site = *state;
	tanu_id id = open_breach(site, NULL, 0);
	struct buf out = {0};

	MUST(service_breach_draft(site->s, &out, &id, text, sizeof(text) - 1, "en", err));
	assert_string_equal(buf_cstr(&out),
			    "the data protection authority|names and dates of birth|The office "
			    "laptop was stolen|[FILL IN]|School 7\nstored\n");
	buf_free(&out);
	MUST(service_breach_draft(site->s, &out, &id, "{breach.measures}", 17, "ru", err));
	assert_string_equal(buf_cstr(&out), "[ЗАПОЛНИТЕ]");
	buf_free(&out);
	REFUSES(TANU_ERR_USAGE, service_breach_draft(site->s, &out, &id, "x", 1, "de", err));
	REFUSES(TANU_ERR_SETTING,
		service_breach_draft(site->s, &out, &id, "{no.such}", 9, "en", err));
	buf_free(&out);
}

/* Each shipped letter, in each language, has no name that nothing fills. */
static void the_shipped_letters_are_whole(void **state)
{
	static const char *const names[] = {"authority", "persons"}, *const languages[] = {
									 "kk", "ru", "en"};
	struct site *site = *state;
	tanu_id id = open_breach(site, NULL, 0);

	for (size_t i = 0; i < 6; i++) {
		struct buf text = {0}, out = {0};
		char path[256];

		snprintf(path, sizeof(path), TANU_SOURCE_DIR "/packaging/notices/breach-%s-%s.txt",
			 names[i / 3], languages[i % 3]);
		MUST(os_read_file(&text, path, 65536, err));
		MUST(service_breach_draft(site->s, &out, &id, (const char *)text.data, text.len,
					  languages[i % 3], err));
		assert_non_null(strstr(buf_cstr(&out), "laptop"));
		assert_null(strchr(buf_cstr(&out), '{'));
		assert_null(strstr(buf_cstr(&out), "[if"));
		buf_free(&text);
		buf_free(&out);
	}
}

/* ---- the record ---- */

static const char good[] =
    "{\"about\":1,\"closed_ms\":2,\"due_ms\":3,\"kinds\":\"names,keys\",\"measures\":\"m\","
    "\"notices\":[{\"at_ms\":4,\"how\":\"h\",\"whom\":\"result\"}],\"noticed_ms\":5,"
    "\"opened_ms\":6,\"outcome\":\"o\",\"people\":[\"000102030405060708090a0b0c0d0e0f\"],"
    "\"result_due_ms\":7,\"what\":\"w\"}";

static tanu_status decode(const char *text, tanu_error *err)
{
	struct breach *breach = calloc(1, sizeof(*breach));
	struct buf bytes = {0};
	tanu_status st;

	buf_str(&bytes, text);
	st = breach_decode(breach, &bytes, err);
	if (st == TANU_OK)
		breach_free(breach);
	free(breach);
	buf_free(&bytes);
	return st;
}

static void a_record_is_read_as_it_was_written(void **state)
{
	struct breach *breach = calloc(1, sizeof(*breach));
	struct buf bytes = {0}, again = {0};

	(void)state;
	buf_str(&bytes, good);
	MUST(breach_decode(breach, &bytes, err));
	assert_int_equal(breach->view.kinds, BREACH_NAMES | BREACH_KEYS);
	assert_int_equal(breach->view.people, 1);
	assert_int_equal(breach->view.notices[0].whom, BREACH_TOLD_RESULT);
	MUST(breach_encode(&again, breach, err));
	assert_string_equal(buf_cstr(&again), good);
	breach_free(breach);
	free(breach);
	buf_free(&bytes);
	buf_free(&again);
}

static void each_damaged_member_is_refused(void **state)
{
	static const struct {
		const char *from, *to, *place;
	} damages[] = {
	    {"\"about\":1", "\"about\":-1", "about"},
	    {"\"closed_ms\":2", "\"closed_ms\":\"2\"", "closed_ms"},
	    {"\"due_ms\":3", "\"due_ms\":-3", "due_ms"},
	    {"names,keys", "names,faces", "kinds"},
	    {"names,keys", "", "kinds"},
	    {"\"measures\":\"m\"", "\"measures\":7", "measures"},
	    {"\"at_ms\":4", "\"at_ms\":-4", "at_ms"},
	    {"\"how\":\"h\"", "\"hox\":\"h\"", "how"},
	    {"\"result\"", "\"nobody\"", "whom"},
	    {"\"notices\":[{", "\"noticez\":[{", "notices"},
	    {"\"noticed_ms\":5", "\"noticed_ms\":null", "noticed_ms"},
	    {"\"opened_ms\":6", "\"opened_mz\":6", "opened_ms"},
	    {"\"outcome\":\"o\"", "\"outcomf\":\"o\"", "outcome"},
	    {"0e0f\"", "0e0\"", "people"},
	    {"[\"000102030405060708090a0b0c0d0e0f\"]", "{}", "people"},
	    {"\"result_due_ms\":7", "\"result_due_ms\":-7", "result_due_ms"},
	    {"\"what\":\"w\"", "\"whau\":\"w\"", "what"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		char text[2 * sizeof(good)];
		const char *at = strstr(good, damages[i].from);
		tanu_error error = {0};

		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, damages[i].to,
			 at + strlen(damages[i].from));
		assert_true(decode(text, &error) < 0);
		if (!strstr(error.place, damages[i].place))
			fail_msg("%s: place \"%s\"", damages[i].to, error.place);
	}
	assert_true(decode("", NULL) < 0);
	assert_true(decode("[]", NULL) < 0);
}

/* ---- in public ---- */

static tanu_status take_entry(void *self, const struct log_entry_row *row, tanu_error *err)
{
	struct buf *text = self;

	if (!row->personal)
		buf_put(text, row->entry.data, row->entry.len);
	return buf_check(text, err);
}

static void months_are_counted_zero_included(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct buf waiting = {0};
	size_t months = 0;

	MUST(service_publish(site->s, err));
	open_breach(site, &id, 1);
	for (int i = 0; i < 3; i++) {
		site->ahead_ms += 25 * DAY;
		site_reopen(site);
	}
	MUST(statements_due(site->s, err));
	MUST(DB(site->s, log_each, false, take_entry, &waiting, err));
	for (const char *at = buf_cstr(&waiting); (at = strstr(at, "\"type\":\"breaches\"")); at++)
		months++;
	assert_true(months >= 2);
	assert_non_null(strstr(buf_cstr(&waiting), "\"opened\":1,\"people\":1,"));
	assert_non_null(strstr(buf_cstr(&waiting), "\"opened\":0,\"people\":0,"));
	buf_free(&waiting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_breach_is_written_down),
	    SITE_TEST(what_is_not_understood_is_refused),
	    SITE_TEST(the_clock_is_that_of_the_settings),
	    SITE_TEST(what_became_known_is_added),
	    SITE_TEST(who_was_told_is_written_down),
	    SITE_TEST(a_running_clock_keeps_it_open),
	    SITE_TEST(it_is_found_by_its_number),
	    SITE_TEST(a_letter_is_filled_from_the_record),
	    SITE_TEST(the_shipped_letters_are_whole),
	    cmocka_unit_test(a_record_is_read_as_it_was_written),
	    cmocka_unit_test(each_damaged_member_is_refused),
	    SITE_TEST(months_are_counted_zero_included),
	};

	return cmocka_run_group_tests_name("service/breach", tests, NULL, NULL);
}
