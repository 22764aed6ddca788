/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Forge it" as the demo shows it: each attack is carried out, and each comes out as it must, by
 * both verifiers where there is Node.js and the page was built.
 */
#include "cli/program.h"

#define WIDTH 100

static int enter(void **state)
{
	(void)state;
	folder_enter();
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static bool has_program(const char *name)
{
	char line[64];

	snprintf(line, sizeof(line), "command -v %s >/dev/null", name);
	return system(line) == 0;
}

/* What stands between the heading of this attack and the next one. */
static const char *part_of(const char *out, const char *heading, const char *next)
{
	static char part[8192];
	const char *from = strstr(out, heading), *to = from ? strstr(from, next) : NULL;

	if (!from || !to)
		fail_msg("\"%s\" is not followed by \"%s\":\n%s", heading, next, out);
	snprintf(part, sizeof(part), "%.*s", (int)(to - from), from);
	return part;
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		n++;
	return n;
}

struct expected {
	const char *heading, *next;
	const char *verdict; /* of both verifiers, as far as it is printed */
	const char *says;    /* must stand there as well, "" for nothing */
};

static const struct expected expected[] = {
    {" 0. Nothing is touched", " 1. ", "clean\n", "Data handed over"},
    {" 1. A row is edited", " 2. ", "clean\n", "were changed by other means"},
    {" 2. An old database", " 3. ", "clean: database-restored", "Nothing of her opens"},
    {" 3. The log is put back", " 4. ", "suspicious: log-older", "the public log"},
    {" 4. Two logs", " 5. ", "suspicious: fork", ""},
    {" 5. An entry about Person A is dropped", " 6. ", "suspicious: chain-gap", ""},
    {" 6. One bit", " 7. ", "suspicious: log-damaged", "not the one in the tree"},
    {" 7. The texts", " 8. ", "suspicious: withheld", ""},
    {" 8. Person A is given the receipt", " 9. ", "suspicious: receipt-signature", ""},
    {" 9. A log that is signed with another key", "10. ", "suspicious: checkpoint-untrusted", ""},
    {"10. A disclosure", "11. ", "clean\n", "neither opened nor extended"},
    {"11. The monthly count", "12. ", "clean\n", "disclosures-missing"},
    {"12. One approver", "== ", "clean\n", "two different people"},
    {"13. Root reads", "14. ", "clean\n", "NOT noticed"},
    {"14. The keys were copied", "All of it", "clean: key-absent", "SHE OPENS HERE"},
};

static void assert_verdicts(const char *part, const struct expected *e, bool page)
{
	char line[128];

	snprintf(line, sizeof(line), "     tanu     %s", e->verdict);
	assert_contains(part, line);
	snprintf(line, sizeof(line), "     page     %s", e->verdict);
	if (page)
		assert_contains(part, line);
	assert_contains(part, e->says);
	assert_contains(part, "\nok ");
}

static void assert_width(const char *out)
{
	while (*out) {
		const size_t len = strcspn(out, "\n");

		if (len > WIDTH)
			fail_msg("%zu columns: %.*s", len, (int)len, out);
		out += len + (out[len] == '\n');
	}
}

static void every_attack_comes_out_as_it_must(void **state)
{
	const bool page =
	    has_program("node") && os_exists(TANU_SOURCE_DIR "/web/dist/verifier.mjs");
	struct outcome o = {0};

	(void)state;
	if (!has_program("sqlite3")) {
		print_message("the program sqlite3 is not here\n");
		skip();
	}
	if (!page)
		print_message("without Node.js and web/dist/verifier.mjs: one verifier alone\n");
	RUN(&o, 0, "demo", "--forge");
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		assert_verdicts(part_of(o.out, expected[i].heading, expected[i].next), &expected[i],
				page);
	assert_int_equal(count(o.out, "\nok "), ARRAY_LEN(expected));
	assert_lacks(o.out, "WRONG");
	assert_width(o.out);
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(every_attack_comes_out_as_it_must, enter, leave),
	};

	return cmocka_run_group_tests_name("cli/forge", tests, NULL, NULL);
}
