/* SPDX-License-Identifier: Apache-2.0 */
/* The record of each act about consent: what it says, and that the history names its digest. */
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT

struct records {
	int count;
	struct consent_record_view view[8];
	struct json_doc *doc[8];
};

static tanu_status take_record(void *self, const struct consent_record_view *v,
			       const struct buf *text, tanu_error *unused)
{
	struct records *r = self;
	uint8_t digest[DIGEST_LEN];

	(void)unused;
	assert_true(r->count < 8);
	sha256(digest, text->data, text->len);
	assert_memory_equal(digest, v->sha256, sizeof(digest));
	MUST(json_parse(&r->doc[r->count], text->data, text->len, 65536, "record", err));
	r->view[r->count++] = *v;
	return TANU_OK;
}

static struct records records_of(struct site *site, const tanu_id *id)
{
	struct records r = {0};

	MUST(service_consent_record_each(site->s, id, take_record, &r, err));
	return r;
}

static void records_free(struct records *r)
{
	for (int i = 0; i < r->count; i++)
		json_free(&r->doc[i]);
	r->count = 0;
}

static const char *word(json_value object, const char *key)
{
	const char *text = NULL;

	MUST(json_text(&text, object, key, err));
	return text;
}

/* How often events of this kind name that record. */
struct naming {
	tanu_event event;
	const uint8_t *sha256;
	int found;
};

static tanu_status name_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct naming *n = self;

	(void)err;
	n->found += v->event == n->event && memcmp(v->document, n->sha256, DIGEST_LEN) == 0;
	return TANU_OK;
}

static int named(struct site *site, const tanu_id *id, tanu_event event, const uint8_t *sha256)
{
	struct naming n = {.event = event, .sha256 = sha256};

	MUST(service_history_each(site->s, id, name_event, &n, err));
	return n.found;
}

static void a_consent_has_a_record(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct records r;
	json_value root, processing;

	give(site, &id, ACCESS | VISIT, 30);
	site_reopen(site);
	r = records_of(site, &id);
	assert_int_equal(r.count, 1);
	assert_int_equal(r.view[0].kind, CONSENT_RECORD_GIVEN);
	assert_int_equal(r.view[0].purposes, ACCESS | VISIT);
	assert_int_equal(named(site, &id, TANU_EVENT_CONSENT_GIVEN, r.view[0].sha256), 2);
	root = json_root(r.doc[0]);
	assert_string_equal(word(root, "version"), "KI-CR-v1.1.0");
	assert_string_equal(word(root, "schema_version"), "ISO/IEC TS 27560:2023");
	assert_string_equal(word(root, "type"), "consent");
	assert_string_equal(word(json_get(root, "given_by"), "who"), "self");
	assert_string_equal(word(json_get(root, "privacy_notice"), "version"), "1");
	processing = json_get(root, "pii_processing");
	assert_int_equal(json_len(processing), 2);
	assert_string_equal(word(json_at(processing, 0), "purpose"), "access");
	assert_string_equal(word(json_at(json_get(root, "piiControllers"), 0), "piiController"),
			    "School 7");
	records_free(&r);
}

static void a_guardian_s_record_says_who_checked_her(void **state)
{
	struct site *site = *state;
	tanu_id child = add_person(site, "Child", 12), mother = add_person(site, "Mother", 40);
	struct consent_order order = order_by(site, &child, &mother, ACCESS, 30);
	struct records r;
	json_value giver;
	bool assent = false;

	add_guardian(site, &child, &mother);
	MUST(service_consent_give(site->s, &order, err));
	r = records_of(site, &child);
	giver = json_get(json_root(r.doc[0]), "given_by");
	assert_string_equal(word(giver, "who"), "guardian");
	assert_string_equal(word(giver, "relation"), "mother");
	assert_string_equal(word(giver, "checked_by"), "D. Omarova");
	MUST(json_bool(&assent, json_root(r.doc[0]), "assent", err));
	assert_true(assent);
	records_free(&r);
}

static void a_refusal_says_that_nothing_was_made_of_the_face(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct consent_order order = order_of(site, &id, VISIT, 1);
	struct consent_say say = {.subject = id, .by = TANU_GIVER_SELF};
	struct erasure_receipt receipt;
	struct records r;
	int64_t made = -1;

	MUST(service_consent_request(site->s, &order, err));
	MUST(service_consent_refuse(site->s, &receipt, &say, err));
	r = records_of(site, &id);
	assert_int_equal(r.count, 1); /* one no to five purposes */
	assert_int_equal(r.view[0].kind, CONSENT_RECORD_REFUSED);
	assert_int_equal(r.view[0].purposes, PURPOSES_ALL);
	assert_int_equal(named(site, &id, TANU_EVENT_CONSENT_REFUSED, r.view[0].sha256), 1);
	MUST(json_int(&made, json_root(r.doc[0]), "embeddings_made", err));
	assert_int_equal(made, 0);
	assert_string_equal(word(json_get(json_root(r.doc[0]), "privacy_notice"), "version"), "1");
	records_free(&r);
}

static void a_withdrawal_has_a_record_of_what_ended(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct erasure_receipt receipt;
	struct consent_record_view view = {0};
	struct buf text = {0};
	struct records r;

	give(site, &id, ACCESS | VISIT, 30);
	MUST(service_consent_withdraw(site->s, &receipt, &id, VISIT, err));
	r = records_of(site, &id);
	assert_int_equal(r.count, 2);
	assert_int_equal(r.view[1].kind, CONSENT_RECORD_ENDED);
	assert_int_equal(r.view[1].purposes, VISIT);
	assert_int_equal(named(site, &id, TANU_EVENT_CONSENT_WITHDRAWN, r.view[1].sha256), 1);
	MUST(service_consent_record(site->s, &text, &view, &id, NULL, err));
	assert_true(id_equal(&view.id, &r.view[1].id));
	buf_free(&text);
	MUST(service_consent_record(site->s, &text, &view, &id,
				    word(json_root(r.doc[0]), "record_id"), err));
	assert_int_equal(view.kind, CONSENT_RECORD_GIVEN);
	buf_free(&text);
	REFUSES(TANU_ERR_RECORD_MISSING,
		service_consent_record(site->s, &text, &view, &id, "zzz", err));
	records_free(&r);
	/* Nothing ended, nothing to record. */
	MUST(service_consent_withdraw(site->s, &receipt, &id, VISIT, err));
	r = records_of(site, &id);
	assert_int_equal(r.count, 2);
	records_free(&r);
	MUST(service_check(site->s, err));
}

/* Keys in rising order: as it is committed to, so it can be written again by anybody. */
static void assert_sorted(json_value object)
{
	const char *before = "";

	for (const char *key = json_next_key(object, NULL); key; key = json_next_key(object, key)) {
		assert_true(strcmp(before, key) < 0);
		before = key;
	}
}

static void a_record_is_canonical(void **state)
{
	struct site *site = *state;
	tanu_id id = add_person(site, "Aliya", 30);
	struct records r;
	json_value root;

	give(site, &id, ACCESS, 30);
	r = records_of(site, &id);
	root = json_root(r.doc[0]);
	assert_sorted(root);
	assert_sorted(json_get(root, "given_by"));
	assert_sorted(json_get(root, "privacy_notice"));
	assert_sorted(json_at(json_get(root, "events"), 0));
	assert_sorted(json_at(json_get(root, "piiControllers"), 0));
	assert_sorted(json_at(json_get(root, "pii_controllers"), 0));
	assert_sorted(json_at(json_get(root, "pii_processing"), 0));
	assert_sorted(json_at(json_get(root, "services"), 0));
	assert_sorted(json_at(json_get(json_at(json_get(root, "services"), 0), "purposes"), 0));
	records_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_consent_has_a_record),
	    SITE_TEST(a_guardian_s_record_says_who_checked_her),
	    SITE_TEST(a_refusal_says_that_nothing_was_made_of_the_face),
	    SITE_TEST(a_withdrawal_has_a_record_of_what_ended),
	    SITE_TEST(a_record_is_canonical),
	};

	return cmocka_run_group_tests_name("service/consent_records", tests, NULL, NULL);
}
