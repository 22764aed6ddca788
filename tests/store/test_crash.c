/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at every write and sync of a script of transactions: the database opens, checks,
 * holds every acknowledged transaction and no half one.
 *
 * Transaction n leaves the fact "n" = n, and an effect of its own on other tables, so that each
 * state between two transactions can be told from all others and from anything in between.
 */
#include "shim/shim.h"
#include "store/folder.h"
#include "store/suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define DAY_MS ((int64_t)86400000)

/* ---- the script ---- */

static tanu_id consents[2];

static void adds_two_people(struct store *s)
{
	tanu_id anna = put_subject(s, 1), boris = put_subject(s, 2);

	consents[0] = put_consent(s, &anna, 1, sample_now() + DAY_MS);
	consents[1] = put_consent(s, &boris, 2, sample_now() + DAY_MS);
}

static void enrols_both(struct store *s)
{
	tanu_id anna = sample_id('s', 1), boris = sample_id('s', 2);

	put_reference(s, &anna, &consents[0], 1);
	put_reference(s, &boris, &consents[1], 2);
}

static void adds_many(struct store *s)
{
	for (uint32_t i = 10; i < 60; i++) {
		tanu_id id = put_subject(s, i);

		put_event(s, &id, i, 5, 0);
	}
}

static void withdraws(struct store *s)
{
	struct tombstone_row row = {.subject = sample_id('s', 1), .kind = TOMBSTONE_BIO};

	must(s->calls->tombstone_put(s, &row, &why));
	must(s->calls->consent_set(s, &consents[0], TANU_CONSENT_WITHDRAWN, 1, &why));
}

static void erases(struct store *s)
{
	tanu_id anna = sample_id('s', 1);

	must(s->calls->reference_delete(s, &anna, &why));
	must(s->calls->tombstone_delete(s, &anna, TOMBSTONE_BIO, &why));
}

static void removes_a_person(struct store *s)
{
	tanu_id boris = sample_id('s', 2);

	must(s->calls->subject_delete(s, &boris, &why));
}

static const struct {
	void (*run)(struct store *s);
	bool scrub; /* afterwards */
	/* what stands afterwards */
	size_t subjects, consents, references, tombstones;
} script[] = {
    {adds_two_people, false, 2, 2, 0, 0}, {enrols_both, false, 2, 2, 2, 0},
    {adds_many, true, 52, 2, 2, 0},	  {withdraws, false, 52, 2, 2, 1},
    {erases, true, 52, 2, 1, 0},	  {removes_a_person, true, 51, 1, 0, 0},
};

static void acknowledge(size_t n)
{
	char text[16];

	snprintf(text, sizeof(text), "%zu", n);
	shim_mark(text);
}

static int run_script(const char *path)
{
	struct store *s = NULL;

	must(store_sqlite_open(&s, path, true, &why));
	acknowledge(0);
	for (size_t n = 1; n <= ARRAY_LEN(script); n++) {
		uint8_t number = (uint8_t)n;
		uint64_t sequence;

		must(s->calls->begin(s, &why));
		script[n - 1].run(s);
		must(s->calls->sequence_next(s, &sequence, &why));
		must(s->calls->meta_set(s, "n", &number, 1, &why));
		must(s->calls->commit(s, &why));
		acknowledge(n);
		if (script[n - 1].scrub)
			must(s->calls->scrub(s, &why));
	}
	s->calls->close(s);
	return 0;
}

/* ---- the check ---- */

struct counts {
	size_t subjects, consents, references, tombstones;
};

static tanu_status count_subject(void *self, const struct subject_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	((struct counts *)self)->subjects++;
	return TANU_OK;
}

static tanu_status count_consent(void *self, const struct consent_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	((struct counts *)self)->consents++;
	return TANU_OK;
}

static tanu_status count_reference(void *self, const struct reference_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	((struct counts *)self)->references++;
	return TANU_OK;
}

static tanu_status count_tombstone(void *self, const struct tombstone_row *row, tanu_error *err)
{
	(void)row;
	(void)err;
	((struct counts *)self)->tombstones++;
	return TANU_OK;
}

static tanu_status compare_state(struct store *s, size_t n, tanu_error *err)
{
	struct counts c = {0};
	tanu_status st;

	if ((st = s->calls->subject_each(s, count_subject, &c, err)) < 0 ||
	    (st = s->calls->consent_each(s, NULL, count_consent, &c, err)) < 0 ||
	    (st = s->calls->reference_each(s, count_reference, &c, err)) < 0 ||
	    (st = s->calls->tombstone_each(s, count_tombstone, &c, err)) < 0)
		return st;
	if (n == 0 ? c.subjects != 0
		   : c.subjects != script[n - 1].subjects || c.consents != script[n - 1].consents ||
			 c.references != script[n - 1].references ||
			 c.tombstones != script[n - 1].tombstones)
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL,
				 "half a transaction: %zu stand as done, with %zu subjects, %zu "
				 "consents, %zu references, %zu tombstones",
				 n, c.subjects, c.consents, c.references, c.tombstones);
	return TANU_OK;
}

struct summary {
	size_t states, before_creation, newest;
};

static tanu_status check_open(struct store *s, size_t acknowledged, struct summary *sum,
			      tanu_error *err)
{
	struct buf n = {0};
	size_t done = 0;
	tanu_status st;

	if ((st = s->calls->meta_get(s, &n, "n", err)) == TANU_OK && n.len == 1)
		done = n.data[0];
	buf_free(&n);
	if (st < 0 || (st = s->calls->check(s, err)) < 0)
		return st;
	if (done != acknowledged && done != acknowledged + 1)
		return tanu_fail(err, TANU_ERR_DB_DAMAGED, NULL,
				 "%zu transactions acknowledged, %zu there", acknowledged, done);
	sum->newest += done > acknowledged;
	return compare_state(s, done, err);
}

static tanu_status check_cut(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct summary *sum = self;
	char path[512];
	struct store *s = NULL;
	tanu_status st;

	snprintf(path, sizeof(path), "%s/tanu.db", crash->folder);
	sum->states++;
	if ((st = store_sqlite_open(&s, path, false, err)) < 0) {
		/* Before its creation was acknowledged a database need not be there. */
		sum->before_creation++;
		return crash->marks_len == 0 ? TANU_OK : st;
	}
	if (crash->marks_len > 0)
		st = check_open(s, crash->marks_len - 1, sum, err);
	s->calls->close(s);
	return st;
}

static void no_power_cut_costs_or_halves_a_transaction(void **state)
{
	char watched[64], rebuilt[64];
	char *argv[] = {"/proc/self/exe", "--scenario", NULL, NULL};
	struct shim *shim = NULL;
	struct summary sum = {0};

	(void)state;
	snprintf(watched, sizeof(watched), "%s", folder_make());
	/* In memory where there is such a folder: what the check syncs matters to nobody. */
	snprintf(rebuilt, sizeof(rebuilt), "%s/tanu-rebuilt-XXXXXX",
		 os_is_dir("/dev/shm") ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(rebuilt));
	argv[2] = (char *)(uintptr_t)folder_file("tanu.db");
	must(shim_open(&shim, watched, &why));
	must(shim_run(shim, argv, &why));
	must(shim_each_crash(shim, rebuilt, 4, check_cut, &sum, &why));
	print_message(
	    "%zu calls, %zu states opened and checked; %zu before the creation, %zu with a "
	    "transaction whole but not yet acknowledged\n",
	    shim_steps(shim), sum.states, sum.before_creation, sum.newest);
	assert_true(sum.newest > 0 && sum.before_creation > 0);
	shim_close(&shim);
	must(shim_empty_folder(rebuilt, &why));
	assert_int_equal(rmdir(rebuilt), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_power_cut_costs_or_halves_a_transaction),
	};

	if (argc == 3 && strcmp(argv[1], "--scenario") == 0)
		return run_script(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
