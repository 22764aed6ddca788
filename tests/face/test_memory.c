/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From frame to features our code allocates nothing. The linker turns every allocation of our own
 * objects into a call of these wrappers (tests/CMakeLists.txt); those that ONNX Runtime makes
 * inside itself are not ours and not counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"

#include <stdio.h>
#include <stdlib.h>

static size_t allocations;

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *p, size_t len);
void *__real_aligned_alloc(size_t align, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *p, size_t len);
void *__wrap_aligned_alloc(size_t align, size_t len);

void *__wrap_malloc(size_t len)
{
	allocations++;
	return __real_malloc(len);
}

void *__wrap_calloc(size_t count, size_t len)
{
	allocations++;
	return __real_calloc(count, len);
}

void *__wrap_realloc(void *p, size_t len)
{
	allocations++;
	return __real_realloc(p, len);
}

void *__wrap_aligned_alloc(size_t align, size_t len)
{
	allocations++;
	return __real_aligned_alloc(align, len);
}

static void look_and_embed(tanu_session *session, const struct photo *p)
{
	static tanu_faces faces;
	static tanu_embedding e;
	static uint8_t aligned[TANU_FACE_SIDE * TANU_FACE_SIDE * 3];
	tanu_pixels px = pixels_of(p);

	assert_int_equal(tanu_analyse(session, &faces, &px, NULL), TANU_OK);
	if (faces.count == 0)
		return;
	assert_int_equal(tanu_embed(session, &e, &px, &faces.face[faces.chosen], NULL), TANU_OK);
	assert_int_equal(
	    tanu_align(session, aligned, sizeof(aligned), &px, &faces.face[faces.chosen], NULL),
	    TANU_OK);
}

static void the_counter_counts(void **state)
{
	size_t before = allocations;
	tanu_session *session = session_with(NULL);

	(void)state;
	assert_true(allocations > before);
	tanu_session_close(&session);
}

static void from_frame_to_features_nothing_of_ours_is_allocated(void **state)
{
	tanu_session *session = session_with(&(tanu_session_options){.measure_max = 4});
	struct photo face = sheet_face(0, 0), sheet = sheet_whole();
	struct photo frame = photo_grey(1280, 720, 127), empty = photo_grey(640, 480, 127);
	size_t before;

	(void)state;
	photo_paste(&frame, &face, 300, 200, 80, 80);
	before = allocations;
	for (int i = 0; i < 3; i++) {
		look_and_embed(session, &face);
		look_and_embed(session, &frame);
		look_and_embed(session, &empty);
		look_and_embed(session, &sheet);
	}
	assert_int_equal(allocations, before);
	photo_free(&face);
	photo_free(&sheet);
	photo_free(&frame);
	photo_free(&empty);
	tanu_session_close(&session);
}

static long resident_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long total = 0, resident = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &total, &resident), 2);
	fclose(f);
	return resident * 4;
}

/* A short version of bench_face_soak: frames of different kinds, after a warm-up with each. */
static void resident_memory_stays_flat(void **state)
{
	tanu_session *session = session_with(NULL);
	struct photo face = sheet_face(0, 0), frame = photo_grey(640, 480, 127);
	long before;

	(void)state;
	photo_paste(&frame, &face, 200, 100, 200, 200);
	for (int i = 0; i < 20; i++)
		look_and_embed(session, i % 2 ? &face : &frame);
	before = resident_kb();
	for (int i = 0; i < 100; i++)
		look_and_embed(session, i % 2 ? &face : &frame);
	print_message("%ld kB resident, %+ld kB over 100 frames\n", before, resident_kb() - before);
#ifndef TANU_SANITIZED /* whose quarantine grows */
	assert_true(resident_kb() - before < 2048);
#endif
	photo_free(&face);
	photo_free(&frame);
	tanu_session_close(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_counter_counts),
	    cmocka_unit_test(from_frame_to_features_nothing_of_ours_is_allocated),
	    cmocka_unit_test(resident_memory_stays_flat),
	};

	return cmocka_run_group_tests_name("face/memory", tests, engine_start, engine_stop);
}
