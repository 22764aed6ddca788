/* SPDX-License-Identifier: Apache-2.0 */
/* Passes read off the frames of a camera, in a process of their own; and that process in trouble.
 */
#include "codec/pass.h"
#include "device/code.h"
#include "os/os.h"
#include "print/print.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SIDE 360

struct scene {
	struct reader reader;
	struct camera_onlooker look;
	struct reader_event event;
	uint8_t rgb[3 * SIDE * SIDE];
	uint8_t pass[PASS_LEN];
};

static int64_t now_ms(void)
{
	return os_monotonic_ns() / 1000000;
}

static void draw(struct scene *s, const void *bytes, size_t len)
{
	struct qr_symbol symbol = {0};
	const int px = 5, margin = 20;

	memset(s->rgb, 220, sizeof(s->rgb));
	if (!bytes)
		return;
	assert_int_equal(qr_encode(&symbol, bytes, len, QR_LEVEL_L, NULL), TANU_OK);
	for (int y = 0; y < symbol.side * px; y++)
		for (int x = 0; x < symbol.side * px; x++)
			if (symbol.dark[y / px * symbol.side + x / px])
				memset(s->rgb + 3 * ((margin + y) * SIDE + margin + x), 30, 3);
	qr_free(&symbol);
}

static void scene_open(struct scene *s, const struct code_options *options)
{
	struct pass pass = {.head = {.generation = 1, .until = {2030, 1, 1}}};
	struct buf bytes = {0};

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < sizeof(pass.sealed); i++)
		pass.sealed[i] = (uint8_t)(i * 37);
	pass_put(&bytes, &pass);
	memcpy(s->pass, bytes.data, sizeof(s->pass));
	buf_free(&bytes);
	assert_int_equal(code_reader_open(&s->reader, &s->look, options, NULL), TANU_OK);
}

static const struct code_options quick = {
    .max_width = SIDE, .max_height = SIDE, .every_ms = 20, .again_ms = 1500, .patience_ms = 1000};

/* Frames come and the reader is asked, for so long; how often it said this. */
static size_t said(struct scene *s, enum reader_event_kind kind, int64_t ms, size_t enough)
{
	const tanu_pixels pixels = {s->rgb, SIDE, SIDE, (ptrdiff_t)3 * SIDE};
	size_t count = 0;

	for (int64_t end = now_ms() + ms; now_ms() < end && count < enough; usleep(2000)) {
		s->look.frame(s->look.self, &pixels, now_ms());
		assert_int_equal(reader_next(&s->reader, &s->event, now_ms(), NULL), TANU_OK);
		count += s->event.kind == kind;
	}
	return count;
}

static void a_pass_is_told_once_and_again_after_it_was_away(void **state)
{
	static struct scene s;

	(void)state;
	scene_open(&s, &quick);
	draw(&s, s.pass, sizeof(s.pass));
	assert_int_equal(said(&s, READER_PASS, 5000, 1), 1);
	assert_int_equal(s.event.len, sizeof(s.pass));
	assert_memory_equal(s.event.bytes, s.pass, sizeof(s.pass));
	assert_int_equal(said(&s, READER_PASS, 3500, 1), 0); /* seen again all the while */
	draw(&s, NULL, 0);
	assert_int_equal(said(&s, READER_PASS, 2000, 1), 0);
	draw(&s, s.pass, sizeof(s.pass));
	assert_int_equal(said(&s, READER_PASS, 5000, 1), 1);
	reader_close(&s.reader);
}

static void what_is_no_pass_is_nothing(void **state)
{
	static const char *const others[] = {"https://example.org", "TP", "WIFI:S:guests;;"};
	static struct scene s;

	(void)state;
	scene_open(&s, &quick);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		draw(&s, others[i], strlen(others[i]));
		assert_int_equal(said(&s, READER_PASS, 600, 1), 0);
	}
	reader_close(&s.reader);
}

/* Larger than was agreed: not looked at, and nothing written beyond the shared memory. */
static void a_frame_that_is_too_large_is_left_alone(void **state)
{
	const struct code_options small = {.max_width = SIDE - 1, .max_height = SIDE - 1};
	static struct scene s;

	(void)state;
	scene_open(&s, &small);
	draw(&s, s.pass, sizeof(s.pass));
	assert_int_equal(said(&s, READER_PASS, 800, 1), 0);
	reader_close(&s.reader);
}

/* ---- a process that is not what it should be ---- */

static char folder[] = "/tmp/tanu-code-XXXXXX";

/* A script in its place, until `back`. */
static char *replace_worker(const char *script)
{
	const char *named = getenv("TANU_WORKER");
	char *kept = named ? strdup(named) : NULL, path[64];
	FILE *f;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/w-qr", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	fclose(f);
	chmod(path, 0755);
	path[strlen(path) - 3] = '\0';
	setenv("TANU_WORKER", path, 1);
	return kept;
}

static void worker_back(char *kept)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/w-qr", folder);
	unlink(path);
	rmdir(folder);
	memcpy(strrchr(folder, '-') + 1, "XXXXXX", 6);
	if (kept)
		setenv("TANU_WORKER", kept, 1);
	else
		unsetenv("TANU_WORKER");
	free(kept);
}

static void trouble(const char *script)
{
	static struct scene s;
	char *kept = replace_worker(script);

	scene_open(&s, &quick);
	draw(&s, s.pass, sizeof(s.pass));
	assert_int_equal(said(&s, READER_OFFLINE, 5000, 1), 1);
	assert_int_equal(said(&s, READER_PASS, 300, 1), 0);
	worker_back(kept);
	assert_int_equal(said(&s, READER_ONLINE, 10000, 1), 1); /* it is tried again by itself */
	assert_int_equal(said(&s, READER_PASS, 5000, 1), 1);
	reader_close(&s.reader);
}

static void one_that_dies(void **state)
{
	(void)state;
	trouble("exit 3");
}

static void one_that_hangs(void **state)
{
	(void)state;
	trouble("exec sleep 60");
}

static void one_that_lies(void **state)
{
	(void)state;
	trouble("head -c 9000 /dev/zero; exec sleep 60");
}

static void one_that_is_not_there(void **state)
{
	static struct scene s;
	char *kept = replace_worker("exit 0");
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/w-qr", folder);
	unlink(path);
	scene_open(&s, &quick);
	assert_int_equal(said(&s, READER_OFFLINE, 1000, 1), 1);
	assert_int_equal(said(&s, READER_OFFLINE, 1000, 1), 0); /* told once */
	worker_back(kept);
	reader_close(&s.reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pass_is_told_once_and_again_after_it_was_away),
	    cmocka_unit_test(what_is_no_pass_is_nothing),
	    cmocka_unit_test(a_frame_that_is_too_large_is_left_alone),
	    cmocka_unit_test(one_that_dies),
	    cmocka_unit_test(one_that_hangs),
	    cmocka_unit_test(one_that_lies),
	    cmocka_unit_test(one_that_is_not_there),
	};

	signal(SIGPIPE, SIG_IGN); /* as the gate does */
	return cmocka_run_group_tests_name("device/code", tests, NULL, NULL);
}
