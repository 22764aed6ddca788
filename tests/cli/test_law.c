/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles, what is due, breaches and the assessment, as their user sees them. */
#include "cli/program.h"

/* A site under a profile in the folder "s", which the next calls work on. */
static void make_site(struct outcome *o, const char *profile)
{
	RUN_JSON(o, 0, "init", "s", "--site", "School 12", "--profile", profile);
	assert_string_equal(answer_text(o, "profile"), profile);
}

static void a_profile_is_written_and_shown(void **state)
{
	struct outcome o = {0};

	(void)state;
	folder_enter();
	RUN(&o, 2, "init", "s", "--site", "School 12", "--profile", "us");
	make_site(&o, "kz");
	RUN_JSON(&o, 0, "settings", "--data", "s");
	RUN(&o, 0, "doctor", "--data", "s");
	assert_contains(o.out, "ok    profile              kz");
	assert_contains(o.out, "consent.written = yes");
	assert_contains(o.out, "Law 94-V, art. 8");
	file_write_text("s/tanu.ini", "[site]\nname = School 12\nprofile = kz\n[consent]\n"
				      "written = no\n");
	RUN(&o, 2, "subject", "list", "--data", "s");
	assert_contains(o.err, "consent.written");
	assert_contains(o.err, "take the line out");
	RUN(&o, 5, "doctor", "--data", "s");
	assert_contains(o.out, "looser than profile kz allows");
	outcome_done(&o);
	folder_leave();
}

static void a_written_consent_comes_with_its_scan(void **state)
{
	struct outcome o = {0};

	(void)state;
	folder_enter();
	make_site(&o, "kz");
	RUN(&o, 0, "subject", "add", "--name", "Aliya", "--born", ADULT_BORN, "--data", "s");
	RUN(&o, 3, "consent", "give", "Aliya", "--purpose", "access", "--by", "self", "--until",
	    date_in(20), "--data", "s");
	assert_contains(o.err, "--paper");
	file_write_text("scan.txt", "signed");
	RUN(&o, 4, "consent", "give", "Aliya", "--purpose", "access", "--by", "self", "--until",
	    date_in(20), "--paper", "scan.txt", "--data", "s");
	file_write_text("scan.pdf", "%PDF-1.7\nsigned");
	RUN_JSON(&o, 0, "consent", "give", "Aliya", "--purpose", "access", "--by", "self",
		 "--until", date_in(20), "--paper", "scan.pdf", "--data", "s");
	assert_true(answer_bool(&o, "written"));
	RUN(&o, 0, "history", "Aliya", "--data", "s");
	assert_contains(o.out, "paper-added");
	RUN_JSON(&o, 0, "consent", "due", "--days", "30", "--data", "s");
	assert_contains(o.out, "\"kind\":\"consent\"");
	RUN(&o, 0, "consent", "due", "--days", "5", "--data", "s");
	assert_contains(o.out, "Nothing ends within 5 days");
	RUN(&o, 2, "consent", "due", "--days", "x", "--data", "s");
	outcome_done(&o);
	folder_leave();
}

static void a_breach_is_kept_to_its_end(void **state)
{
	char number[33];
	struct outcome o = {0};

	(void)state;
	folder_enter();
	make_site(&o, "ru");
	RUN(&o, 0, "subject", "add", "--name", "Aliya", "--born", ADULT_BORN, "--data", "s");
	RUN(&o, 4, "breach", "show", "--data", "s");
	RUN(&o, 2, "breach", "open", "--what", "x", "--kinds", "faces", "--data", "s");
	RUN(&o, 2, "breach", "open", "--what", "x", "--kinds", "names", "--noticed", "today",
	    "--data", "s");
	RUN(&o, 2, "breach", "open", "--what", "x", "--kinds", "names", "--noticed",
	    "2026-01-31 25:00", "--data", "s");
	RUN_JSON(&o, 0, "breach", "open", "Aliya", "--what", "A laptop was stolen", "--kinds",
		 "names,history", "--noticed", "2026-01-31 08:00", "--data", "s");
	assert_true(answer_number(&o, "people") == 1);
	assert_true(answer_number(&o, "due_ms") == answer_number(&o, "noticed_ms") + 86400000.0);
	snprintf(number, sizeof(number), "%s", answer_text(&o, "breach"));
	RUN(&o, 5, "doctor", "--data", "s");
	assert_contains(o.out, "bad   breach");
	RUN(&o, 0, "history", "Aliya", "--data", "s");
	assert_contains(o.out, "breach");
	RUN(&o, 0, "breach", "draft", "--to", "authority", "--data", "s");
	assert_contains(o.out, "Роскомнадзор");
	assert_contains(o.out, "2026-01-31 11:00 (UTC+3)");
	RUN(&o, 0, "breach", "draft", number, "--to", "persons", "--language", "kk", "--out",
	    "letter.txt", "--data", "s");
	RUN(&o, 3, "breach", "close", number, "--outcome", "found", "--data", "s");
	RUN(&o, 2, "breach", "notify", number, "nobody", "--how", "by post", "--data", "s");
	RUN_JSON(&o, 0, "breach", "notify", number, "authority", "--how", "by post", "--data", "s");
	RUN_JSON(&o, 0, "breach", "notify", number, "result", "--how", "by post", "--data", "s");
	RUN_JSON(&o, 0, "breach", "update", number, "--measures", "Locks changed", "--data", "s");
	RUN_JSON(&o, 0, "breach", "close", number, "--outcome", "found", "--data", "s");
	RUN_JSON(&o, 0, "breach", "show", number, "--data", "s");
	assert_string_equal(answer_text(&o, "measures"), "Locks changed");
	RUN_JSON(&o, 0, "breach", "list", "--data", "s");
	RUN(&o, 0, "doctor", "--data", "s");
	assert_lacks(o.out, "bad   breach");
	outcome_done(&o);
	folder_leave();
}

static void the_assessment_is_drafted(void **state)
{
	struct outcome o = {0};

	(void)state;
	folder_enter();
	make_site(&o, "kz");
	RUN(&o, 0, "dpia", "--data", "s");
	assert_contains(o.out, "# Деректерді қорғауға әсерді бағалау"); /* the site's language */
	RUN(&o, 0, "dpia", "--language", "ru", "--out", "dpia.md", "--data", "s");
	RUN_JSON(&o, 0, "dpia", "--language", "en", "--data", "s");
	RUN(&o, 2, "dpia", "--language", "de", "--data", "s");
	outcome_done(&o);
	folder_leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_profile_is_written_and_shown),
	    cmocka_unit_test(a_written_consent_comes_with_its_scan),
	    cmocka_unit_test(a_breach_is_kept_to_its_end),
	    cmocka_unit_test(the_assessment_is_drafted),
	};

	return cmocka_run_group_tests_name("cli/law", tests, NULL, NULL);
}
