/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a call: where options may stand, what is missing, what was probably meant. */
#include "cli/program.h"

#include "cli/run.h"

/* args_parse over a copy: it reorders the words. */
static tanu_status parse(struct args *out, tanu_error *err, const char *const *words)
{
	static char *copy[32];
	size_t len = 0;

	for (; words[len]; len++)
		copy[len] = (char *)words[len];
	*err = (tanu_error){0};
	return args_parse(out, copy, len, err);
}
#define PARSE(...) parse(&args, &err, (const char *const[]){__VA_ARGS__, NULL})

static void takes_options_anywhere(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(
	    PARSE("--data", "d", "verify", "--json", "ann", "--purpose=visit", "p.jpg"), TANU_OK);
	assert_string_equal(args.verb->group, "verify");
	assert_string_equal(args_get(&args, "data"), "d");
	assert_string_equal(args_get(&args, "purpose"), "visit");
	assert_true(args.json);
	assert_int_equal(args.operands_len, 2);
	assert_string_equal(args.operands[0], "ann");
	assert_string_equal(args.operands[1], "p.jpg");
}

static void two_dashes_end_options(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(PARSE("compare", "--", "--fmr", "-x.jpg"), TANU_OK);
	assert_string_equal(args.operands[0], "--fmr");
	assert_string_equal(args.operands[1], "-x.jpg");
	assert_false(args_has(&args, "fmr"));
}

static void one_dash_is_standard_input(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(PARSE("inspect", "-"), TANU_OK);
	assert_string_equal(args.operands[0], "-");
	assert_int_equal(PARSE("inspect", "-x"), TANU_USAGE);
	assert_contains(err.message, "./-x");
}

static void empty_values_are_values(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(PARSE("subject", "list", "--data="), TANU_OK);
	assert_string_equal(args_get(&args, "data"), "");
}

static void help_needs_nothing_else(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(PARSE("subject", "add", "--help"), TANU_OK);
	assert_true(args.help);
	assert_int_equal(PARSE("subject", "-h"), TANU_OK);
	assert_true(args.help);
	assert_null(args.verb);
	assert_string_equal(args.group, "subject");
	assert_int_equal(PARSE("--help"), TANU_OK);
	assert_true(args.help);
}

static void says_what_is_missing(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(PARSE("subject", "add", "--name", "x"), TANU_USAGE);
	assert_contains(err.message, "--born DATE");
	assert_int_equal(PARSE("verify", "ann"), TANU_USAGE);
	assert_contains(err.message, "PHOTO");
	assert_int_equal(PARSE("subject", "add", "--name"), TANU_USAGE);
	assert_contains(err.message, "--name wants a value");
	assert_int_equal(PARSE("subject"), TANU_USAGE);
	assert_contains(err.message, "add, import, list, show, remove");
	assert_int_equal(PARSE("--json"), TANU_USAGE);
	assert_true(args.json);
}

static void refuses_what_is_too_much(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(PARSE("compare", "a", "b", "c"), TANU_USAGE);
	assert_contains(err.message, "takes 2 words, not 3");
	assert_int_equal(PARSE("subject", "show", "Secret", "Name"), TANU_USAGE);
	assert_contains(err.message, "quotes");
	assert_lacks(err.message, "Name");
	assert_int_equal(PARSE("subject", "list", "--data", "a", "--data", "b"), TANU_USAGE);
	assert_contains(err.message, "twice");
	assert_int_equal(PARSE("subject", "list", "--json=yes"), TANU_USAGE);
	assert_contains(err.message, "takes no value");
	assert_int_equal(PARSE("enrol", "ann", "--from", "list.csv"), TANU_USAGE);
	assert_int_equal(PARSE("enrol", "--from", "list.csv"), TANU_OK);
	assert_int_equal(PARSE("verify", "ann", "p", "--purpose", "fun"), TANU_USAGE);
	assert_contains(err.message, "access attendance visit identity");
}

static void suggests_what_was_meant(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(PARSE("verfy"), TANU_USAGE);
	assert_contains(err.message, "tanu verify");
	assert_int_equal(PARSE("subject", "lits"), TANU_USAGE);
	assert_contains(err.message, "tanu subject list");
	assert_int_equal(PARSE("subject", "add", "--nmae", "x"), TANU_USAGE);
	assert_contains(err.message, "--name");
	assert_int_equal(PARSE("qqqqqqqqqq"), TANU_USAGE);
	assert_lacks(err.message, "did you mean");
	assert_int_equal(PARSE("__complet"), TANU_USAGE);
	assert_lacks(err.message, "__complete");
}

static void measures_words(void **state)
{
	static const char *const words[] = {"subject", "consent", "settings", NULL};

	(void)state;
	assert_string_equal(nearest_word("subjcet", words), "subject");
	assert_string_equal(nearest_word("setings", words), "settings");
	assert_null(nearest_word("zzz", words));
	assert_null(nearest_word("", words));
	assert_null(nearest_word("a-word-that-is-much-longer-than-any-command", words));
}

static void json_is_asked_for_even_in_a_wrong_call(void **state)
{
	struct args args;
	tanu_error err;

	(void)state;
	assert_int_equal(PARSE("nonsense", "--json"), TANU_USAGE);
	assert_true(args.json);
	assert_int_equal(PARSE("nonsense", "--", "--json"), TANU_USAGE);
	assert_false(args.json);
}

static void dates_and_numbers_are_checked(void **state)
{
	struct args args;
	tanu_error err;
	tanu_date date;
	double v;

	(void)state;
	assert_int_equal(PARSE("subject", "add", "--name", "x", "--born", "2009-02-29"), TANU_OK);
	assert_int_equal(args_date(&date, &args, "born", &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_DATE);
	assert_int_equal(PARSE("subject", "add", "--name", "x", "--born", "2008-02-29"), TANU_OK);
	assert_int_equal(args_date(&date, &args, "born", &err), TANU_OK);
	assert_int_equal(date.day, 29);
	assert_int_equal(PARSE("compare", "a", "b", "--fmr", "1e-4x"), TANU_OK);
	assert_int_equal(args_real(&v, &args, "fmr", 0, 1, &err), TANU_USAGE);
	assert_int_equal(PARSE("compare", "a", "b", "--fmr", "nan"), TANU_OK);
	assert_int_equal(args_real(&v, &args, "fmr", 0, 1, &err), TANU_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_options_anywhere),
	    cmocka_unit_test(two_dashes_end_options),
	    cmocka_unit_test(one_dash_is_standard_input),
	    cmocka_unit_test(empty_values_are_values),
	    cmocka_unit_test(help_needs_nothing_else),
	    cmocka_unit_test(says_what_is_missing),
	    cmocka_unit_test(refuses_what_is_too_much),
	    cmocka_unit_test(suggests_what_was_meant),
	    cmocka_unit_test(measures_words),
	    cmocka_unit_test(json_is_asked_for_even_in_a_wrong_call),
	    cmocka_unit_test(dates_and_numbers_are_checked),
	};

	return cmocka_run_group_tests_name("cli/words", tests, NULL, NULL);
}
