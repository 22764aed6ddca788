/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as settings: defaults, what may be set and what not, written consent, least ages. */
#include "service/site.h"

#define ACCESS TANU_PURPOSE_ACCESS

static const char pdf[] = "%PDF-1.7\nsigned by hand\n";

static void write_ini(struct site *site, const char *text)
{
	char path[OS_PATH_MAX];

	MUST(os_path(path, sizeof(path), site->dir, "tanu.ini", err));
	MUST(os_replace_file(path, text, strlen(text), 0600, err));
}

/* The same site under other settings. */
static void reopen_with(struct site *site, const char *ini)
{
	service_close(&site->s);
	write_ini(site, ini);
	site_open_dir(site, site->dir);
}

static void refuses_to_open(struct site *site, const char *ini, const char *place)
{
	struct service_options options = site_options(site, site->dir);
	tanu_error error = {0};

	service_close(&site->s);
	write_ini(site, ini);
	assert_int_equal(service_open(&site->s, &options, &error), TANU_USAGE);
	assert_string_equal(tanu_error_name(error.code), "setting");
	if (!strstr(error.place, place))
		fail_msg("\"%s\" does not name %s", error.place, place);
	write_ini(site, "[site]\nname = School 7\n");
	site_open_dir(site, site->dir);
}

static const char *setting(struct site *site, const char *name)
{
	return settings_text(service_setting_values(site->s), name);
}

static void a_profile_gives_defaults(void **state)
{
	struct site *site = *state;

	assert_string_equal(service_profile(site->s), "none");
	assert_string_equal(setting(site, "consent.written"), "no");
	reopen_with(site, "[site]\nprofile = kz\n");
	assert_string_equal(service_profile(site->s), "kz");
	assert_string_equal(setting(site, "consent.written"), "yes");
	assert_string_equal(setting(site, "site.language"), "kk");
	assert_string_equal(setting(site, "breach.business_days"), "1");
	assert_int_equal(service_storage(site->s), STORAGE_VAULT);
	reopen_with(site, "[site]\nprofile = ru\n");
	assert_int_equal(service_storage(site->s), STORAGE_PASS);
	reopen_with(site, "[site]\nprofile = eu\n");
	assert_string_equal(setting(site, "enrol.min_years"), "18");
	assert_string_equal(setting(site, "consent.written"), "no");
}

static void looser_than_the_profile_does_not_open(void **state)
{
	struct site *site = *state;

	refuses_to_open(site, "[site]\nprofile = us\n", "site.profile");
	refuses_to_open(site, "[site]\nlanguage = de\n", "site.language");
	refuses_to_open(site, "[breach]\nholidays = 31-12\n", "breach.holidays");
	refuses_to_open(site, "[site]\nprofile = kz\n[consent]\nwritten = no\n", "consent.written");
	refuses_to_open(site, "[site]\nprofile = kz\n[consent]\nassent_years = 12\n",
			"consent.assent_years");
	refuses_to_open(site, "[site]\nprofile = kz\n[breach]\nbusiness_days = 0\n",
			"breach.business_days");
	refuses_to_open(site, "[site]\nprofile = ru\n[storage]\nmode = vault\n", "storage.mode");
	refuses_to_open(site, "[site]\nprofile = ru\n[breach]\nhours = 25\n", "breach.hours");
	refuses_to_open(site, "[site]\nprofile = eu\n[consent]\nmajority_years = 16\n",
			"consent.majority_years");
}

static void stricter_than_the_profile_is_fine(void **state)
{
	struct site *site = *state;

	reopen_with(site, "[site]\nprofile = kz\n[consent]\nassent_years = 7\n"
			  "majority_years = 21\n[breach]\nhours = 12\n");
	assert_string_equal(setting(site, "consent.assent_years"), "7");
	reopen_with(site, "[site]\nprofile = eu\n[consent]\nwritten = yes\n"
			  "[enrol]\nmin_years = 7\n"); /* a default, and no bound */
	assert_string_equal(setting(site, "enrol.min_years"), "7");
	reopen_with(site, "[site]\nprofile = ru\naccreditation = No. 7, ministry\n"
			  "[storage]\nmode = vault\n");
	assert_int_equal(service_storage(site->s), STORAGE_VAULT);
}

struct seen {
	size_t rules;
	bool lifted;
};

static tanu_status see(void *self, const struct profile_rule_view *v, tanu_error *err)
{
	struct seen *seen = self;

	(void)err;
	assert_true(strlen(v->source) > 5);
	seen->rules++;
	seen->lifted |= v->lifted;
	return TANU_OK;
}

static void the_rules_in_force_are_told(void **state)
{
	struct site *site = *state;
	struct seen seen = {0};

	MUST(service_profile_each(site->s, see, &seen, err));
	assert_int_equal(seen.rules, 0);
	reopen_with(site, "[site]\nprofile = ru\naccreditation = No. 7\n");
	MUST(service_profile_each(site->s, see, &seen, err));
	assert_true(seen.rules >= 7);
	assert_true(seen.lifted);
}

static void a_site_is_made_under_a_profile(void **state)
{
	struct site *site = *state;
	struct service_options options;
	char dir[96];

	snprintf(dir, sizeof(dir), "%s/other", site->root);
	options = site_options(site, dir);
	options.profile = "us";
	REFUSES(TANU_ERR_SETTING, service_create(&options, "Other", err));
	assert_false(os_exists(dir));
	options.profile = "kz";
	MUST(service_create(&options, "Other", err));
	service_close(&site->s);
	site_open_dir(site, dir);
	assert_string_equal(service_profile(site->s), "kz");
	assert_string_equal(setting(site, "consent.written"), "yes");
}

/* ---- written consent ---- */

struct paper_seen {
	size_t count;
	uint8_t sha256[DIGEST_LEN];
};

static tanu_status see_paper(void *self, const struct paper *paper, tanu_error *err)
{
	struct paper_seen *seen = self;

	(void)err;
	seen->count++;
	sha256(seen->sha256, paper->text.data, paper->text.len);
	return TANU_OK;
}

static tanu_status see_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct paper_seen *seen = self;

	(void)err;
	if (v->event == TANU_EVENT_PAPER_ADDED) {
		seen->count++;
		memcpy(seen->sha256, v->document, DIGEST_LEN);
	}
	return TANU_OK;
}

static void a_written_consent_needs_its_paper(void **state)
{
	struct site *site = *state;
	struct paper_seen papers = {0}, events = {0};
	struct consent_evidence evidence = {.pages_len = 1};
	struct consent_record_view view = {0};
	struct buf record = {0}, scan = {0};
	struct consent_order order;
	tanu_error error = {0};
	uint8_t digest[DIGEST_LEN];
	tanu_id id;

	reopen_with(site, "[site]\nprofile = kz\n");
	id = add_person(site, "Aliya", 30);
	order = order_of(site, &id, ACCESS, 30);
	assert_int_equal(service_consent_give(site->s, &order, &error), TANU_REFUSED);
	assert_string_equal(tanu_error_name(error.code), "consent-rule");
	assert_non_null(strstr(error.message, "--paper"));
	buf_put(&scan, pdf, sizeof(pdf));
	sha256(evidence.page[0].sha256, pdf, sizeof(pdf));
	evidence.page[0].keep = &scan;
	order.evidence = &evidence;
	MUST(service_consent_give(site->s, &order, err));
	site_reopen(site);
	sha256(digest, pdf, sizeof(pdf));
	MUST(papers_each(site->s, &id, RECORD_SCAN, see_paper, &papers, err));
	MUST(service_history_each(site->s, &id, see_event, &events, err));
	assert_int_equal(papers.count, 1);
	assert_int_equal(events.count, 1);
	assert_memory_equal(papers.sha256, digest, DIGEST_LEN);
	assert_memory_equal(events.sha256, digest, DIGEST_LEN);
	MUST(service_consent_record(site->s, &record, &view, &id, NULL, err));
	assert_non_null(strstr(buf_cstr(&record), "\"collectionMethod\":\"in writing\""));
	assert_non_null(strstr(buf_cstr(&record), "\"jurisdiction\":\"KZ\""));
	assert_non_null(strstr(buf_cstr(&record), "\"storage_mode\":\"vault\""));
	assert_int_equal(files_holding(site->dir, "signed by hand", 14), 0);
	buf_free(&record);
	buf_free(&scan);
}

/* What could not be told to be hers is no writing; where none is asked for it may stand. */
static void an_electronic_signature_must_be_somebodys(void **state)
{
	static const struct {
		enum signed_result result;
		bool elsewhere, written;
	} results[] = {{SIGNED_VALID, false, true},	   {SIGNED_UNSUPPORTED, true, true},
		       {SIGNED_UNSUPPORTED, false, false}, {SIGNED_UNCHECKED, true, false},
		       {SIGNED_UNTRUSTED, true, false},	   {SIGNED_FALSE, true, false}};
	struct site *site = *state;

	reopen_with(site, "[site]\nprofile = ru\n");
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		struct signature_view signature = {.result = signed_result_name(results[i].result),
						   .checked_elsewhere = results[i].elsewhere};
		struct consent_evidence evidence = {.signature = &signature, .pages_len = 1};
		tanu_id id = add_person(site, "Aliya", 30);
		struct consent_order order = order_of(site, &id, ACCESS, 30);

		order.evidence = &evidence;
		if (results[i].written)
			MUST(service_consent_give(site->s, &order, err));
		else
			REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	}
}

/* A form is printed before anything is signed. */
static void a_form_can_be_printed(void **state)
{
	struct site *site = *state;
	struct consent_order order;
	tanu_id id;

	reopen_with(site, "[site]\nprofile = kz\n");
	id = add_person(site, "Aliya", 30);
	order = order_of(site, &id, ACCESS, 30);
	MUST(consent_check(site->s, &order, site_clock(site), err));
}

/* ---- least age ---- */

static void a_small_child_s_face_is_not_taken(void **state)
{
	struct site *site = *state;
	tanu_id child = add_person(site, "Child", 6), mother = add_person(site, "Mother", 40), id;
	struct consent_order order = order_by(site, &child, &mother, ACCESS, 30);
	tanu_reference reference = reference_of(1);

	add_guardian(site, &child, &mother);
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_request(site->s, &order, err));
	REFUSES(TANU_ERR_CONSENT_RULE, service_consent_give(site->s, &order, err));
	reopen_with(site, "[enrol]\nmin_years = 3\n"); /* the site turns it on */
	MUST(service_consent_give(site->s, &order, err));
	keep_reference(site, &child, 1);
	reopen_with(site, "[site]\nname = School 7\n"); /* and off again: nothing new */
	REFUSES(TANU_ERR_CONSENT_RULE, reference_keep(site->s, &id, &child, &reference, err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(a_profile_gives_defaults),
	    SITE_TEST(looser_than_the_profile_does_not_open),
	    SITE_TEST(stricter_than_the_profile_is_fine),
	    SITE_TEST(the_rules_in_force_are_told),
	    SITE_TEST(a_site_is_made_under_a_profile),
	    SITE_TEST(a_written_consent_needs_its_paper),
	    SITE_TEST(an_electronic_signature_must_be_somebodys),
	    SITE_TEST(a_form_can_be_printed),
	    SITE_TEST(a_small_child_s_face_is_not_taken),
	};

	return cmocka_run_group_tests_name("service/law", tests, NULL, NULL);
}
