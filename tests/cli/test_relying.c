/* SPDX-License-Identifier: Apache-2.0 */
/* Relying parties and webhooks by the command line: made, shown, ended. */
#include "cli/program.h"

static void a_relying_party_is_added_shown_and_ended(void **state)
{
	char id[ID_HEX_LEN];
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "relying", "list");
	assert_contains(o.out, "Nobody outside may ask");
	RUN_JSON(&o, 0, "relying", "add", "Bank", "https://bank.example");
	snprintf(id, sizeof(id), "%s", json_text_of(json_get(o.json, "id")));
	assert_int_equal(strlen(id), ID_HEX_LEN - 1);
	assert_int_equal(strncmp(json_text_of(json_get(o.json, "key")), "tanu-", 5), 0);
	outcome_done(&o);
	RUN(&o, 2, "relying", "add", "Bank", "https://other.example"); /* people go by the name */
	RUN(&o, 2, "relying", "add", "Clinic", "http://clinic.example");
	RUN(&o, 0, "api-key", "list");
	assert_contains(o.out, "relying-");
	assert_contains(o.out, "faces:ask");
	RUN(&o, 0, "relying", "list");
	assert_contains(o.out, "Bank  https://bank.example\n");
	RUN(&o, 2, "relying", "end", "Bank");
	RUN(&o, 0, "relying", "end", id);
	RUN_JSON(&o, 0, "relying", "list");
	assert_true(json_number_of(json_get(json_at(json_get(o.json, "relying"), 0), "ended_ms")) >
		    0);
	outcome_done(&o);
	RUN(&o, 0, "api-key", "list"); /* its key went with it */
	assert_contains(o.out, "No program has a key");
	RUN(&o, 4, "relying", "end", "00000000000000000000000000000001");
	outcome_done(&o);
}

static void a_webhook_is_added_shown_and_removed(void **state)
{
	char id[ID_HEX_LEN];
	struct outcome o = {0};

	(void)state;
	RUN(&o, 2, "webhook", "add", "ftp://desk.example/");
	RUN_JSON(&o, 0, "webhook", "add", "https://desk.example/tanu", "--people");
	snprintf(id, sizeof(id), "%s", json_text_of(json_get(o.json, "id")));
	assert_int_equal(strncmp(json_text_of(json_get(o.json, "secret")), "whsec_", 6), 0);
	outcome_done(&o);
	RUN(&o, 0, "webhook", "list");
	assert_contains(o.out, "https://desk.example/tanu  with ids of people");
	RUN(&o, 4, "webhook", "remove", "12345");
	RUN_JSON(&o, 0, "webhook", "remove", id);
	assert_string_equal(json_text_of(json_get(o.json, "removed")), id);
	outcome_done(&o);
	RUN(&o, 0, "webhook", "list");
	assert_contains(o.out, "Nobody is told");
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_relying_party_is_added_shown_and_ended, site_enter,
					    site_leave),
	    cmocka_unit_test_setup_teardown(a_webhook_is_added_shown_and_removed, site_enter,
					    site_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
