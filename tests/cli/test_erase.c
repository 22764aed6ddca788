/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tanu erase audit, as an auditor types it: a stolen folder, backups within and after their
 * horizon, and an image of the whole disk with the root of the keys in files and in a TPM.
 */
#include "cli/program.h"

#include "vault/swtpm.h"

static struct swtpm tpm;

static int enter(void **state)
{
	(void)state;
	folder_enter();
	if (swtpm_is_installed() && !swtpm_start(&tpm, "tpm"))
		return -1;
	return 0;
}

static int leave(void **state)
{
	(void)state;
	swtpm_stop(&tpm);
	folder_leave();
	return 0;
}

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

/* "verdict" of the place that ends with this path. */
static void assert_place(const struct outcome *o, const char *path, const char *verdict)
{
	char start[128], whole[256];

	snprintf(start, sizeof(start), "\"path\":\"%s\"", path);
	snprintf(whole, sizeof(whole), "%s,\"own\":%s,\"verdict\":\"%s\"", start,
		 strcmp(path, "s") == 0 ? "true" : "false", verdict);
	assert_contains(o->out, start);
	assert_contains(o->out, whole);
}

static void copies_and_backups_are_opened_and_told(void **state)
{
	struct outcome o = {0};
	char id[ID_HEX_LEN];

	(void)state;
	site_make();
	site_add(id, "Anna Sadykova", ADULT_BORN);
	site_consent(id, "access");
	file_write_text("texts", "Anna Sadykova\n");
	RUN(&o, 0, "recovery", "init", "--out", "key");
	RUN(&o, 0, "backup", "--out", "before.bak");
	run("cp -a s stolen && mkdir loot && cp s/tanu.db loot/");
	RUN(&o, 0, "subject", "remove", id, "--receipt", "gone");
	RUN(&o, 0, "backup", "--out", "after.bak");

	RUN_JSON(&o, 0, "erase", "audit", id, "loot", "--look-for", "texts");
	assert_string_equal(answer_text(&o, "verdict"), "shut");
	assert_place(&o, "s", "nothing");
	assert_place(&o, "loot", "shut");
	/* the control */
	RUN_JSON(&o, 1, "erase", "audit", "--receipt", "gone", "stolen", "loot");
	assert_place(&o, "s", "nothing");
	assert_place(&o, "stolen", "opens");
	assert_place(&o, "loot", "opens"); /* with the keys of the other */
	RUN(&o, 1, "erase", "audit", id, "stolen");
	assert_contains(o.out, "SHE OPENS HERE");

	/* A backup is looked at with the recovery key; without it nobody knows. */
	RUN_JSON(&o, 5, "erase", "audit", id, "before.bak");
	assert_place(&o, "before.bak", "unknown");
	RUN_JSON(&o, 1, "erase", "audit", id, "before.bak", "after.bak", "--recovery-key", "key");
	assert_place(&o, "before.bak", "opens");
	assert_place(&o, "after.bak", "nothing");
	program_run(
	    &o, &(struct call){.words = (const char *const[]){"erase", "audit", id, "before.bak",
							      "--recovery-key", "-", NULL},
			       .in = "key"});
	assert_int_equal(o.code, 1);
	/* Behind the horizon the holder has turned it. */
	RUN(&o, 0, "recovery", "turn", "key", "--to", "1");
	RUN_JSON(&o, 0, "erase", "audit", id, "before.bak", "--recovery-key", "key");
	assert_place(&o, "before.bak", "shut");

	RUN_JSON(&o, 2, "erase", "audit");
	RUN_JSON(&o, 2, "erase", "audit", "abc");
	RUN_JSON(&o, 4, "erase", "audit", id, "nowhere");
	RUN_JSON(&o, 4, "erase", "audit", "--receipt", "key");
	outcome_done(&o);
}

/* Whole, keys and all, from before the erasure. */
static void image_of_the_disk(struct outcome *o, const char *verdict, int code)
{
	char id[ID_HEX_LEN];

	setenv("TANU_DATA", "s", 1);
	site_add(id, "Anna B.", ADULT_BORN);
	run("cp -a s image");
	RUN(o, 0, "subject", "remove", id);
	RUN_JSON(o, code, "erase", "audit", id, "image");
	assert_place(o, "s", "nothing");
	assert_place(o, "image", verdict);
}

static void an_image_with_the_root_in_files_opens(void **state)
{
	struct outcome o = {0};

	(void)state;
	RUN(&o, 0, "init", "s", "--site", "School 12");
	image_of_the_disk(&o, "opens", 1);
	outcome_done(&o);
}

static void an_image_with_the_root_in_a_tpm_does_not(void **state)
{
	struct outcome o = {0};

	(void)state;
	NEEDS_SWTPM();
	RUN(&o, 0, "init", "s", "--site", "School 12", "--root", "tpm", "--tcti", tpm.tcti);
	image_of_the_disk(&o, "shut", 0);
	assert_contains(o.out, "\"shut\":1");
	outcome_done(&o);
}

int main(void)
{
#define ERASE_TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
	    ERASE_TEST(copies_and_backups_are_opened_and_told),
	    ERASE_TEST(an_image_with_the_root_in_files_opens),
	    ERASE_TEST(an_image_with_the_root_in_a_tpm_does_not),
	};

	return cmocka_run_group_tests_name("cli/erase", tests, NULL, NULL);
}
