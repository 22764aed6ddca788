/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"

#include <string.h>

#define THREADS 4
#define PHOTOS	6
#define ROUNDS	3

/* ONNX Runtime is not built for ThreadSanitizer, which therefore misreads what happens inside it.
 */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "called_from_lib:libonnxruntime.so.1\nrace:libonnxruntime.so.1\n";
}

struct shared {
	struct photo photo[PHOTOS];
	tanu_embedding alone[PHOTOS]; /* computed before any other thread started */
	tanu_session *session[THREADS];
	bool same[THREADS][PHOTOS * ROUNDS];
};

static tanu_status embed_one(void *self, size_t thread, size_t item, tanu_error *err)
{
	struct shared *s = self;
	size_t i = item % PHOTOS;
	tanu_pixels px = pixels_of(&s->photo[i]);
	tanu_embedding e;
	tanu_faces faces;
	tanu_status st;

	if ((st = tanu_analyse(s->session[thread], &faces, &px, err)) < 0)
		return st;
	if ((st = tanu_embed(s->session[thread], &e, &px, &faces.face[faces.chosen], err)) < 0)
		return st;
	s->same[thread][item] = memcmp(e.v, s->alone[i].v, sizeof(e.v)) == 0;
	return TANU_OK;
}

static void four_sessions_of_one_engine_give_what_one_gives(void **state)
{
	static struct shared s;
	tanu_engine_counters before, after;
	size_t right = 0;

	(void)state;
	for (int i = 0; i < THREADS; i++)
		s.session[i] = session_with(NULL);
	for (int i = 0; i < PHOTOS; i++) {
		s.photo[i] = sheet_face(i, i);
		s.alone[i] = features_of(s.session[0], &s.photo[i]);
	}
	before = tanu_engine_count(engine);
	assert_int_equal(os_parallel(THREADS, PHOTOS * ROUNDS, embed_one, &s, NULL), TANU_OK);
	after = tanu_engine_count(engine);
	assert_int_equal(after.analysed - before.analysed, PHOTOS * ROUNDS);
	assert_int_equal(after.embeddings - before.embeddings, PHOTOS * ROUNDS);
	for (int i = 0; i < THREADS; i++)
		for (int k = 0; k < PHOTOS * ROUNDS; k++)
			right += s.same[i][k];
	assert_int_equal(right, PHOTOS * ROUNDS);
	for (int i = 0; i < PHOTOS; i++)
		photo_free(&s.photo[i]);
	for (int i = 0; i < THREADS; i++)
		tanu_session_close(&s.session[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(four_sessions_of_one_engine_give_what_one_gives),
	};

	return cmocka_run_group_tests_name("face/threads", tests, engine_start, engine_stop);
}
