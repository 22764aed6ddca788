/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disclosure: two different people approve exactly what is released; the log comes first; the
 * person learns of it, at once or on the day that the public log names.
 */
#include "service/disclosure.h"
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS

struct person_key {
	struct buf secret, vkey;
};

static struct person_key new_key(const char *name)
{
	struct person_key key = {0};

	MUST(service_approver_key(&key.secret, &key.vkey, name, err));
	return key;
}

static void key_free(struct person_key *key)
{
	buf_wipe(&key->secret);
	buf_free(&key->vkey);
}

/* A key that counts at once. */
static struct person_key approver(struct site *site, const char *name)
{
	struct person_key key = new_key(name);

	MUST(service_approver_add(site->s, buf_cstr(&key.vkey), err));
	site->ahead_ms += DAY + 1;
	return key;
}

static struct disclosure_order order_about(struct site *site, const tanu_id *subject)
{
	struct disclosure_order order = {
	    .authority = "City police",
	    .basis = "CPC art. 122",
	    .document = {1, 2, 3},
	    .subjects = {*subject},
	    .subjects_len = 1,
	    .fields = DISCLOSED_HISTORY,
	    .from_ms = site_clock(site) - 10 * DAY,
	    .to_ms = site_clock(site) + 100 * DAY,
	};

	return order;
}

static tanu_status approve(struct site *site, const tanu_id *id, struct person_key *key,
			   tanu_error *why)
{
	struct disclosure_order order;
	struct buf text = {0}, note = {0};
	tanu_status st;

	MUST(service_disclosure_text(site->s, &text, id, err));
	MUST(
	    service_approver_sign(&note, &order, buf_cstr(&key->secret), text.data, text.len, err));
	assert_true(id_equal(&order.id, id));
	st = service_disclosure_approve(site->s, id, note.data, note.len, why);
	buf_free(&text);
	buf_free(&note);
	return st;
}

static size_t count_of(struct site *site, const char *name)
{
	uint64_t n = 0;

	MUST(DB(site->s, counter_sum, &n, name, err));
	return (size_t)n;
}

struct seen {
	tanu_event event;
	size_t times;
	struct history_view last;
};

static tanu_status look(void *self, const struct history_view *v, tanu_error *err)
{
	struct seen *seen = self;

	(void)err;
	if (v->event == seen->event) {
		seen->times++;
		seen->last = *v;
	}
	return TANU_OK;
}

static struct seen history_of(struct site *site, const tanu_id *id, tanu_event event)
{
	struct seen seen = {.event = event};

	MUST(service_history_each(site->s, id, look, &seen, err));
	return seen;
}

/* ---- approvals ---- */

static void takes_two_people_and_releases_what_they_signed(void **state)
{
	struct site *site = *state;
	struct person_key one = approver(site, "head"), two = approver(site, "council");
	tanu_id anna = add_person(site, "Anna", 30);
	struct disclosure_order order = order_about(site, &anna);
	struct buf out = {0};
	struct seen seen;

	MUST(service_disclosure_request(site->s, &order, err));
	REFUSES(TANU_ERR_APPROVAL, service_disclosure_release(site->s, &out, &order.id, err));
	MUST(approve(site, &order.id, &one, err));
	REFUSES(TANU_ERR_APPROVAL, approve(site, &order.id, &one, err));
	REFUSES(TANU_ERR_APPROVAL, service_disclosure_release(site->s, &out, &order.id, err));
	assert_int_equal(out.len, 0);
	assert_int_equal(history_of(site, &anna, TANU_EVENT_DISCLOSED).times, 0);
	MUST(approve(site, &order.id, &two, err));
	MUST(service_disclosure_release(site->s, &out, &order.id, err));
	seen = history_of(site, &anna, TANU_EVENT_DISCLOSED);
	assert_int_equal(seen.times, 1);
	assert_string_equal(seen.last.recipient, "City police");
	assert_true(id_equal(&seen.last.about, &order.id));
	/* the fields that were approved and no others */
	assert_non_null(strstr(buf_cstr(&out), "\"event\":\"subject-added\""));
	assert_null(strstr(buf_cstr(&out), "Anna"));
	assert_int_equal(count_of(site, COUNT_RELEASED), 1);
	MUST(service_disclosure_done(site->s, &order.id, err));
	REFUSES(TANU_ERR_APPROVAL, service_disclosure_release(site->s, &out, &order.id, err));
	buf_free(&out);
	key_free(&one);
	key_free(&two);
}

static void one_person_under_two_keys_is_one(void **state)
{
	struct site *site = *state;
	struct person_key one = approver(site, "head"), again = new_key("head");
	tanu_id anna = add_person(site, "Anna", 30);
	struct disclosure_order order = order_about(site, &anna);
	struct buf out = {0};

	MUST(service_disclosure_request(site->s, &order, err));
	MUST(approve(site, &order.id, &one, err));
	REFUSES(TANU_ERR_CONFLICT, service_approver_add(site->s, buf_cstr(&again.vkey), err));
	MUST(service_approver_remove(site->s, "head", err));
	MUST(service_approver_add(site->s, buf_cstr(&again.vkey), err));
	site->ahead_ms += 2 * DAY;
	MUST(approve(site, &order.id, &again, err));
	REFUSES(TANU_ERR_APPROVAL, service_disclosure_release(site->s, &out, &order.id, err));
	key_free(&one);
	key_free(&again);
}

static void an_approver_counts_after_a_day_in_public_and_until_she_is_removed(void **state)
{
	struct site *site = *state;
	struct person_key one = approver(site, "head"), two = new_key("council");
	tanu_id anna = add_person(site, "Anna", 30);
	struct disclosure_order order = order_about(site, &anna);
	struct buf out = {0};

	MUST(service_disclosure_request(site->s, &order, err));
	MUST(approve(site, &order.id, &one, err));
	REFUSES(TANU_ERR_APPROVAL, approve(site, &order.id, &two, err)); /* a stranger */
	MUST(service_approver_add(site->s, buf_cstr(&two.vkey), err));
	MUST(service_publish(site->s, err));
	assert_int_equal(stated(site, STATEMENT_APPROVER).found, 2);
	REFUSES(TANU_ERR_APPROVAL, approve(site, &order.id, &two, err)); /* since a minute */
	site->ahead_ms += DAY;
	MUST(approve(site, &order.id, &two, err));
	MUST(service_approver_remove(site->s, "head", err));
	REFUSES(TANU_ERR_APPROVAL, service_disclosure_release(site->s, &out, &order.id, err));
	MUST(service_publish(site->s, err));
	assert_true(stated(site, STATEMENT_APPROVER).last.removed);
	key_free(&one);
	key_free(&two);
}

/* An approval of one order is none of another, nor of the same with one byte changed. */
static void an_approval_is_of_one_order_to_the_byte(void **state)
{
	struct site *site = *state;
	struct person_key one = approver(site, "head");
	tanu_id anna = add_person(site, "Anna", 30);
	struct disclosure_order first = order_about(site, &anna), second = first, read;
	struct buf text = {0}, note = {0};

	MUST(service_disclosure_request(site->s, &first, err));
	MUST(service_disclosure_request(site->s, &second, err));
	assert_false(id_equal(&first.id, &second.id));
	MUST(service_disclosure_text(site->s, &text, &first.id, err));
	MUST(service_approver_sign(&note, &read, buf_cstr(&one.secret), text.data, text.len, err));
	REFUSES(TANU_ERR_APPROVAL,
		service_disclosure_approve(site->s, &second.id, note.data, note.len, err));
	for (size_t i = 0; i < note.len; i++) {
		note.data[i] ^= 1;
		assert_true(
		    service_disclosure_approve(site->s, &first.id, note.data, note.len, NULL) < 0);
		note.data[i] ^= 1;
	}
	MUST(service_disclosure_approve(site->s, &first.id, note.data, note.len, err));
	buf_free(&text);
	buf_free(&note);
	key_free(&one);
}

static void refuses_a_request_that_says_too_little_or_names_too_many(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	const struct disclosure_order good = order_about(site, &anna);
	struct disclosure_order bad = good;

	bad.authority[0] = '\0';
	REFUSES(TANU_ERR_USAGE, service_disclosure_request(site->s, &bad, err));
	bad = good;
	bad.basis[0] = '\0';
	REFUSES(TANU_ERR_USAGE, service_disclosure_request(site->s, &bad, err));
	bad = good;
	bad.fields = 0;
	REFUSES(TANU_ERR_USAGE, service_disclosure_request(site->s, &bad, err));
	bad = good;
	bad.subjects_len = 0;
	REFUSES(TANU_ERR_USAGE, service_disclosure_request(site->s, &bad, err));
	bad.subjects_len = DISCLOSURE_PEOPLE_MAX + 1;
	REFUSES(TANU_ERR_USAGE, service_disclosure_request(site->s, &bad, err));
	bad = good;
	bad.subjects[1] = anna;
	bad.subjects_len = 2;
	REFUSES(TANU_ERR_USAGE, service_disclosure_request(site->s, &bad, err));
	bad = good;
	bad.due_ms = site_clock(site) + DAY; /* without a reason */
	REFUSES(TANU_ERR_USAGE, service_disclosure_request(site->s, &bad, err));
	strcpy(bad.due_basis, "CPC art. 201");
	bad.due_ms = site_clock(site) + 366 * DAY;
	REFUSES(TANU_ERR_DATE, service_disclosure_request(site->s, &bad, err));
	bad = good;
	bad.subjects[0] = (tanu_id){{9}};
	REFUSES(TANU_ERR_SUBJECT_MISSING, service_disclosure_request(site->s, &bad, err));
}

/* ---- the log comes first ---- */

static tanu_status no_room(void *self, const char *path, const void *bytes, size_t len,
			   tanu_error *err)
{
	(void)self;
	(void)bytes;
	(void)len;
	return tanu_fail(err, TANU_ERR_IO, path, "there is no room left on the disk");
}

static void nothing_leaves_while_the_log_can_not_be_written(void **state)
{
	struct site *site = *state;
	struct person_key one = approver(site, "head"), two = approver(site, "council");
	tanu_id anna = add_person(site, "Anna", 30);
	struct disclosure_order order = order_about(site, &anna);
	struct buf out = {0};

	MUST(service_disclosure_request(site->s, &order, err));
	MUST(approve(site, &order.id, &one, err));
	MUST(approve(site, &order.id, &two, err));
	site->s->journal.files.write = no_room;
	REFUSES(TANU_ERR_IO, service_disclosure_release(site->s, &out, &order.id, err));
	assert_int_equal(out.len, 0);
	site_reopen(site);
	MUST(service_disclosure_release(site->s, &out, &order.id, err));
	assert_true(out.len > 0);
	/* asked for again: written again, logged once */
	out.len = 0;
	MUST(service_disclosure_release(site->s, &out, &order.id, err));
	assert_true(out.len > 0);
	assert_int_equal(history_of(site, &anna, TANU_EVENT_DISCLOSED).times, 1);
	buf_free(&out);
	key_free(&one);
	key_free(&two);
}

/* ---- told later ---- */

static void a_sealed_disclosure_opens_on_its_day(void **state)
{
	struct site *site = *state;
	struct person_key one = approver(site, "head"), two = approver(site, "council");
	tanu_id anna = add_person(site, "Anna", 30);
	struct disclosure_order order = order_about(site, &anna), later = order;
	struct buf out = {0};
	struct statements sealed;
	struct found_leaf *found = NULL;
	size_t found_len = 0, len = 0;
	char text[TANU_EVENT_MAX];
	uint8_t digest[DIGEST_LEN];
	struct secret key;

	order.due_ms = site_clock(site) + 20 * DAY;
	strcpy(order.due_basis, "CPC art. 201");
	MUST(service_disclosure_request(site->s, &order, err));
	MUST(approve(site, &order.id, &one, err));
	MUST(approve(site, &order.id, &two, err));
	MUST(service_disclosure_release(site->s, &out, &order.id, err));
	MUST(service_disclosure_done(site->s, &order.id, err));
	assert_true(out.len > 0);
	assert_int_equal(history_of(site, &anna, TANU_EVENT_DISCLOSED).times, 0);
	sealed = stated(site, STATEMENT_DISCLOSURE_SEALED);
	assert_int_equal(sealed.found, 1);
	assert_int_equal(sealed.last.due_ms, order.due_ms);
	/* another order puts the day off */
	later.extends = order.id;
	later.due_ms = order.due_ms + 10 * DAY;
	strcpy(later.due_basis, "the same");
	MUST(service_disclosure_request(site->s, &later, err));
	MUST(approve(site, &later.id, &one, err));
	MUST(approve(site, &later.id, &two, err));
	out.len = 0;
	MUST(service_disclosure_release(site->s, &out, &later.id, err));
	assert_int_equal(out.len, 0);
	assert_int_equal(stated(site, STATEMENT_DISCLOSURE_EXTENDED).found, 1);
	site->ahead_ms += 21 * DAY;
	MUST(service_publish(site->s, err));
	assert_int_equal(history_of(site, &anna, TANU_EVENT_DISCLOSED).times, 0);
	site->ahead_ms += 10 * DAY;
	MUST(service_publish(site->s, err));
	MUST(service_publish(site->s, err));
	assert_int_equal(history_of(site, &anna, TANU_EVENT_DISCLOSED).times, 1);
	assert_int_equal(stated(site, STATEMENT_DISCLOSURE_OPENED).found, 1);
	/* what she reads now is what the public statement committed to then */
	MUST(journal_find(site->s, &found, &found_len, &anna, 1, err));
	MUST(vault_log_key(site->s->vault, &key, &anna, 0, err));
	MUST(tanu_opening_read(text, &len, key.b, found[found_len - 1].n,
			       found[found_len - 1].opening, err));
	sha256(digest, text, len);
	assert_memory_equal(digest, sealed.last.commitment, sizeof(digest));
	assert_int_equal(count_of(site, COUNT_SEALED), 1);
	assert_int_equal(count_of(site, COUNT_EXTENDED), 1);
	free(found);
	buf_free(&out);
	key_free(&one);
	key_free(&two);
}

static void a_refusal_is_counted_and_told(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	struct disclosure_order order = order_about(site, &anna);
	struct person_key one = approver(site, "head");

	MUST(service_disclosure_request(site->s, &order, err));
	MUST(service_disclosure_refuse(site->s, &order.id, err));
	assert_int_equal(history_of(site, &anna, TANU_EVENT_DISCLOSURE_REFUSED).times, 1);
	assert_int_equal(count_of(site, COUNT_REFUSED), 1);
	REFUSES(TANU_ERR_APPROVAL, service_disclosure_refuse(site->s, &order.id, err));
	REFUSES(TANU_ERR_APPROVAL, approve(site, &order.id, &one, err));
	key_free(&one);
}

/* ---- for the person ---- */

static void the_person_gets_everything_but_her_reference(void **state)
{
	struct site *site = *state;
	tanu_id anna = add_person(site, "Anna", 30);
	tanu_reference reference = reference_of(5);
	struct buf out = {0}, raw = {0};

	give(site, &anna, ACCESS, 100);
	keep_reference(site, &anna, 5);
	MUST(service_subject_export(site->s, &out, &anna, err));
	assert_non_null(strstr(buf_cstr(&out), "\"name\":\"Anna\""));
	assert_non_null(strstr(buf_cstr(&out), "\"purpose\":\"access\""));
	assert_non_null(strstr(buf_cstr(&out), "\"event\":\"enrolled\""));
	assert_non_null(strstr(buf_cstr(&out), "\"stored\":true"));
	base64_put(&raw, reference.v, 96);
	assert_null(strstr(buf_cstr(&out), buf_cstr(&raw)));
	assert_null(memmem(out.data, out.len, reference.v, 32));
	assert_int_equal(history_of(site, &anna, TANU_EVENT_EXPORTED).times, 1);
	buf_free(&raw);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(takes_two_people_and_releases_what_they_signed),
	    SITE_TEST(one_person_under_two_keys_is_one),
	    SITE_TEST(an_approver_counts_after_a_day_in_public_and_until_she_is_removed),
	    SITE_TEST(an_approval_is_of_one_order_to_the_byte),
	    SITE_TEST(refuses_a_request_that_says_too_little_or_names_too_many),
	    SITE_TEST(nothing_leaves_while_the_log_can_not_be_written),
	    SITE_TEST(a_sealed_disclosure_opens_on_its_day),
	    SITE_TEST(a_refusal_is_counted_and_told),
	    SITE_TEST(the_person_gets_everything_but_her_reference),
	};

	return cmocka_run_group_tests_name("service/disclosure", tests, NULL, NULL);
}
