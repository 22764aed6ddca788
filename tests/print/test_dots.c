/* SPDX-License-Identifier: Apache-2.0 */
/* Words in large letters of dots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "print/print.h"

#include <string.h>

/* How many dots are on, and the box around them. */
struct ink {
	int count, left, right, top, low;
};

static struct ink ink_of(const struct print_dots *d)
{
	struct ink ink = {.left = d->width, .right = -1, .top = d->height, .low = -1};

	for (int y = 0; y < d->height; y++)
		for (int x = 0; x < d->width; x++)
			if (d->on[y * d->width + x]) {
				ink.count++;
				ink.left = x < ink.left ? x : ink.left;
				ink.right = x > ink.right ? x : ink.right;
				ink.top = y < ink.top ? y : ink.top;
				ink.low = y > ink.low ? y : ink.low;
			}
	return ink;
}

static struct print_dots drawn(const char *text, int width, int height)
{
	struct print_dots d = {0};
	tanu_error err = {0};

	if (print_large(&d, text, width, height, &err) != TANU_OK)
		fail_msg("%s: %s", err.place, err.message);
	assert_int_equal(d.width, width);
	assert_int_equal(d.height, height);
	return d;
}

static void words_fill_the_screen(void **state)
{
	static const char *const texts[] = {"Come in", "Покажите карту или пропуск",
					    "Картаңызды немесе рұқсатнамаңызды көрсетіңіз"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct print_dots d = drawn(texts[i], 240, 134);
		struct ink ink = ink_of(&d);

		assert_true(ink.count > 500);
		assert_true(ink.right - ink.left > 120); /* wide, */
		assert_true(ink.left + (239 - ink.right) > -1);
		assert_true(ink.left - (239 - ink.right) < 12 && /* in the middle */
			    (239 - ink.right) - ink.left < 12);
		print_dots_free(&d);
	}
}

static void a_small_terminal_has_smaller_letters(void **state)
{
	struct print_dots large = drawn("Come in", 240, 134), small = drawn("Come in", 80, 46);
	struct ink a = ink_of(&large), b = ink_of(&small);

	(void)state;
	assert_true(b.count > 50 && b.count < a.count);
	assert_true(b.right - b.left > 40);
	print_dots_free(&large);
	print_dots_free(&small);
}

static void what_can_t_be_drawn_is_refused(void **state)
{
	struct print_dots d = {0};

	(void)state;
	assert_int_equal(print_large(&d, "\xC3", 80, 46, NULL), TANU_USAGE);
	assert_int_equal(print_large(&d, "x", 0, 46, NULL), TANU_USAGE);
	assert_int_equal(print_large(&d, "x", 80, PRINT_DOTS_MAX + 1, NULL), TANU_USAGE);
	assert_null(d.on);
	d = drawn("", 80, 46);
	assert_int_equal(ink_of(&d).count, 0);
	print_dots_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_fill_the_screen),
	    cmocka_unit_test(a_small_terminal_has_smaller_letters),
	    cmocka_unit_test(what_can_t_be_drawn_is_refused),
	};

	return cmocka_run_group_tests_name("print/dots", tests, NULL, NULL);
}
