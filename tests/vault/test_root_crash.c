/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at every write and sync of a life with the root in a chip: made, keys added and
 * destroyed, moved into files and back. The folder opens with the chip of that moment, has what was
 * acknowledged or one act more, and the second opening has nothing left to do.
 */
#include "vault/fixture.h"

#include "shim/shim.h"
#include "vault/chip_file.h"

enum { ANNA, BERIK, CARLA, PEOPLE };

static tanu_id person_of(int who)
{
	return who == CARLA ? person(0xC, 1) : person(3, (unsigned)who + 1);
}

struct life {
	char keys[128], chip_path[128];
	struct random_source random;
	struct chip_source chip;
	struct permit_book *book;
	struct vault *vault;
};

static void life_at(struct life *l, const char *root)
{
	const struct clock_source clock = {.now_ms = fixture_now};
	const struct permit_ledger ledger = {.sequence = fixture_sequence, .self = l};

	*l = (struct life){.random = os_random()};
	snprintf(l->keys, sizeof(l->keys), "%s/keys", root);
	snprintf(l->chip_path, sizeof(l->chip_path), "%s/chip", root);
	l->chip = chip_in_file(l->chip_path);
	assert_int_equal(permit_book_open(&l->book, &clock, &l->random, &ledger, NULL), TANU_OK);
}

static void life_end(struct life *l)
{
	vault_close(&l->vault);
	permit_book_close(&l->book);
}

/* ---- the script ---- */

static tanu_status add(struct life *l, int who, tanu_error *err)
{
	const tanu_id id = person_of(who);
	struct key_name names[4];

	four_keys(names, &id);
	return vault_add_keys(l->vault, names, 4, 1, err);
}

static tanu_status adds_anna(struct life *l, tanu_error *err)
{
	return add(l, ANNA, err);
}

static tanu_status adds_others(struct life *l, tanu_error *err)
{
	tanu_status st = add(l, BERIK, err);

	return st < 0 ? st : add(l, CARLA, err);
}

static tanu_status kills_anna(struct life *l, tanu_error *err)
{
	const tanu_id id = person_of(ANNA);

	return vault_kill_subjects(l->vault, &id, 1, 2, err);
}

static tanu_status kills_two(struct life *l, tanu_error *err)
{
	const tanu_id ids[2] = {person_of(CARLA), person_of(ANNA)};

	return vault_kill_subjects(l->vault, ids, 2, 2, err);
}

static tanu_status leaves_the_chip(struct life *l, tanu_error *err)
{
	return vault_move_root(l->vault, NULL, 0, err);
}

static tanu_status enters_the_chip(struct life *l, tanu_error *err)
{
	return vault_move_root(l->vault, &l->chip, 7, err);
}

static const struct {
	tanu_status (*act)(struct life *l, tanu_error *err);
	bool here[PEOPLE];
} script[] = {
    {adds_anna, {1, 0, 0}},	  {adds_others, {1, 1, 1}}, {kills_anna, {0, 1, 1}},
    {adds_anna, {1, 1, 1}},	  {kills_two, {0, 1, 0}},   {leaves_the_chip, {0, 1, 0}},
    {enters_the_chip, {0, 1, 0}},
};

static int run_script(const char *root)
{
	struct life l;
	tanu_error err = {0};

	if (crypto_init(&err) < 0)
		return 1;
	life_at(&l, root);
	if (vault_create(l.keys, &l.random, &l.chip, 7, &err) < 0)
		return 1;
	shim_mark("made");
	if (vault_open(&l.vault, l.keys, l.book, &l.random, &l.chip, &err) < 0)
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(script); i++) {
		if (script[i].act(&l, &err) < 0)
			return 1;
		shim_mark("done");
	}
	life_end(&l);
	return 0;
}

/* ---- the check ---- */

static bool people_are(const struct life *l, const bool here[PEOPLE])
{
	for (int i = 0; i < PEOPLE; i++) {
		const tanu_id id = person_of(i);
		struct key_name names[4];

		four_keys(names, &id);
		for (int k = 0; k < 4; k++)
			if (vault_has_key(l->vault, &names[k]) != here[i])
				return false;
	}
	return true;
}

/* An act on several buckets may be done in one of them; the tombstone has it done again. */
static bool people_are_between(const struct life *l, const bool before[PEOPLE],
			       const bool after[PEOPLE])
{
	for (int i = 0; i < PEOPLE; i++) {
		const tanu_id id = person_of(i);
		const struct key_name name = key_of(&id, KEY_BIO);
		const bool is = vault_has_key(l->vault, &name);

		if (is != before[i] && is != after[i])
			return false;
	}
	return true;
}

struct summary {
	size_t states, unmade, unfinished;
};

/* Broken off while it was made: it is made again. Each eighth time, for it takes a while. */
static tanu_status make_again(struct life *l, struct summary *sum, tanu_error *err)
{
	tanu_status st = TANU_OK;

	if (sum->unmade++ % 8 == 0 &&
	    (st = vault_create(l->keys, &l->random, &l->chip, 7, err)) >= 0)
		st = vault_open(&l->vault, l->keys, l->book, &l->random, &l->chip, err);
	return st;
}

static tanu_status check_people(struct life *l, size_t done, tanu_error *err)
{
	static const bool nobody[PEOPLE];
	const bool *before = done ? script[done - 1].here : nobody;
	const bool *after = done < ARRAY_LEN(script) ? script[done].here : before;

	if (people_are(l, before) || people_are_between(l, before, after))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_KEYS_DAMAGED, NULL, "after %zu acts other keys are there",
			 done);
}

static tanu_status check_cut(void *self, const struct shim_crash *crash, tanu_error *err)
{
	struct summary *sum = self;
	struct life l;
	tanu_status st;

	life_at(&l, crash->folder);
	sum->states++;
	memset(&chip_file, 0, sizeof(chip_file));
	st = vault_open(&l.vault, l.keys, l.book, &l.random, &l.chip, err);
	if (st < 0 && crash->marks_len == 0) {
		st = make_again(&l, sum, err);
		goto out;
	}
	if (st < 0)
		goto out;
	sum->unfinished += crash->marks_len > 0 && chip_file.writes > 0;
	if ((st = check_people(&l, crash->marks_len ? crash->marks_len - 1 : 0, err)) < 0)
		goto out;
	vault_close(&l.vault);
	memset(&chip_file, 0, sizeof(chip_file));
	if ((st = vault_open(&l.vault, l.keys, l.book, &l.random, &l.chip, err)) < 0)
		goto out;
	if (chip_file.writes + chip_file.increments > 0)
		st = tanu_fail(err, TANU_ERR_KEYS_DAMAGED, NULL, "finished only the second time");
out:
	life_end(&l);
	return st;
}

static void no_power_cut_costs_a_key_or_brings_one_back(void **state)
{
	char watched[64], rebuilt[64];
	char *argv[] = {"/proc/self/exe", "--scenario", watched, NULL};
	struct shim *shim = NULL;
	struct summary sum = {0};
	tanu_error err = {0};

	(void)state;
	snprintf(watched, sizeof(watched), "/dev/shm/tanu-root-XXXXXX");
	snprintf(rebuilt, sizeof(rebuilt), "/dev/shm/tanu-root-XXXXXX");
	assert_non_null(mkdtemp(watched));
	assert_non_null(mkdtemp(rebuilt));
	assert_int_equal(crypto_init(NULL), TANU_OK);
	if (shim_open(&shim, watched, &err) < 0 || shim_run(shim, argv, &err) < 0 ||
	    shim_each_crash(shim, rebuilt, 0, check_cut, &sum, &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	print_message("%zu calls, %zu states: %zu half made, %zu with an erasure to finish\n",
		      shim_steps(shim), sum.states, sum.unmade, sum.unfinished);
	assert_true(sum.unmade > 0 && sum.unfinished > 0);
	shim_close(&shim);
	remove_tree(watched);
	remove_tree(rebuilt);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_power_cut_costs_a_key_or_brings_one_back),
	};

	if (argc == 3 && strcmp(argv[1], "--scenario") == 0)
		return run_script(argv[2]);
	return cmocka_run_group_tests_name("vault/root_crash", tests, NULL, NULL);
}
