/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs on a data folder that need no face: every main path and every way to be refused. */
#include "cli/program.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <fcntl.h>

static void makes_a_site_once(void **state)
{
	struct outcome o = {0};
	struct stat info;

	(void)state;
	RUN_JSON(&o, 0, "init", "another", "--site", "School 12");
	assert_string_equal(answer_text(&o, "site"), "School 12");
	assert_string_equal(answer_text(&o, "data"), "another");
	assert_int_equal(stat("another/keys", &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	RUN_JSON(&o, 2, "init", "another", "--site", "School 13");
	assert_string_equal(answer_error_code(&o), "folder-exists");
	outcome_done(&o);
}

static unsigned mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 0777;
}

static void an_empty_folder_becomes_private(void **state)
{
	struct outcome o = {0};

	(void)state;
	assert_int_equal(mkdir("open", 0700), 0);
	assert_int_equal(chmod("open", 0755), 0);
	RUN_JSON(&o, 0, "init", "open", "--site", "School 12");
	assert_int_equal(mode_of("open"), 0700);
	assert_int_equal(mkdir("shared", 0700), 0);
	file_write_text("shared/notes", "of somebody else");
	assert_int_equal(chmod("shared", 0755), 0);
	RUN_JSON(&o, 0, "init", "shared", "--site", "School 12");
	assert_int_equal(mode_of("shared"), 0755);
	assert_int_equal(mode_of("shared/keys"), 0700);
	RUN(&o, 5, "doctor", "--data", "shared");
	assert_contains(o.out, "chmod go= shared");
	outcome_done(&o);
}

static void a_folder_without_a_site_says_what_to_type(void **state)
{
	struct outcome o = {0};

	(void)state;
	assert_int_equal(mkdir("empty", 0700), 0);
	RUN_JSON(&o, 4, "subject", "list", "--data", "empty");
	assert_string_equal(answer_error_code(&o), "folder-missing");
	assert_contains(o.err, "Next: tanu init");
	outcome_done(&o);
}

static void finds_the_folder_by_option_variable_or_place(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "subject", "list", "--data", "s");
	RUN(&o, 0, "subject", "list");
	unsetenv("TANU_DATA");
	RUN(&o, 4, "subject", "list");
	assert_int_equal(chdir("s"), 0);
	RUN(&o, 0, "subject", "list");
	assert_int_equal(chdir(".."), 0);
	outcome_done(&o);
}

static void a_second_owner_waits_outside(void **state)
{
	struct outcome o = {0};
	int fd = open("s/tanu.lock", O_RDWR | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	RUN_JSON(&o, 5, "subject", "list");
	assert_string_equal(answer_error_code(&o), "folder-busy");
	RUN_JSON(&o, 5, "doctor");
	assert_false(answer_bool(&o, "ok"));
	close(fd);
	RUN(&o, 0, "subject", "list");
	outcome_done(&o);
}

static void adds_lists_shows_and_removes_people(void **state)
{
	struct outcome o = {0};
	char id[ID_HEX_LEN], prefix[9];

	(void)state;
	RUN(&o, 0, "subject", "list");
	assert_contains(o.out, "Next: tanu subject add");
	site_add(id, "Әйгерім С.", "1990-04-02");
	snprintf(prefix, sizeof(prefix), "%.8s", id);
	RUN_JSON(&o, 0, "subject", "list");
	assert_int_equal(json_len(json_get(o.json, "subjects")), 1);
	RUN_JSON(&o, 0, "subject", "show", prefix);
	assert_string_equal(answer_text(&o, "name"), "Әйгерім С.");
	assert_string_equal(answer_text(&o, "born"), "1990-04-02");
	assert_false(answer_bool(&o, "enrolled"));
	RUN(&o, 0, "subject", "list");
	assert_contains(o.out, "Әйгерім С.");
	assert_contains(o.out, id);
	RUN_JSON(&o, 0, "subject", "remove", "Әйгерім С.");
	assert_true(answer_bool(&o, "profile_erased"));
	assert_false(answer_bool(&o, "rollback_resistant"));
	assert_string_equal(answer_text(&o, "subject"), id);
	RUN_JSON(&o, 4, "subject", "show", id);
	assert_string_equal(answer_error_code(&o), "subject-missing");
	outcome_done(&o);
}

static void errors_never_repeat_a_name(void **state)
{
	struct outcome o = {0};
	char id[ID_HEX_LEN];

	(void)state;
	site_add(id, "Secretname", "1990-04-02");
	site_add(id, "Secretname", "1991-05-03");
	RUN(&o, 2, "subject", "show", "Secretname");
	assert_lacks(o.err, "Secretname");
	assert_contains(o.err, "Next: give the id");
	RUN(&o, 4, "subject", "show", "Secretnames");
	assert_lacks(o.err, "Secretname");
	RUN(&o, 3, "enrol", id, "no.jpg");
	assert_lacks(o.err, "Secretname");
	outcome_done(&o);
}

static void refuses_impossible_people(void **state)
{
	struct outcome o = {0};
	char name[300];

	(void)state;
	RUN_JSON(&o, 2, "subject", "add", "--name", "x", "--born", "31.12.1990");
	assert_string_equal(answer_error_code(&o), "date");
	RUN(&o, 2, "subject", "add", "--name", "x", "--born", date_in(2));
	RUN(&o, 2, "subject", "add", "--name", "", "--born", "1990-01-01");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	RUN(&o, 2, "subject", "add", "--name", name, "--born", "1990-01-01");
	RUN_JSON(&o, 2, "subject", "add", "--name", "\xFF\xFE", "--born", "1990-01-01");
	outcome_done(&o);
}

static void imports_everybody_or_nobody(void **state)
{
	struct outcome o = {0};

	(void)state;
	file_write_text("bad.csv", "name,born\nA,1990-01-01\nB,yesterday\nC,1991-01-01\nD\n");
	RUN_JSON(&o, 4, "subject", "import", "bad.csv");
	assert_string_equal(answer_error_code(&o), "csv");
	assert_int_equal(json_len(json_get(o.json, "refused")), 2);
	RUN(&o, 4, "subject", "import", "bad.csv");
	assert_contains(o.out, "row 3: born: ");
	RUN_JSON(&o, 0, "subject", "list");
	assert_int_equal(json_len(json_get(o.json, "subjects")), 0);
	file_write_text("good.csv", "\xEF\xBB\xBF"
				    "Class;Born;Name\n5A;1990-01-01;Ann\n5B;1991-02-02;Bek\n");
	RUN_JSON(&o, 0, "subject", "import", "good.csv");
	assert_int_equal((int)answer_number(&o, "added"), 2);
	assert_int_equal(json_len(json_get(o.json, "subjects")), 2);
	RUN(&o, 0, "subject", "show", "Bek");
	file_write_text("columns.csv", "who,when\nA,1990-01-01\n");
	RUN(&o, 4, "subject", "import", "columns.csv");
	assert_contains(o.err, "\"name\" and \"born\"");
	file_write_text("empty.csv", "name,born\n");
	RUN(&o, 4, "subject", "import", "empty.csv");
	RUN(&o, 4, "subject", "import", "missing.csv");
	outcome_done(&o);
}

static void imports_from_standard_input(void **state)
{
	static const char *const words[] = {"subject", "import", "-", NULL};
	struct call call = {.words = words, .in = "people.csv"};
	struct outcome o = {0};

	(void)state;
	file_write_text("people.csv", "name,born\nAnn,1990-01-01\n");
	program_run(&o, &call);
	assert_int_equal(o.code, 0);
	RUN(&o, 0, "subject", "show", "Ann");
	outcome_done(&o);
}

static void gives_shows_and_withdraws_consent(void **state)
{
	struct outcome o = {0};
	const char *until = date_in(60);
	char id[ID_HEX_LEN];
	json_value consent;

	(void)state;
	site_add(id, "Ann", "1990-04-02");
	RUN(&o, 0, "consent", "show", id);
	assert_contains(o.out, "Next: tanu consent give");
	file_write_text("terms-7.txt", "What is stored and why.");
	RUN_JSON(&o, 0, "consent", "give", id, "--purpose", "access,visit", "--by", "self",
		 "--until", until, "--notice", "terms-7.txt", "--language", "ru");
	assert_string_equal(answer_text(&o, "until"), until);
	RUN_JSON(&o, 0, "consent", "show", id);
	assert_int_equal(json_len(json_get(o.json, "consents")), 2);
	consent = json_at(json_get(o.json, "consents"), 0);
	assert_non_null(json_get(consent, "not_after_ms"));
	RUN(&o, 0, "consent", "show", id);
	assert_contains(o.out, until);
	assert_contains(o.out, "notice terms-7 (ru)");
	RUN_JSON(&o, 0, "consent", "withdraw", id, "--purpose", "visit");
	assert_int_equal(json_len(json_get(o.json, "purposes")), 1);
	RUN(&o, 0, "consent", "withdraw", id);
	assert_contains(o.out, "Withdrawn.");
	assert_contains(o.out, "rollback-resistant  no");
	RUN(&o, 0, "consent", "withdraw", id);
	assert_contains(o.out, "no live consent");
	RUN(&o, 0, "consent", "show", id);
	assert_contains(o.out, "withdrawn");
	RUN(&o, 0, "history", id);
	assert_contains(o.out, "consent-withdrawn");
	RUN_JSON(&o, 0, "history", id);
	assert_true(json_len(json_get(o.json, "events")) >= 5);
	outcome_done(&o);
}

static void ships_notices_in_three_languages(void **state)
{
	static const char *const languages[] = {"kk", "ru", "en"};
	struct outcome o = {0};
	char id[ID_HEX_LEN];

	(void)state;
	site_add(id, "Ann", "1990-04-02");
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		RUN(&o, 0, "consent", "give", id, "--purpose", "access", "--by", "self", "--until",
		    date_in(60), "--language", languages[i]);
		assert_contains(o.out, "notice tanu-2.");
	}
	RUN(&o, 2, "consent", "give", id, "--purpose", "access", "--by", "self", "--until",
	    date_in(60), "--language", "xx");
	outcome_done(&o);
}

/* Every line with a picture has it, in every language, wherever references are kept. */
static void children_are_told_with_pictures(const char *version_begins)
{
	static const char *const languages[] = {"kk", "ru", "en"};
	struct outcome o = {0};
	char version[64];

	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		struct buf page = {0};

		RUN_JSON(&o, 0, "notice", "add", "--children", "--language", languages[i]);
		snprintf(version, sizeof(version), "%s", answer_text(&o, "version"));
		assert_int_equal(strncmp(version, version_begins, strlen(version_begins)), 0);
		RUN(&o, 0, "notice", "show", version, "--language", languages[i], "--page",
		    "page.html");
		assert_int_equal(os_read_file(&page, "page.html", 1 << 20, NULL), TANU_OK);
		assert_contains(buf_cstr(&page), "<svg ");
		assert_lacks(buf_cstr(&page), "<p>[");
		buf_free(&page);
	}
	outcome_done(&o);
}

static void children_s_notices_fit_where_references_are(void **state)
{
	struct outcome o = {0};

	(void)state;
	children_are_told_with_pictures("tanu-2-children.");
	site_settings("[storage]\nmode = pass\n");
	children_are_told_with_pictures("tanu-pass-1-children.");
	RUN(&o, 0, "notice", "list");
	assert_contains(o.out, "tanu-pass-1-children.");
	outcome_done(&o);
}

static void notices_are_registered_shown_and_drawn(void **state)
{
	struct outcome o = {0};
	char version[64], id[ID_HEX_LEN], consent[ID_HEX_LEN];
	const char *word = NULL;
	struct buf page = {0};

	(void)state;
	RUN(&o, 0, "notice", "list");
	assert_contains(o.out, "Next: tanu notice add");
	file_write_text("terms.txt", "Kept {retention.visit} months.\nSay <no> & go.\n");
	RUN_JSON(&o, 0, "notice", "add", "terms.txt", "--language", "ru");
	RUN_JSON(&o, 0, "notice", "show", "terms", "--language", "ru");
	assert_contains(o.out, "\"lines\":[\"Kept 36 months.\",\"Say <no> & go.\"]");
	file_write_text("terms.txt", "Other words.");
	RUN_JSON(&o, 2, "notice", "add", "terms.txt", "--language", "ru");
	assert_string_equal(answer_error_code(&o), "conflict");
	RUN_JSON(&o, 4, "notice", "show", "terms");
	assert_string_equal(answer_error_code(&o), "record-missing");
	RUN_JSON(&o, 0, "notice", "add", "--children");
	snprintf(version, sizeof(version), "%s", answer_text(&o, "version"));
	RUN(&o, 2, "notice", "add", "terms.txt", "--children");
	RUN(&o, 0, "notice", "show", version, "--page", "page.html");
	assert_int_equal(os_read_file(&page, "page.html", 1 << 20, NULL), TANU_OK);
	assert_contains(buf_cstr(&page), "<svg ");
	assert_lacks(buf_cstr(&page), "[door]");
	RUN(&o, 0, "notice", "show", "terms", "--language", "ru", "--page", "page.html");
	assert_int_equal(os_read_file(&page, "page.html", 1 << 20, NULL), TANU_OK);
	assert_contains(buf_cstr(&page), "Say &lt;no> &amp; go.");
	/* What was signed stays, by whatever name it is asked for. */
	site_add(id, "Ann", "1990-04-02");
	RUN(&o, 0, "consent", "give", id, "--purpose", "visit", "--by", "self", "--until",
	    date_in(60), "--notice", "terms", "--language", "ru");
	RUN_JSON(&o, 0, "consent", "show", id);
	assert_contains(o.out, "\"retention_months\":36");
	assert_int_equal(json_text(&word, json_at(json_get(o.json, "consents"), 0), "id", NULL),
			 TANU_OK);
	snprintf(consent, sizeof(consent), "%s", word);
	RUN(&o, 0, "consent", "notice", consent);
	assert_string_equal(o.out, "Kept 36 months.\nSay <no> & go.\n");
	RUN(&o, 4, "notice", "show", "--language", "kk", "tanu-2");
	RUN(&o, 2, "consent", "notice", "ab");
	RUN_JSON(&o, 3, "consent", "notice", "abcdef0123");
	assert_string_equal(answer_error_code(&o), "no-consent");
	buf_free(&page);
	outcome_done(&o);
}

static void a_child_needs_a_guardian(void **state)
{
	struct outcome o = {0};
	char child[ID_HEX_LEN], parent[ID_HEX_LEN];

	(void)state;
	RUN(&o, 0, "subject", "add", "--name", "Another", "--born", date_in(-8 * 366));
	assert_contains(o.out, "--by guardian --guardian ID");
	site_add(child, "Child", date_in(-8 * 366));
	site_add(parent, "Parent", "1988-04-02");
	RUN_JSON(&o, 3, "consent", "give", child, "--purpose", "access", "--by", "self", "--until",
		 date_in(60));
	assert_string_equal(answer_error_code(&o), "consent-rule");
	RUN_JSON(&o, 3, "consent", "give", child, "--purpose", "access", "--by", "guardian",
		 "--guardian", parent, "--until", date_in(60));
	assert_contains(o.err, "not registered");
	RUN_JSON(&o, 0, "guardian", "add", child, parent, "--relation", "mother", "--checked-by",
		 "D. Omarova", "--how", "identity card");
	RUN_JSON(&o, 0, "consent", "give", child, "--purpose", "attendance", "--by", "guardian",
		 "--guardian", parent, "--until", date_in(60));
	assert_string_equal(answer_text(&o, "guardian"), parent);
	RUN(&o, 3, "consent", "give", parent, "--purpose", "access", "--by", "guardian",
	    "--guardian", child, "--until", date_in(60));
	RUN(&o, 2, "consent", "give", child, "--purpose", "access", "--by", "guardian", "--until",
	    date_in(60));
	RUN(&o, 2, "consent", "give", parent, "--purpose", "access", "--by", "self", "--guardian",
	    parent, "--until", date_in(60));
	RUN(&o, 2, "consent", "give", child, "--purpose", "access", "--by", "uncle", "--until",
	    date_in(60));
	outcome_done(&o);
}

static void refuses_consents_that_make_no_sense(void **state)
{
	struct outcome o = {0};
	char id[ID_HEX_LEN];

	(void)state;
	site_add(id, "Ann", "1990-04-02");
	RUN(&o, 2, "consent", "give", id, "--purpose", "fun", "--by", "self", "--until",
	    date_in(60));
	RUN(&o, 2, "consent", "give", id, "--purpose", "access", "--by", "self", "--until", "soon");
	RUN(&o, 2, "consent", "give", id, "--purpose", "access", "--by", "self", "--until",
	    "2020-01-01");
	RUN(&o, 4, "consent", "give", id, "--purpose", "access", "--by", "self", "--until",
	    date_in(60), "--notice", "missing.txt");
	file_write("latin.txt", "\xE9", 1);
	RUN(&o, 4, "consent", "give", id, "--purpose", "access", "--by", "self", "--until",
	    date_in(60), "--notice", "latin.txt");
	outcome_done(&o);
}

static void shows_settings_and_refuses_unknown_ones(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "settings");
	assert_contains(o.out, "quality.door.yaw");
	assert_contains(o.out, "60 degrees  (default 35)");
	RUN_JSON(&o, 0, "settings");
	assert_true(json_len(json_get(o.json, "settings")) > 20);
	site_settings("[match]\nfnord = 1\n");
	RUN_JSON(&o, 2, "settings");
	assert_string_equal(answer_error_code(&o), "setting");
	assert_contains(o.err, "tanu.ini");
	site_settings("[match]\nfmr = 7\n");
	RUN(&o, 2, "subject", "list");
	outcome_done(&o);
}

static void doctor_looks_at_machine_and_site(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "doctor");
	assert_true(answer_bool(&o, "ok"));
	RUN(&o, 0, "doctor");
	assert_contains(o.out, "sandbox");
	assert_contains(o.out, "embeddings = permits");
	assert_contains(o.out, "warn  rollback-resistant");
	assert_int_equal(chmod("s/keys", 0755), 0);
	RUN(&o, 5, "doctor");
	assert_contains(o.out, "chmod go= s/keys");
	assert_int_equal(chmod("s/keys", 0700), 0);
	RUN(&o, 5, "doctor", "--data", "nowhere");
	RUN(&o, 0, "doctor", "--accept-clock");
	unsetenv("TANU_DATA");
	RUN(&o, 0, "doctor");
	assert_contains(o.out, "only the machine was checked");
	outcome_done(&o);
}

static void doctor_tells_a_database_put_back(void **state)
{
	struct outcome o = {0};
	char id[ID_HEX_LEN];

	(void)state;
	site_add(id, "Ann", "1990-04-02");
	site_consent(id, "access");
	assert_int_equal(system("cp s/tanu.db old.db"), 0);
	RUN(&o, 0, "subject", "remove", id);
	assert_int_equal(system("cp old.db s/tanu.db"), 0);
	RUN(&o, 5, "doctor");
	assert_contains(o.out, "older than the keys");
	outcome_done(&o);
}

static void models_are_listed_and_checked(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 0, "model", "list");
	assert_true(json_len(json_get(o.json, "models")) >= 5);
	RUN(&o, 0, "model", "list");
	assert_contains(o.out, "licence");
	RUN_JSON(&o, 0, "model", "check");
	assert_int_equal(mkdir("none", 0700), 0);
	setenv("TANU_MODELS", "none", 1);
	RUN_JSON(&o, 4, "model", "check");
	assert_string_equal(answer_error_code(&o), "model-missing");
	outcome_done(&o);
	setenv("TANU_MODELS", TANU_SOURCE_DIR "/models", 1);
}

static void a_model_is_tried_before_it_is_added(void **state)
{
	struct outcome o = {0};

	(void)state;
	assert_int_equal(mkdir("mine", 0700), 0);
	assert_int_equal(system("cp " TANU_SOURCE_DIR "/models/*.json mine/ && mv "
				"mine/fr-eye.json eye.json && cp " TANU_SOURCE_DIR
				"/.deps/models/fr_eye.onnx . && cp fr_eye.onnx bad.onnx && "
				"printf x >> bad.onnx"),
			 0);
	setenv("TANU_MODELS", "mine", 1);
	RUN_JSON(&o, 5, "model", "add", "eye.json", "bad.onnx");
	assert_string_equal(answer_error_code(&o), "model-digest");
	RUN_JSON(&o, 0, "model", "add", "eye.json", "fr_eye.onnx");
	assert_int_equal(access("mine/fr_eye.onnx", R_OK), 0);
	RUN(&o, 0, "model", "check");
	/* Weights that were damaged afterwards are told, the others are still listed. */
	file_write_text("mine/fr_eye.onnx", "not a model");
	RUN_JSON(&o, 5, "model", "check");
	assert_true(json_len(json_get(o.json, "models")) >= 5);
	outcome_done(&o);
	setenv("TANU_MODELS", TANU_SOURCE_DIR "/models", 1);
}

int main(void)
{
#define SITE_TEST(name) cmocka_unit_test_setup_teardown(name, site_enter, site_leave)
	const struct CMUnitTest tests[] = {
	    SITE_TEST(makes_a_site_once),
	    SITE_TEST(an_empty_folder_becomes_private),
	    SITE_TEST(a_folder_without_a_site_says_what_to_type),
	    SITE_TEST(finds_the_folder_by_option_variable_or_place),
	    SITE_TEST(a_second_owner_waits_outside),
	    SITE_TEST(adds_lists_shows_and_removes_people),
	    SITE_TEST(errors_never_repeat_a_name),
	    SITE_TEST(refuses_impossible_people),
	    SITE_TEST(imports_everybody_or_nobody),
	    SITE_TEST(imports_from_standard_input),
	    SITE_TEST(gives_shows_and_withdraws_consent),
	    SITE_TEST(ships_notices_in_three_languages),
	    SITE_TEST(notices_are_registered_shown_and_drawn),
	    SITE_TEST(children_s_notices_fit_where_references_are),
	    SITE_TEST(a_child_needs_a_guardian),
	    SITE_TEST(refuses_consents_that_make_no_sense),
	    SITE_TEST(shows_settings_and_refuses_unknown_ones),
	    SITE_TEST(doctor_looks_at_machine_and_site),
	    SITE_TEST(doctor_tells_a_database_put_back),
	    SITE_TEST(models_are_listed_and_checked),
	    SITE_TEST(a_model_is_tried_before_it_is_added),
	};

	return cmocka_run_group_tests_name("cli/site", tests, NULL, NULL);
}
