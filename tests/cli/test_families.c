/* SPDX-License-Identifier: Apache-2.0 */
/* Families at the desk: guardians, a child's no, a court, and who is asked how often. */
#include "cli/program.h"

static char child[ID_HEX_LEN], mother[ID_HEX_LEN], father[ID_HEX_LEN];

static void register_guardian(const char *guardian, const char *relation)
{
	struct outcome o = {0};

	RUN(&o, 0, "guardian", "add", child, guardian, "--relation", relation, "--checked-by",
	    "D. Omarova", "--how", "identity card and birth certificate");
	assert_contains(o.out, "--by guardian --guardian");
	outcome_done(&o);
}

static int enter(void **state)
{
	(void)state;
	folder_enter();
	site_make();
	site_add(child, "Child", date_in(-12 * 366));
	site_add(mother, "Mother", "1988-04-02");
	site_add(father, "Father", "1986-05-03");
	register_guardian(mother, "mother");
	register_guardian(father, "father");
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void give(int code, const char *guardian, const char *assent)
{
	struct outcome o = {0};

	RUN(&o, code, "consent", "give", child, "--purpose", "access", "--until", date_in(60),
	    "--by", "guardian", "--guardian", guardian, assent);
	outcome_done(&o);
}

static bool live(void)
{
	struct outcome o = {0};
	bool any;

	RUN_JSON(&o, 0, "subject", "show", child);
	any = json_len(json_get(o.json, "purposes")) > 0;
	outcome_done(&o);
	return any;
}

static void two_guardians_and_either_stops_it(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "guardian", "list", child);
	assert_int_equal(json_len(json_get(o.json, "guardians")), 2);
	RUN(&o, 0, "guardian", "list", child);
	assert_contains(o.out, "Mother, mother  speaks");
	assert_contains(o.out, "checked by D. Omarova: identity card");
	give(0, mother, "--assent");
	assert_true(live());
	RUN_JSON(&o, 0, "consent", "withdraw", child, "--by", "guardian", "--guardian", father);
	assert_int_equal(json_len(json_get(o.json, "purposes")), 1);
	assert_false(live());
	give(3, mother, "--assent");
	give(0, father, "--assent");
	assert_true(live());
	RUN(&o, 2, "consent", "withdraw", child, "--by", "guardian");
	RUN(&o, 2, "consent", "refuse", child);
	outcome_done(&o);
}

static void a_child_says_no(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 3, "consent", "give", child, "--purpose", "access", "--until", date_in(60),
		 "--by", "guardian", "--guardian", mother);
	assert_string_equal(answer_error_code(&o), "consent-rule");
	assert_contains(o.err, "--assent");
	give(0, mother, "--assent");
	RUN(&o, 0, "consent", "refuse", child, "--by", "child");
	assert_contains(o.out, "The no is written down.");
	assert_false(live());
	RUN(&o, 3, "consent", "give", child, "--purpose", "access", "--until", date_in(60), "--by",
	    "guardian", "--guardian", mother);
	assert_contains(o.err, "--assent");
	RUN(&o, 0, "consent", "show", child);
	assert_contains(o.out, "refused");
	RUN(&o, 0, "history", child);
	assert_contains(o.out, "consent-refused");
	assert_contains(o.out, "by child");
	give(0, mother, "--assent");
	RUN_JSON(&o, 0, "history", child);
	assert_contains(o.out, "\"assent-given\"");
	outcome_done(&o);
}

static void a_court_bars_a_guardian(void **state)
{
	struct outcome o = {0};

	(void)state;
	give(0, mother, "--assent");
	file_write_text("decision.txt", "The court has decided.");
	RUN(&o, 2, "guardian", "bar", child, mother, "--document", "decision.txt", "--from", "now");
	RUN(&o, 4, "guardian", "bar", child, mother, "--document", "none.txt", "--from",
	    date_in(0));
	RUN(&o, 0, "guardian", "bar", child, mother, "--document", "decision.txt", "--from",
	    date_in(0));
	assert_contains(o.out, "ask another guardian");
	assert_false(live());
	give(3, mother, "--assent");
	RUN_JSON(&o, 0, "guardian", "list", child);
	assert_contains(o.out, "\"state\":\"barred\",\"may_speak\":false");
	RUN(&o, 0, "guardian", "list", child);
	assert_contains(o.out, "barred by a court from ");
	RUN(&o, 0, "history", child);
	assert_contains(o.out, "guardian-barred");
	assert_contains(o.out, "log-key-renewed");
	give(0, father, "--assent");
	RUN(&o, 3, "guardian", "remove", child, father);
	RUN(&o, 0, "consent", "withdraw", child);
	RUN_JSON(&o, 0, "guardian", "remove", child, father);
	assert_string_equal(answer_text(&o, "guardian"), father);
	RUN_JSON(&o, 4, "guardian", "remove", child, father);
	assert_string_equal(answer_error_code(&o), "record-missing");
	outcome_done(&o);
}

static void a_refused_family_is_not_asked_again(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "consent", "request", child, "--purpose", "access,attendance");
	assert_int_equal(json_len(json_get(o.json, "purposes")), 2);
	RUN(&o, 0, "consent", "show", child);
	assert_contains(o.out, "requested  asked ");
	RUN(&o, 0, "consent", "refuse", child, "--by", "guardian", "--guardian", father,
	    "--purpose", "access");
	RUN_JSON(&o, 3, "consent", "request", child, "--purpose", "access");
	assert_string_equal(answer_error_code(&o), "held");
	assert_contains(o.err, "do not ask again before");
	RUN(&o, 0, "consent", "request", child, "--purpose", "attendance");
	outcome_done(&o);
}

/* She comes of age: what guardians said lapses, and from then on only she is asked. */
static void at_majority_only_her_own_word_counts(void **state)
{
	struct outcome o = {0};
	char young[ID_HEX_LEN];

	(void)state;
	site_add(young, "Young", date_in(-17 * 366)); /* nearly, and more than sixteen */
	RUN(&o, 0, "guardian", "add", young, mother, "--relation", "mother", "--checked-by",
	    "D. Omarova", "--how", "identity card");
	RUN(&o, 0, "consent", "give", young, "--purpose", "access", "--until", date_in(60), "--by",
	    "guardian", "--guardian", mother, "--assent");
	RUN(&o, 3, "consent", "give", young, "--purpose", "access", "--until", date_in(60), "--by",
	    "self");
	site_settings("[consent]\nmajority_years = 16\n");
	RUN_JSON(&o, 0, "subject", "show", young);
	assert_int_equal(json_len(json_get(o.json, "purposes")), 0);
	RUN(&o, 0, "consent", "show", young);
	assert_contains(o.out, "lapsed");
	RUN(&o, 3, "consent", "give", young, "--purpose", "access", "--until", date_in(60), "--by",
	    "guardian", "--guardian", mother);
	RUN(&o, 0, "consent", "give", young, "--purpose", "access", "--until", date_in(60), "--by",
	    "self");
	RUN(&o, 0, "history", young);
	assert_contains(o.out, "consent-lapsed");
	assert_contains(o.out, "log-key-renewed");
	/* the others are children still */
	give(0, mother, "--assent");
	outcome_done(&o);
}

int main(void)
{
#define SITE_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
	    SITE_TEST(two_guardians_and_either_stops_it),
	    SITE_TEST(a_child_says_no),
	    SITE_TEST(a_court_bars_a_guardian),
	    SITE_TEST(a_refused_family_is_not_asked_again),
	    SITE_TEST(at_majority_only_her_own_word_counts),
	};

	return cmocka_run_group_tests_name("cli/families", tests, NULL, NULL);
}
