/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding through the real tanu-worker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/coder.h"
#include "image/drawn.h"
#include "image/hostile.h"
#include "os/scratch.h"
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void code_drawn(struct buf *bytes, enum image_kind kind, size_t form)
{
	tanu_image *drawn = drawn_image(70, 50);
	tanu_pixels pixels = tanu_image_pixels(drawn);

	code_sample(bytes, kind, form, &pixels);
	tanu_image_free(&drawn);
}

static void write_drawn(const char *path, enum image_kind kind)
{
	struct buf bytes = {0};

	code_drawn(&bytes, kind, 0);
	assert_int_equal(os_replace_file(path, bytes.data, bytes.len, 0, NULL), TANU_OK);
	buf_free(&bytes);
}

static void gives_the_pixels_that_decoding_here_gives(void **state)
{
	(void)state;
	for (int kind = IMAGE_JPEG; kind <= IMAGE_PNM; kind++)
		for (size_t form = 0; form < 6; form++) {
			tanu_image *here = NULL, *there = NULL;
			struct buf bytes = {0};
			tanu_pixels a, b;

			code_drawn(&bytes, (enum image_kind)kind, form);
			assert_int_equal(decode_here(&here, &bytes, NULL, NULL), TANU_OK);
			assert_int_equal(
			    tanu_image_decode(&there, bytes.data, bytes.len, "x", NULL, NULL),
			    TANU_OK);
			a = tanu_image_pixels(here);
			b = tanu_image_pixels(there);
			assert_int_equal(worst_difference(&a, &b), 0);
			tanu_image_free(&here);
			tanu_image_free(&there);
			buf_free(&bytes);
		}
}

static void reads_a_file_whatever_its_name(void **state)
{
	const char *path = scratch_path(state, "picture.png");
	tanu_image *image = NULL;

	write_drawn(path, IMAGE_JPEG);
	assert_int_equal(tanu_image_read(&image, path, NULL, NULL), TANU_OK);
	assert_int_equal(tanu_image_pixels(image).width, 70);
	assert_int_equal(tanu_image_pixels(image).height, 50);
	tanu_image_free(&image);
}

static void read_standard_input(void *path)
{
	tanu_image *image = NULL;
	int fd = open(path, O_RDONLY);

	if (dup2(fd, STDIN_FILENO) < 0 || tanu_image_read(&image, "-", NULL, NULL) < 0)
		_exit(1);
	tanu_image_free(&image);
}

static void reads_standard_input(void **state)
{
	char *path = strdup(scratch_path(state, "a"));

	write_drawn(path, IMAGE_PNG);
	assert_int_equal(in_child(read_standard_input, path), 0);
	free(path);
}

static void names_the_file_and_the_reason(void **state)
{
	static const struct {
		const char *content;
		tanu_status status;
		tanu_error_code code;
		const char *message;
	} files[] = {
	    {"", TANU_INPUT, TANU_ERR_IMAGE_EMPTY, "the image is empty: 0 bytes"},
	    {"hello", TANU_INPUT, TANU_ERR_IMAGE_TYPE, "not a JPEG, PNG, PGM or PPM image"},
	    {"P5 20 20 255\nabc", TANU_INPUT, TANU_ERR_IMAGE_TRUNCATED,
	     "the PNM ends too early: a part of it is missing"},
	    {"P5 20 20 x", TANU_INPUT, TANU_ERR_IMAGE_CORRUPT,
	     "the PNM is damaged: a number is missing or too large"},
	    {"P5 9999 9999 255\n", TANU_LIMIT, TANU_ERR_IMAGE_LIMIT,
	     "the image is 9999 x 9999 px; at most 50000000 px are allowed"},
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *path = scratch_path(state, "a");
		tanu_image *image = NULL;
		tanu_error err = {0};

		file_write(path, files[i].content);
		assert_int_equal(tanu_image_read(&image, path, NULL, &err), files[i].status);
		assert_null(image);
		assert_int_equal(err.code, files[i].code);
		assert_string_equal(err.place, path);
		assert_string_equal(err.message, files[i].message);
	}
}

static void says_what_is_wrong_with_the_path(void **state)
{
	const tanu_image_limits ten = {.max_bytes = 10};
	tanu_image *image = NULL;
	tanu_error err = {0};

	assert_int_equal(tanu_image_read(&image, scratch_path(state, "none"), NULL, &err),
			 TANU_NOT_FOUND);
	assert_int_equal(tanu_image_read(&image, *state, NULL, &err), TANU_NOT_FOUND);
	write_drawn(scratch_path(state, "a"), IMAGE_PNM);
	assert_int_equal(tanu_image_read(&image, scratch_path(state, "a"), &ten, &err), TANU_LIMIT);
	assert_null(image);
}

static void stops_a_decoder_that_takes_too_long(void **state)
{
	const tanu_image_limits hurry = {.timeout_ms = 1};
	tanu_image *noise = noise_image(2000, 2000, 1), *image = NULL;
	tanu_pixels pixels = tanu_image_pixels(noise);
	struct buf bytes = {0};
	tanu_error err = {0};

	(void)state;
	code_jpeg(&bytes, &pixels, &(struct jpeg_form){.progressive = true});
	tanu_image_free(&noise);
	assert_int_equal(tanu_image_decode(&image, bytes.data, bytes.len, "n.jpg", &hurry, &err),
			 TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_CHILD_TIMEOUT);
	assert_string_equal(err.place, "n.jpg");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	buf_free(&bytes);
}

static void survives_hostile_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < 90; i++) {
		enum image_kind kind = (enum image_kind)(i % 3 + 1);
		tanu_image *here = NULL, *there = NULL;
		struct buf bytes = {0};
		tanu_error err_here = {0}, err = {0};
		tanu_status want;

		make_hostile(&bytes, kind, i);
		want = decode_here(&here, &bytes, NULL, &err_here);
		assert_int_equal(tanu_image_decode(&there, bytes.data, bytes.len, "a", NULL, &err),
				 want);
		assert_int_equal(err.code, err_here.code);
		tanu_image_free(&here);
		tanu_image_free(&there);
		buf_free(&bytes);
	}
}

static void leaves_no_process_and_no_descriptor_behind(void **state)
{
	size_t before = file_count("/proc/self/fd");
	struct buf bytes = {0};

	(void)state;
	code_drawn(&bytes, IMAGE_PNM, 0);
	for (size_t i = 0; i < 50; i++) {
		tanu_image *image = NULL;

		/* Every second time a byte shorter, so damaged after the first. */
		bytes.len -= i % 2;
		tanu_image_decode(&image, bytes.data, bytes.len, NULL, NULL, NULL);
		tanu_image_free(&image);
	}
	assert_int_equal(file_count("/proc/self/fd"), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	buf_free(&bytes);
}

static tanu_status decode_one(void *self, size_t worker, size_t item, tanu_error *err)
{
	const struct buf *files = self;
	tanu_image *image = NULL;
	tanu_status st;

	(void)worker;
	st = tanu_image_decode(&image, files[item % 3].data, files[item % 3].len, "a", NULL, err);
	tanu_image_free(&image);
	return st;
}

static void decodes_on_several_threads_at_once(void **state)
{
	struct buf files[3] = {{0}};
	tanu_error err = {0};

	(void)state;
	for (int i = 0; i < 3; i++)
		code_drawn(&files[i], (enum image_kind)(i + 1), 1);
	assert_int_equal(os_parallel(4, 60, decode_one, files, &err), TANU_OK);
	for (int i = 0; i < 3; i++)
		buf_free(&files[i]);
}

static void decode_without_standard_files(void *self)
{
	const struct buf *bytes = self;
	tanu_image *image = NULL;

	close(0);
	close(1);
	close(2);
	if (tanu_image_decode(&image, bytes->data, bytes->len, NULL, NULL, NULL) < 0)
		_exit(1);
	tanu_image_free(&image);
}

static void decode_with_children_ignored(void *self)
{
	const struct buf *bytes = self;
	tanu_image *image = NULL;

	signal(SIGCHLD, SIG_IGN);
	if (tanu_image_decode(&image, bytes->data, bytes->len, NULL, NULL, NULL) < 0)
		_exit(1);
	tanu_image_free(&image);
}

static void works_in_odd_surroundings(void **state)
{
	struct buf bytes = {0};

	(void)state;
	code_drawn(&bytes, IMAGE_JPEG, 0);
	assert_int_equal(in_child(decode_without_standard_files, &bytes), 0);
	assert_int_equal(in_child(decode_with_children_ignored, &bytes), 0);
	buf_free(&bytes);
}

static void run_by_hand(void *path)
{
	if (freopen("/dev/null", "r", stdin) && freopen("/dev/null", "w", stderr))
		execl(path, path, (char *)NULL);
	_exit(99);
}

static void is_not_to_be_run_by_hand(void **state)
{
	char path[OS_PATH_MAX];
	int status;

	(void)state;
	assert_int_equal(worker_find(path, sizeof(path), "", NULL), TANU_OK);
	status = in_child(run_by_hand, path);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), TANU_EXIT_USAGE);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gives_the_pixels_that_decoding_here_gives),
	    IN_SCRATCH(reads_a_file_whatever_its_name),
	    IN_SCRATCH(reads_standard_input),
	    IN_SCRATCH(names_the_file_and_the_reason),
	    IN_SCRATCH(says_what_is_wrong_with_the_path),
	    cmocka_unit_test(stops_a_decoder_that_takes_too_long),
	    cmocka_unit_test(survives_hostile_files),
	    cmocka_unit_test(leaves_no_process_and_no_descriptor_behind),
	    cmocka_unit_test(decodes_on_several_threads_at_once),
	    cmocka_unit_test(works_in_odd_surroundings),
	    cmocka_unit_test(is_not_to_be_run_by_hand),
	};

	return cmocka_run_group_tests_name("worker/decode", tests, NULL, NULL);
}
