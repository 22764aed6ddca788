/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at every write and sync while passes are issued, replaced, revoked and withdrawn: no
 * acknowledged act is lost, no key is left that a revoked pass could be opened with, and no pass
 * that counts is without its key.
 */
#include "service/passes.h"
#include "shim/shim.h"

static tanu_id anna_of(struct site *site)
{
	tanu_id id = {0};

	MUST(service_subject_find(site->s, &id, "Anna", err));
	return id;
}

static void issues_two(struct site *site)
{
	tanu_id anna = anna_of(site);

	issue_passes(site, &anna, 1, 2);
}

static void revokes_all(struct site *site)
{
	tanu_id anna = anna_of(site);
	size_t revoked = 0;

	MUST(service_pass_revoke(site->s, &revoked, &anna, NULL, err));
	assert_int_equal(revoked, 2);
}

static void withdraws(struct site *site)
{
	tanu_id anna = anna_of(site);
	struct erasure_receipt receipt;

	MUST(service_consent_withdraw(site->s, &receipt, &anna, 0, err));
	assert_true(receipt.reference_erased);
}

static const struct {
	void (*act)(struct site *site);
	size_t valid; /* afterwards */
	size_t known; /* passes ever issued */
} script[] = {{issues_two, 2, 2},
	      {issues_two, 2, 4},
	      {revokes_all, 0, 4},
	      {issues_two, 2, 6},
	      {withdraws, 0, 6}};

/* `ahead`: of the machine's clock, in milliseconds, as the site was when it was made ready. */
static int run_script(const char *root, const char *ahead)
{
	struct site site = {.ahead_ms = strtoll(ahead, NULL, 10), .step_ms = 1};

	snprintf(site.dir, sizeof(site.dir), "%s/data", root);
	site_open_dir(&site, site.dir);
	for (size_t i = 0; i < ARRAY_LEN(script); i++) {
		script[i].act(&site);
		shim_mark("done");
	}
	service_close(&site.s);
	return 0;
}

struct summary {
	int64_t ahead_ms;
	size_t states, newest, orphans;
};

static tanu_status check_cut(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct summary *sum = self;
	struct site site = {.ahead_ms = sum->ahead_ms, .step_ms = 1};
	size_t acts = crash->marks_len, valid, known, keys;
	bool as_told, one_more;
	tanu_id anna;
	tanu_status st;

	snprintf(site.dir, sizeof(site.dir), "%s/data", crash->folder);
	site_open_dir(&site, site.dir);
	anna = anna_of(&site);
	valid = count_passes(site.s, &anna, PASS_VALID);
	known = valid + count_passes(site.s, &anna, PASS_REVOKED);
	as_told =
	    acts ? valid == script[acts - 1].valid && known == script[acts - 1].known : known == 0;
	one_more =
	    acts < ARRAY_LEN(script) && valid == script[acts].valid && known == script[acts].known;
	sum->states++;
	sum->newest += !as_told;
	sum->orphans += site.s->dropped_orphans;
	keys = count_pass_keys(site.s);
	st = service_check(site.s, err);
	service_close(&site.s);
	if (st < 0 || (keys == valid && (as_told || one_more)))
		return st;
	return tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL,
			 "after %zu acts %zu passes of %zu are valid, with %zu keys", acts, valid,
			 known, keys);
}

static void no_power_cut_revives_or_loses_a_pass(void **state)
{
	struct site *site = NULL;
	char watched[64], rebuilt[64] = "/tmp/tanu-rebuilt-XXXXXX";
	char ahead[24];
	char *argv[] = {"/proc/self/exe", "--scenario", watched, ahead, NULL};
	struct shim *shim = NULL;
	struct summary sum = {0};
	tanu_id anna;

	(void)state;
	assert_int_equal(pass_site_setup((void **)&site), 0);
	anna = add_person(site, "Anna", 30);
	give(site, &anna, TANU_PURPOSE_ACCESS, 30);
	service_close(&site->s);
	snprintf(ahead, sizeof(ahead), "%lld", (long long)site->ahead_ms);
	sum.ahead_ms = site->ahead_ms + 1000; /* later than all that the script has done */
	strcpy(watched, site->root);
	if (os_is_dir("/dev/shm"))
		strcpy(rebuilt, "/dev/shm/tanu-rebuilt-XXXXXX");
	assert_non_null(mkdtemp(rebuilt));
	MUST(shim_open(&shim, watched, err));
	MUST(shim_run(shim, argv, err));
	shim_thin(shim);
	MUST(shim_each_crash(shim, rebuilt, 1, check_cut, &sum, err));
	print_message("%zu calls, %zu states: %zu with an act whole but not acknowledged, %zu "
		      "orphan keys dropped\n",
		      shim_steps(shim), sum.states, sum.newest, sum.orphans);
	assert_true(sum.newest > 0 && sum.orphans > 0);
	shim_close(&shim);
	site_remove_tree(rebuilt);
	site_teardown((void **)&site);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_power_cut_revives_or_loses_a_pass)};

	if (argc == 4 && strcmp(argv[1], "--scenario") == 0)
		return run_script(argv[2], argv[3]);
	return cmocka_run_group_tests_name("service/pass_crash", tests, NULL, NULL);
}
