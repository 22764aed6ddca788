/* SPDX-License-Identifier: Apache-2.0 */
/* With the n-th allocation refused: an error, or a report that is not clean by mistake. */
#include "receipt/scenes.h"

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *p, size_t len);
void *__real_aligned_alloc(size_t align, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *p, size_t len);
void *__wrap_aligned_alloc(size_t align, size_t len);

static long left = -1; /* allocations until one is refused; negative: none is */

static bool refused(void)
{
	return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t len)
{
	return refused() ? NULL : __real_malloc(len);
}

void *__wrap_calloc(size_t count, size_t len)
{
	return refused() ? NULL : __real_calloc(count, len);
}

void *__wrap_realloc(void *p, size_t len)
{
	return refused() ? NULL : __real_realloc(p, len);
}

void *__wrap_aligned_alloc(size_t align, size_t len)
{
	return refused() ? NULL : __real_aligned_alloc(align, len);
}

static void json_of(struct buf *out, const tanu_report *report)
{
	left = -1;
	scene_json(out, report);
}

/* The number of allocations that it takes. */
static long refuse_each(struct scene *s, const char *want)
{
	for (long n = 0;; n++) {
		tanu_report *report = NULL;
		struct buf have = {0};
		tanu_error err = {0};
		tanu_status st;
		bool was_refused;

		left = n;
		st = scene_report(&report, s, &err);
		was_refused = left < 0;
		left = -1;
		assert_int_equal(report != NULL, st == TANU_OK);
		if (st == TANU_OK) {
			json_of(&have, report);
			if (strcmp(buf_cstr(&have), want) != 0)
				assert_int_not_equal(report->verdict, TANU_VERDICT_CLEAN);
		}
		buf_free(&have);
		tanu_report_free(&report);
		if (!was_refused)
			return n;
	}
}

static void no_refused_allocation_makes_it_clean(void **state)
{
	static const char *const names[] = {"good_history", "removed", "renewed", "good_receipt"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct scene s;
		struct buf want = {0};
		tanu_report *report = NULL;

		scene_open(&s, scene_named(names[i]));
		assert_int_equal(scene_report(&report, &s, NULL), TANU_OK);
		json_of(&want, report);
		assert_true(refuse_each(&s, buf_cstr(&want)) > 20);
		tanu_report_free(&report);
		buf_free(&want);
		scene_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_refused_allocation_makes_it_clean),
	};

	return cmocka_run_group_tests_name("receipt/memory", tests, NULL, NULL);
}
