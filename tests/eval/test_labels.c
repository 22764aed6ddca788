/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const paths[] = {"Ada_L/Ada_L_0001.jpg", "Ada_L/Ada_L_0002.jpg",
				    "Bob/deep/x.png", "Zoe/z.jpg"};

struct fixture {
	struct name_list photos;
	struct labels labels;
};

static tanu_status parse(struct fixture *f, const char *text, tanu_error *err)
{
	size_t index;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_int_equal(name_list_add(&f->photos, &index, paths[i], NULL), TANU_OK);
	return labels_parse(&f->labels, &f->photos, text, strlen(text), "labels.csv", err);
}

static const char *label(const struct fixture *f, size_t photo)
{
	size_t at = label_of(&f->labels, photo);

	return at == NO_LABEL ? "" : f->labels.names.names[at];
}

static void done(struct fixture *f)
{
	labels_free(&f->labels);
	name_list_free(&f->photos);
}

static void a_label_may_name_path_file_or_person(void **state)
{
	struct fixture f = {0};

	(void)state;
	assert_int_equal(
	    parse(&f, "image,gender\nAda_L_0001,f\nAda_L/Ada_L_0002.jpg,f\nBob,m\nz.jpg,x\n", NULL),
	    TANU_OK);
	assert_string_equal(f.labels.what, "gender");
	assert_string_equal(label(&f, 0), "f");
	assert_string_equal(label(&f, 1), "f");
	assert_string_equal(label(&f, 2), "m");
	assert_string_equal(label(&f, 3), "x");
	assert_int_equal(f.labels.names.len, 3);
	assert_int_equal(f.labels.unknown, 0);
	done(&f);
}

static void the_more_precise_name_counts(void **state)
{
	struct fixture f = {0};

	(void)state;
	assert_int_equal(parse(&f, "who,age\nAda_L,old\nAda_L/Ada_L_0002.jpg,young\n", NULL),
			 TANU_OK);
	assert_string_equal(label(&f, 0), "old");
	assert_string_equal(label(&f, 1), "young");
	done(&f);
}

static void what_the_file_leaves_out_has_no_label(void **state)
{
	struct fixture f = {0};

	(void)state;
	assert_int_equal(parse(&f, "who,x\nBob,\nNobody,a\nElse,b\n", NULL), TANU_OK);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_string_equal(label(&f, i), "");
	assert_int_equal(f.labels.unknown, 2);
	assert_int_equal(label_of(&f.labels, 12345), NO_LABEL);
	done(&f);
}

static void refuses_two_labels_for_one_name_and_other_columns(void **state)
{
	struct fixture f = {0};
	tanu_error err = {0};

	(void)state;
	assert_int_equal(parse(&f, "who,x\nBob,a\nBob,b\n", &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_CSV);
	done(&f);
	assert_int_equal(parse(&f, "who,x,y\nBob,a,b\n", NULL), TANU_INPUT);
	done(&f);
	assert_int_equal(parse(&f, "who\nBob\n", NULL), TANU_INPUT);
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_label_may_name_path_file_or_person),
	    cmocka_unit_test(the_more_precise_name_counts),
	    cmocka_unit_test(what_the_file_leaves_out_has_no_label),
	    cmocka_unit_test(refuses_two_labels_for_one_name_and_other_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
