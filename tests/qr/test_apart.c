/* SPDX-License-Identifier: Apache-2.0 */
/* The same in a process of its own, behind the sandbox: bytes of a picture in, bytes of a code out.
 */
#include "qr/picture.h"
#include "worker/worker.h"

static struct buf as_pnm(const struct picture *p)
{
	struct buf b = {0};

	buf_printf(&b, "P6\n%d %d\n255\n", p->side, p->side);
	buf_put(&b, p->rgb, (size_t)p->side * (size_t)p->side * 3);
	assert_false(b.failed);
	return b;
}

static void reads_a_code_behind_the_sandbox(void **state)
{
	struct picture p = picture_blank(300);
	struct buf picture, out = {0};
	uint8_t bytes[320];
	tanu_error err = {0};

	(void)state;
	sample_bytes(bytes, sizeof(bytes));
	picture_draw(&p, bytes, sizeof(bytes), 4, 20, 20);
	picture = as_pnm(&p);
	if (worker_read_code(&out, picture.data, picture.len, "card.ppm", NULL, &err) != TANU_OK)
		fail_msg("%s: %s", err.place, err.message);
	assert_int_equal(out.len, sizeof(bytes));
	assert_memory_equal(out.data, bytes, sizeof(bytes));
	buf_free(&out);
	buf_free(&picture);
	free(p.rgb);
}

static void refuses(struct buf *picture, tanu_error_code code)
{
	struct buf out = {0};
	tanu_error err = {0};

	assert_true(worker_read_code(&out, picture->data, picture->len, "card.ppm", NULL, &err) <
		    0);
	assert_string_equal(tanu_error_name(err.code), tanu_error_name(code));
	assert_memory_equal(err.place, "card.ppm", 8);
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

static void says_what_is_wrong_with_a_picture(void **state)
{
	struct picture p = picture_blank(100);
	struct buf picture = as_pnm(&p), text = {0}, nothing = {0};

	(void)state;
	refuses(&picture, TANU_ERR_NO_CODE);
	picture.len /= 2;
	refuses(&picture, TANU_ERR_IMAGE_TRUNCATED);
	buf_str(&text, "this is no picture");
	refuses(&text, TANU_ERR_IMAGE_TYPE);
	refuses(&nothing, TANU_ERR_IMAGE_EMPTY);
	buf_free(&picture);
	buf_free(&text);
	free(p.rgb);
}

static void says_when_the_program_is_missing(void **state)
{
	const char *named = getenv("TANU_WORKER");
	struct picture p = picture_blank(100);
	struct buf picture = as_pnm(&p);
	char *kept = named ? strdup(named) : NULL;

	(void)state;
	setenv("TANU_WORKER", "/bin/true", 1); /* and there is no /bin/true-qr */
	refuses(&picture, TANU_ERR_SANDBOX);
	if (kept)
		setenv("TANU_WORKER", kept, 1);
	free(kept);
	buf_free(&picture);
	free(p.rgb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_code_behind_the_sandbox),
	    cmocka_unit_test(says_what_is_wrong_with_a_picture),
	    cmocka_unit_test(says_when_the_program_is_missing),
	};

	return cmocka_run_group_tests_name("qr/apart", tests, NULL, NULL);
}
