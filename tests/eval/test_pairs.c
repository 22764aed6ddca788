/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct parsed {
	struct pair_list list;
	struct name_list photos;
};

static struct parsed parse(const char *text)
{
	struct parsed p = {0};
	tanu_error err = {0};

	if (pair_list_parse(&p.list, &p.photos, text, strlen(text), "pairs.txt", &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	return p;
}

static void done(struct parsed *p)
{
	pair_list_free(&p->list);
	name_list_free(&p->photos);
	assert_null(p->list.pairs);
	assert_null(p->photos.names);
}

static void assert_pair(const struct parsed *p, size_t i, const char *a, const char *b, bool same)
{
	assert_string_equal(p->photos.names[p->list.pairs[i].a], a);
	assert_string_equal(p->photos.names[p->list.pairs[i].b], b);
	assert_int_equal(p->list.pairs[i].same, same);
}

static void assert_refused(const char *text, const char *word)
{
	struct parsed p = {0};
	tanu_error err = {0};

	assert_int_equal(pair_list_parse(&p.list, &p.photos, text, strlen(text), "pairs.txt", &err),
			 TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_CSV);
	if (!strstr(err.message, word) && !strstr(err.place, word))
		fail_msg("%s: %s", err.place, err.message);
	assert_null(p.list.pairs);
	done(&p);
}

static void reads_the_form_of_lfw(void **state)
{
	struct parsed p = parse("1\nAda_L\t1\t2\nAda_L\t2\tAlan_T\t10\n");

	(void)state;
	assert_int_equal(p.list.len, 2);
	assert_int_equal(p.photos.len, 3); /* one is in both pairs */
	assert_pair(&p, 0, "Ada_L/Ada_L_0001.jpg", "Ada_L/Ada_L_0002.jpg", true);
	assert_pair(&p, 1, "Ada_L/Ada_L_0002.jpg", "Alan_T/Alan_T_0010.jpg", false);
	done(&p);
}

static void reads_folds_and_lists_without_a_count(void **state)
{
	struct parsed folds = parse("2\t1\nA 1 2\nA 1 B 1\nB 1 2\nA 2 B 2\n");
	struct parsed bare = parse("A 1 2\r\n\nA 1 B 1");

	(void)state;
	assert_int_equal(folds.list.len, 4);
	assert_int_equal(bare.list.len, 2);
	assert_pair(&bare, 1, "A/A_0001.jpg", "B/B_0001.jpg", false);
	assert_int_equal(folds.list.folds, 2);
	assert_int_equal(folds.list.pairs[1].fold, 0);
	assert_int_equal(folds.list.pairs[2].fold, 1);
	assert_int_equal(bare.list.folds, 0);
	done(&folds);
	done(&bare);
}

static void reads_csv_with_further_columns(void **state)
{
	struct parsed p = parse("same,group_a,a,b\n1,x,p/1.png,p/2.png\nNO,,p/1.png,q.png\n");

	(void)state;
	assert_int_equal(p.list.len, 2);
	assert_pair(&p, 0, "p/1.png", "p/2.png", true);
	assert_pair(&p, 1, "p/1.png", "q.png", false);
	done(&p);
}

static void csv_may_name_folds_and_groups(void **state)
{
	struct parsed p = parse("a,b,same,fold,group_a,group_b\nx,y,1,one,f,m\nx,z,0,two,f,\n");

	(void)state;
	assert_int_equal(p.list.folds, 2);
	assert_int_equal(p.list.pairs[1].fold, 1);
	assert_int_equal(p.list.labels.names.len, 2);
	assert_int_equal(label_of(&p.list.labels, 0), 0);
	assert_int_equal(label_of(&p.list.labels, 1), 1);
	assert_int_equal(label_of(&p.list.labels, 2), NO_LABEL);
	done(&p);
}

static void refuses_a_photograph_of_two_groups(void **state)
{
	(void)state;
	assert_refused("a,b,same,group_a,group_b\nx,y,1,f,f\nx,z,0,m,f\n", "row 3");
}

static void a_photograph_with_itself_is_one_photograph(void **state)
{
	struct parsed p = parse("a,b,same\nx.jpg,x.jpg,true\n");

	(void)state;
	assert_int_equal(p.photos.len, 1);
	assert_pair(&p, 0, "x.jpg", "x.jpg", true);
	done(&p);
}

static void two_lists_share_their_photographs(void **state)
{
	struct parsed p = parse("a,b,same\nx,y,1\n");
	struct pair_list second = {0};
	const char *text = "a,b,same\ny,z,0\n";

	(void)state;
	assert_int_equal(pair_list_parse(&second, &p.photos, text, strlen(text), "2", NULL),
			 TANU_OK);
	assert_int_equal(p.photos.len, 3);
	assert_int_equal(second.pairs[0].a, p.list.pairs[0].b);
	pair_list_free(&second);
	done(&p);
}

static void refuses_a_list_that_is_shorter_than_it_says(void **state)
{
	(void)state;
	assert_refused("2\nA 1 2\nA 1 B 1\n", "announces 4 pairs and holds 2");
}

static void refuses_a_row_that_is_no_pair(void **state)
{
	(void)state;
	assert_refused("1\nA 1 2\nA 1 B\n", "line 3"); /* "B" is no number */
	assert_refused("1\nA 1 2\nA 1 B 1 7\n", "line 3");
	assert_refused("1\nA 1 2\nA 0 B 1\n", "line 3");
	assert_refused("1\nA 1 2\nA 1 B 10000\n", "line 3");
	assert_refused("1\nA 1 2\nA\n", "line 3");
}

static void refuses_csv_without_its_columns_or_values(void **state)
{
	(void)state;
	assert_refused("a,c,same\nx,y,1\n", "columns a, b and same");
	assert_refused("a,b,same\nx,y,perhaps\n", "row 2");
	assert_refused("a,b,same\nx,,1\n", "row 2");
}

static void refuses_an_empty_list(void **state)
{
	(void)state;
	assert_refused("", "no pair");
	assert_refused("0\n", "no pair");
	assert_refused("a,b,same\n", "no pair");
}

static void refuses_a_zero_byte(void **state)
{
	struct parsed p = {0};

	(void)state;
	assert_int_equal(pair_list_parse(&p.list, &p.photos, "A 1 2\0B", 7, "x", NULL), TANU_INPUT);
	done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_the_form_of_lfw),
	    cmocka_unit_test(reads_folds_and_lists_without_a_count),
	    cmocka_unit_test(reads_csv_with_further_columns),
	    cmocka_unit_test(csv_may_name_folds_and_groups),
	    cmocka_unit_test(refuses_a_photograph_of_two_groups),
	    cmocka_unit_test(a_photograph_with_itself_is_one_photograph),
	    cmocka_unit_test(two_lists_share_their_photographs),
	    cmocka_unit_test(refuses_a_list_that_is_shorter_than_it_says),
	    cmocka_unit_test(refuses_a_row_that_is_no_pair),
	    cmocka_unit_test(refuses_csv_without_its_columns_or_values),
	    cmocka_unit_test(refuses_an_empty_list),
	    cmocka_unit_test(refuses_a_zero_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
