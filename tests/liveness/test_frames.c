/* SPDX-License-Identifier: Apache-2.0 */
/* Real frames of shared test data: followed as one face, judged as what they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"
#include "liveness/liveness.h"
#include "track/track.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 64
#define NUMBER_MS  50 /* NUAA counts 20 frames a second */

struct film {
	char folder[600], session[40];
	int number[FRAMES_MAX];
	size_t len;
};

static tanu_status take_name(void *self, const char *name, tanu_error *err)
{
	struct film *f = self;
	size_t len = strlen(f->session);

	(void)err;
	if (strncmp(name, f->session, len) == 0 && name[len] == '_' && f->len < FRAMES_MAX)
		f->number[f->len++] = atoi(name + len + 1);
	return TANU_OK;
}

static int rising(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The frames of a session, in order; skips the test where the data is not here. */
static void film_open(struct film *f, const char *kind, const char *subject, const char *session)
{
	const char *data = data_path("nuaa-train");

	if (!data)
		skip();
	*f = (struct film){.len = 0};
	snprintf(f->folder, sizeof(f->folder), "%s/%s/%s", data, kind, subject);
	snprintf(f->session, sizeof(f->session), "%s", session);
	assert_int_equal(os_list_dir(f->folder, take_name, f, NULL), TANU_OK);
	assert_int_equal(f->len, 24);
	qsort(f->number, f->len, sizeof(f->number[0]), rising);
}

static struct photo film_frame(const struct film *f, size_t i)
{
	char path[700];

	snprintf(path, sizeof(path), "%s/%s_%d.jpg", f->folder, f->session, f->number[i]);
	return photo_read(path);
}

static int64_t film_ms(const struct film *f, size_t i)
{
	return (int64_t)(f->number[i] - f->number[0]) * NUMBER_MS;
}

static void no_random(void *self, void *out, size_t len)
{
	(void)self;
	memset(out, 0, len);
}

/* What a gate would come to: the first clear word. */
static struct liveness_result judged(const struct film *f)
{
	const struct random_source random = {.fill = no_random};
	const struct liveness_options options = {.challenge_off = true};
	struct liveness judge = {0};
	struct liveness_result r = {0};
	tanu_session *session = session_with(NULL);

	assert_int_equal(liveness_open(&judge, &random, NULL), TANU_OK);
	liveness_begin(&judge, &options, 0);
	for (size_t i = 0; i < f->len; i++) {
		struct photo p = film_frame(f, i);
		tanu_pixels px = pixels_of(&p);
		static tanu_faces faces;

		analyse(session, &faces, &p);
		if (faces.count > 0 && r.state != LIVENESS_LIVE && r.state != LIVENESS_ATTACK) {
			const struct liveness_view view = {&px, &faces.face[faces.chosen], NULL,
							   film_ms(f, i)};

			assert_int_equal(liveness_observe(&judge, &view, NULL), TANU_OK);
			liveness_judge(&judge, &r, view.at_ms);
		}
		photo_free(&p);
	}
	liveness_close(&judge);
	tanu_session_close(&session);
	return r;
}

static void a_live_session_is_one_face_and_engaged(void **state)
{
	tanu_session *session;
	struct tracker tracker;
	struct film f;
	size_t engaged = 0;

	(void)state;
	film_open(&f, "live", "0004", "0004_01_00_01");
	session = session_with(NULL);
	tracker_init(&tracker, NULL);
	for (size_t i = 0; i < f.len; i++) {
		struct photo p = film_frame(&f, i);
		struct track_box boxes[TANU_FACES_MAX];
		static tanu_faces faces;

		analyse(session, &faces, &p);
		for (size_t k = 0; k < faces.count; k++)
			memcpy(boxes[k].box, faces.face[k].box, sizeof(boxes[k].box));
		tracker_step(&tracker, p.width, p.height, boxes, faces.count, film_ms(&f, i));
		if (tracker_engaged(&tracker)) {
			assert_int_equal(tracker_engaged(&tracker)->id, 1);
			engaged++;
		}
		photo_free(&p);
	}
	/* The detector sees a face in the background now and then: it never comes to anything. */
	for (size_t i = 0; i < tracker.len; i++)
		assert_true(tracker.track[i].id == 1 || !tracker.track[i].engaged);
	assert_true(engaged >= f.len - 5);
	tanu_session_close(&session);
}

static void live_sessions_are_live(void **state)
{
	static const char *const sessions[][2] = {{"0001", "0001_00_00_01"},
						  {"0009", "0009_01_00_02"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sessions); i++) {
		struct liveness_result r;
		struct film f;

		film_open(&f, "live", sessions[i][0], sessions[i][1]);
		r = judged(&f);
		assert_int_equal(r.state, LIVENESS_LIVE);
		assert_true(r.sequence);
	}
}

static void prints_are_attacks(void **state)
{
	static const char *const sessions[][2] = {{"0004", "0004_01_01_02"},
						  {"0005", "0005_00_00_01"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sessions); i++) {
		struct film f;

		film_open(&f, "print", sessions[i][0], sessions[i][1]);
		assert_int_equal(judged(&f).state, LIVENESS_ATTACK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_live_session_is_one_face_and_engaged),
	    cmocka_unit_test(live_sessions_are_live),
	    cmocka_unit_test(prints_are_attacks),
	};

	return cmocka_run_group_tests_name("liveness/frames", tests, engine_start, engine_stop);
}
