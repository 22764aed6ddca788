/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/sets.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PEOPLE 60
#define MODEL  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct boot_options draws = {.replicates = 200, .seed = 9, .confidence = 0.95};

/* The first `bad` people are missed. */
static void make(struct pair_set *set, struct name_list *people, uint32_t bad)
{
	struct known_pair pairs[2 * PEOPLE];
	char name[16];
	size_t index;

	for (uint32_t i = 0; i < PEOPLE; i++) {
		pairs[i] = (struct known_pair){i < bad ? 0.05f : 0.9f, i, i, true};
		pairs[PEOPLE + i] =
		    (struct known_pair){0.3f - 0.001f * (float)i, i, (i + 1) % PEOPLE, false};
		snprintf(name, sizeof(name), "p%u", i);
		assert_int_equal(name_list_add(people, &index, name, NULL), TANU_OK);
	}
	assert_int_equal(pair_set_from_list(set, pairs, 2 * PEOPLE, PEOPLE, NULL, NO_LABEL, NULL),
			 TANU_OK);
}

struct fixture {
	struct pair_set set;
	struct name_list people;
	struct buf text;
};

static void keep(struct fixture *f, uint32_t bad)
{
	*f = (struct fixture){0};
	make(&f->set, &f->people, bad);
	assert_int_equal(kept_run_write(&f->text, &f->set, &f->people, MODEL, "pairs", NULL),
			 TANU_OK);
}

static void done(struct fixture *f)
{
	pair_set_free(&f->set);
	name_list_free(&f->people);
	buf_free(&f->text);
}

static void what_is_kept_reads_back_the_same(void **state)
{
	struct fixture f;
	struct kept_run run = {0};

	(void)state;
	keep(&f, 20);
	assert_int_equal(kept_run_parse(&run, f.text.data, f.text.len, "run", NULL), TANU_OK);
	assert_string_equal(run.model, MODEL);
	assert_string_equal(run.kind, "pairs");
	assert_int_equal(run.people.len, PEOPLE);
	assert_null(run.set.photos);
	assert_int_equal(run.set.genuine_len, f.set.genuine_len);
	for (size_t i = 0; i < f.set.impostor_len; i++) {
		assert_true(run.set.impostor[i].score == f.set.impostor[i].score);
		assert_int_equal(run.set.impostor[i].b, f.set.impostor[i].b);
	}
	kept_run_free(&run);
	done(&f);
}

static void a_better_run_is_seen_and_a_like_one_is_not(void **state)
{
	struct fixture then, now;
	struct kept_run run = {0};
	struct run_difference d;

	(void)state;
	keep(&then, 20);
	keep(&now, 2);
	assert_int_equal(kept_run_parse(&run, then.text.data, then.text.len, "run", NULL), TANU_OK);
	assert_int_equal(runs_compare(&d, &run, &now.set, &now.people, 0.1, &draws, NULL), TANU_OK);
	assert_true(fabs(d.base - 20.0 / PEOPLE) < 1e-12 && fabs(d.other - 2.0 / PEOPLE) < 1e-12);
	assert_true(d.shown && d.people.difference.high < 0);
	assert_int_equal(runs_compare(&d, &run, &then.set, &then.people, 0.1, &draws, NULL),
			 TANU_OK);
	assert_true(!d.shown && d.people.difference.low == 0 && d.people.difference.high == 0);
	kept_run_free(&run);
	done(&then);
	done(&now);
}

/* The same people in another order are still the same people. */
static void people_are_matched_by_name(void **state)
{
	struct fixture then, now;
	struct kept_run run = {0};
	struct run_difference d;
	struct name_list turned = {0};
	size_t index;

	(void)state;
	keep(&then, 20);
	keep(&now, 20);
	for (size_t i = 0; i < PEOPLE; i++) {
		assert_int_equal(
		    name_list_add(&turned, &index, now.people.names[PEOPLE - 1 - i], NULL),
		    TANU_OK);
		now.set.genuine[i].a = now.set.genuine[i].b = PEOPLE - 1 - now.set.genuine[i].a;
		now.set.impostor[i].a = PEOPLE - 1 - now.set.impostor[i].a;
		now.set.impostor[i].b = PEOPLE - 1 - now.set.impostor[i].b;
	}
	assert_int_equal(kept_run_parse(&run, then.text.data, then.text.len, "run", NULL), TANU_OK);
	assert_int_equal(runs_compare(&d, &run, &now.set, &turned, 0.1, &draws, NULL), TANU_OK);
	assert_true(d.people.difference.low == 0 && d.people.difference.high == 0);
	name_list_free(&turned);
	kept_run_free(&run);
	done(&then);
	done(&now);
}

static void photographs_are_kept_with_the_highest_pairs(void **state)
{
	struct fixture f;
	struct kept_run run = {0};
	uint32_t photos[PEOPLE];

	(void)state;
	keep(&f, 3);
	for (uint32_t i = 0; i < PEOPLE; i++)
		photos[i] = i + 1;
	f.set.photos = photos;
	f.text.len = 0;
	assert_int_equal(kept_run_write(&f.text, &f.set, &f.people, MODEL, "all-pairs", NULL),
			 TANU_OK);
	f.set.photos = NULL;
	assert_int_equal(kept_run_parse(&run, f.text.data, f.text.len, "run", NULL), TANU_OK);
	assert_int_equal(run.set.photos[PEOPLE - 1], PEOPLE);
	kept_run_free(&run);
	done(&f);
}

static void assert_damaged(const char *text)
{
	struct kept_run run = {0};

	if (kept_run_parse(&run, text, strlen(text), "run", NULL) != TANU_INPUT)
		fail_msg("taken: %s", text);
	assert_null(run.set.genuine);
}

#define HEAD "{\"tanu_scores\":1,\"kind\":\"pairs\",\"model\":\"m\","
static void refuses_what_is_damaged(void **state)
{
	(void)state;
	assert_damaged("{}");
	assert_damaged("{\"tanu_scores\":2,\"kind\":\"pairs\",\"model\":\"m\"}");
	assert_damaged(HEAD "\"people\":[{\"name\":\"a\"},{\"name\":\"a\"}]}");
	assert_damaged(HEAD "\"people\":[{\"name\":\"a\",\"photographs\":-1}]}");
	assert_damaged(HEAD "\"people\":[{\"name\":\"a\"}],\"genuine\":[[0.5,0,1]]}");
	assert_damaged(HEAD "\"people\":[{\"name\":\"a\"}],\"genuine\":[[0.5,0]]}");
	assert_damaged(HEAD "\"people\":[{\"name\":\"a\"}],\"genuine\":[[9,0,0]]}");
	assert_damaged(HEAD "\"people\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"genuine\":[],"
			    "\"impostor\":[[0.1,0,1],[0.2,0,1]]}");
	assert_damaged("not JSON");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_kept_reads_back_the_same),
	    cmocka_unit_test(a_better_run_is_seen_and_a_like_one_is_not),
	    cmocka_unit_test(people_are_matched_by_name),
	    cmocka_unit_test(photographs_are_kept_with_the_highest_pairs),
	    cmocka_unit_test(refuses_what_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
