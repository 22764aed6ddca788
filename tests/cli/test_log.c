/* SPDX-License-Identifier: Apache-2.0 */
/* The public log, looked at from outside: shown, audited, watched. */
#include "cli/program.h"

#include <sys/stat.h>

static int enter(void **state)
{
	(void)state;
	folder_enter();
	/* A page that happens to be built would be a statement more. */
	assert_int_equal(setenv("TANU_VERIFIER", "no-page.html", 1), 0);
	site_make();
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void shell(const char *line)
{
	assert_int_equal(system(line), 0);
}

/* Something happens to somebody, at the site in `data`. */
static void add(const char *data, const char *name)
{
	struct outcome o = {0};

	RUN(&o, 0, "subject", "add", "--data", data, "--name", name, "--born", ADULT_BORN);
	outcome_done(&o);
}

static size_t findings(const struct outcome *o)
{
	return json_len(json_get(o->json, "findings"));
}

static const char *finding(const struct outcome *o, size_t index)
{
	const char *code = NULL;

	assert_int_equal(
	    json_text(&code, json_at(json_get(o->json, "findings"), index), "code", NULL), TANU_OK);
	return code;
}

static void shows_what_the_site_states(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 5, "log", "show", "s", "--key",
		 "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
	add("s", "A");
	RUN(&o, 0, "log", "show");
	assert_contains(o.out, "log-opened  Test");
	assert_contains(o.out, "UNWITNESSED");
	RUN_JSON(&o, 0, "log", "show", "s/log");
	assert_string_equal(answer_text(&o, "policy"), "suggested");
	assert_true(answer_number(&o, "size") >= 16);
	assert_int_equal(json_len(json_get(o.json, "statements")), 3);
	RUN_JSON(&o, 0, "log", "show", "s", "--last", "1");
	assert_int_equal(json_len(json_get(o.json, "statements")), 1);
	RUN_JSON(&o, 2, "log", "show", "s", "--last", "many");
	outcome_done(&o);
}

static void audits_a_site_as_clean(void **state)
{
	struct outcome o = {0};

	(void)state;
	add("s", "A");
	add("s", "B");
	RUN_JSON(&o, 0, "log", "audit", "s");
	assert_string_equal(answer_text(&o, "verdict"), "clean");
	assert_int_equal(answer_number(&o, "leaves"), 32);
	assert_int_equal(answer_number(&o, "statements"), 3);
	assert_int_equal(findings(&o), 1);
	assert_string_equal(finding(&o, 0), "unwitnessed");
	RUN(&o, 0, "log", "audit", "s");
	assert_contains(o.out, "Clean.");
	outcome_done(&o);
}

static void trusts_whom_it_is_told_to(void **state)
{
	struct outcome o = {0};

	(void)state;
	add("s", "A");
	shell("grep -o '[^ ]*+[^ ]*+[^ ]*' s/log/policy >key");
	shell("\"$TANU_PROGRAM\" log audit s --key \"$(cat key)\" --json | grep -q given");
	RUN_JSON(&o, 1, "log", "audit", "s", "--key",
		 "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
	assert_string_equal(finding(&o, 0), "checkpoint");
	RUN_JSON(&o, 0, "log", "audit", "s", "--policy", "s/log/policy");
	assert_string_equal(answer_text(&o, "policy"), "given");
	shell("rm s/log/policy");
	RUN_JSON(&o, 2, "log", "audit", "s");
	file_write_text("bad", "quorum none\n");
	RUN_JSON(&o, 4, "log", "audit", "s", "--policy", "bad");
	RUN_JSON(&o, 2, "log", "audit", "s", "--policy", "bad", "--key", "x");
	outcome_done(&o);
}

static void finds_a_changed_entry(void **state)
{
	struct outcome o = {0};

	(void)state;
	add("s", "A");
	shell("printf X | dd of=$(ls s/log/tile/entries/000.p/*) bs=1 seek=9 conv=notrunc "
	      "2>/dev/null");
	RUN_JSON(&o, 1, "log", "audit", "s");
	assert_string_equal(answer_text(&o, "verdict"), "suspicious");
	assert_string_equal(finding(&o, 1), "file");
	shell("rm $(ls s/log/tile/0/000.p/*)");
	RUN(&o, 1, "log", "audit", "s");
	assert_contains(o.out, "missing");
	assert_contains(o.out, "Suspicious.");
	outcome_done(&o);
}

static void says_that_no_log_is_there(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN_JSON(&o, 4, "log", "audit", "nowhere");
	add("s", "A");
	shell("rm s/log/checkpoint");
	RUN_JSON(&o, 5, "log", "audit", "s");
	RUN_JSON(&o, 5, "log", "watch", "s", "--state", "st", "--once");
	assert_string_equal(answer_error_code(&o), "io");
	RUN_JSON(&o, 5, "log", "audit", "http://127.0.0.1:1/log");
	assert_string_equal(answer_error_code(&o), "network");
	outcome_done(&o);
}

static void a_monitor_remembers(void **state)
{
	struct outcome o = {0};
	struct stat info;

	(void)state;
	add("s", "A");
	RUN_JSON(&o, 0, "log", "watch", "s", "--state", "st", "--once");
	assert_int_equal(answer_number(&o, "leaves"), 16);
	assert_int_equal(stat("st", &info), 0);
	RUN_JSON(&o, 0, "log", "watch", "s", "--state", "st", "--once");
	assert_string_equal(answer_text(&o, "policy"), "kept");
	add("s", "B");
	RUN_JSON(&o, 0, "log", "watch", "s", "--state", "st", "--once");
	assert_int_equal(answer_number(&o, "leaves"), 32);
	outcome_done(&o);
}

static void a_monitor_sees_two_stories(void **state)
{
	struct outcome o = {0};

	(void)state;
	add("s", "A");
	shell("cp -r s t");
	add("s", "B");
	add("t", "C");
	add("t", "D");
	RUN_JSON(&o, 0, "log", "watch", "s", "--state", "st", "--once");
	RUN_JSON(&o, 1, "log", "watch", "t", "--state", "st", "--once");
	assert_string_equal(finding(&o, 1), "fork");
	assert_int_equal(json_len(json_get(o.json, "evidence")), 3);
	shell("cmp st.fork-earlier s/log/checkpoint && cmp st.fork-later t/log/checkpoint");
	shell("head -n 1 st.fork-proof | grep -q '^old 35$'");
	/* what was believed stays believed */
	RUN_JSON(&o, 0, "log", "watch", "s", "--state", "st", "--once");
	RUN_JSON(&o, 1, "log", "audit", "t", "--earlier", "s/log/checkpoint", "--evidence", "ev");
	assert_string_equal(finding(&o, 1), "fork");
	shell("cmp ev.fork-proof st.fork-proof");
	outcome_done(&o);
}

static void a_monitor_sees_a_log_that_went_back(void **state)
{
	struct outcome o = {0};

	(void)state;
	add("s", "A");
	shell("cp -r s t");
	add("s", "B");
	RUN_JSON(&o, 0, "log", "watch", "s", "--state", "st", "--once");
	RUN_JSON(&o, 1, "log", "watch", "t", "--state", "st", "--once");
	assert_string_equal(finding(&o, 1), "shrunk");
	outcome_done(&o);
}

/* Whoever puts up another log in its place suggests another key with it. */
static void a_monitor_keeps_whom_it_trusted_first(void **state)
{
	struct outcome o = {0};

	(void)state;
	add("s", "A");
	RUN_JSON(&o, 0, "log", "watch", "s", "--state", "st", "--once");
	RUN(&o, 0, "init", "t", "--site", "Another");
	add("t", "A");
	RUN_JSON(&o, 1, "log", "watch", "t", "--state", "st", "--once");
	assert_string_equal(answer_text(&o, "policy"), "kept");
	assert_string_equal(finding(&o, 0), "checkpoint");
	outcome_done(&o);
}

static void refuses_a_damaged_state(void **state)
{
	struct outcome o = {0};

	(void)state;
	add("s", "A");
	file_write_text("st", "{}\n");
	RUN_JSON(&o, 4, "log", "watch", "s", "--state", "st", "--once");
	file_write_text("st", "not json");
	RUN_JSON(&o, 4, "log", "watch", "s", "--state", "st", "--once");
	shell("grep -q 'not json' st");
	RUN(&o, 2, "log", "watch", "s");
	outcome_done(&o);
}

static void a_loop_says_only_what_is_new(void **state)
{
	(void)state;
	add("s", "A");
	shell("timeout 2.5 \"$TANU_PROGRAM\" log watch s --state st --interval 1 --json >out; "
	      "test $? = 124");
	shell("test $(wc -l <out) = 1 && grep -q '\"verdict\":\"clean\"' out");
	shell("grep -q seen_ms out");
}

int main(void)
{
#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
	    LOG_TEST(shows_what_the_site_states),
	    LOG_TEST(audits_a_site_as_clean),
	    LOG_TEST(trusts_whom_it_is_told_to),
	    LOG_TEST(finds_a_changed_entry),
	    LOG_TEST(says_that_no_log_is_there),
	    LOG_TEST(a_monitor_remembers),
	    LOG_TEST(a_monitor_sees_two_stories),
	    LOG_TEST(a_monitor_sees_a_log_that_went_back),
	    LOG_TEST(a_monitor_keeps_whom_it_trusted_first),
	    LOG_TEST(refuses_a_damaged_state),
	    LOG_TEST(a_loop_says_only_what_is_new),
	};

	return cmocka_run_group_tests_name("cli/log", tests, NULL, NULL);
}
