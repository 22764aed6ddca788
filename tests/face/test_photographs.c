/* SPDX-License-Identifier: Apache-2.0 */
/* A few real photographs and frames, where the data folder is; bench/ measures all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "face/photos.h"

#include <stdio.h>
#include <string.h>

#define PAIRS 12

struct files {
	char path[64][512];
	size_t len, max;
	const char *dir;
};

static tanu_status take_file(void *self, const char *name, tanu_error *err)
{
	struct files *f = self;

	(void)err;
	if (f->len < f->max)
		snprintf(f->path[f->len++], sizeof(f->path[0]), "%s/%s", f->dir, name);
	return TANU_OK;
}

static tanu_embedding features_of_file(tanu_session *session, const char *path)
{
	struct photo p = photo_read(path);
	tanu_embedding e = features_of(session, &p);

	photo_free(&p);
	return e;
}

/* The next line of LFW's pairs that has so many fields. */
static bool next_pair(FILE *pairs, int fields, char names[2][64], int numbers[2])
{
	char line[256];

	while (fgets(line, sizeof(line), pairs)) {
		int n =
		    sscanf(line, "%63s %d %63s %d", names[0], &numbers[0], names[1], &numbers[1]);

		if (n == 4 && fields == 4)
			return true;
		if (fields == 3 &&
		    sscanf(line, "%63s %d %d", names[0], &numbers[0], &numbers[1]) == 3) {
			memcpy(names[1], names[0], sizeof(names[0]));
			return true;
		}
	}
	return false;
}

/* Pairs of that kind, of the first PAIRS, that score at least as high as the threshold. */
static int pairs_above(tanu_session *session, const char *folder, int fields, float threshold)
{
	char list[1024], path[2][512], names[2][64];
	int numbers[2], above = 0;
	FILE *pairs;

	snprintf(list, sizeof(list), "%s/pairsDevTest.txt", folder);
	pairs = fopen(list, "r");
	assert_non_null(pairs);
	for (int i = 0; i < PAIRS && next_pair(pairs, fields, names, numbers); i++) {
		tanu_embedding e[2];

		for (int k = 0; k < 2; k++) {
			snprintf(path[k], sizeof(path[k]), "%s/images/%s/%s_%04d.jpg", folder,
				 names[k], names[k], numbers[k]);
			e[k] = features_of_file(session, path[k]);
		}
		above += score_of(&e[0], &e[1]) >= threshold;
	}
	fclose(pairs);
	return above;
}

static void pairs_of_one_person_score_higher_than_of_two(void **state)
{
	const char *data = data_path("lfw-dev");
	tanu_session *session;
	char folder[512];

	(void)state;
	if (!data)
		skip();
	snprintf(folder, sizeof(folder), "%s", data);
	session = session_with(NULL);
	assert_true(pairs_above(session, folder, 3, 0.334F) >= PAIRS - 1);
	assert_int_equal(pairs_above(session, folder, 4, 0.334F), 0);
	tanu_session_close(&session);
}

/* Frames of one subject whose liveness is at least a half. */
static size_t live_frames(tanu_session *session, const char *kind, size_t *frames)
{
	static struct files f;
	char dir[512];
	size_t live = 0;

	snprintf(dir, sizeof(dir), "%s", kind);
	f = (struct files){.max = 12, .dir = dir};
	assert_int_equal(os_list_dir(dir, take_file, &f, NULL), TANU_OK);
	*frames = f.len;
	for (size_t i = 0; i < f.len; i++) {
		struct photo p = photo_read(f.path[i]);
		tanu_faces faces;

		analyse(session, &faces, &p);
		assert_true(faces.count > 0);
		live += faces.face[faces.chosen].liveness >= 0.5F;
		photo_free(&p);
	}
	return live;
}

static void faces_are_live_and_prints_are_not(void **state)
{
	tanu_session *session;
	const char *dir;
	size_t frames, live;

	(void)state;
	dir = data_path("nuaa-train/live/0001");
	if (!dir)
		skip();
	session = session_with(NULL);
	live = live_frames(session, dir, &frames);
	assert_int_equal(live, frames);
	dir = data_path("nuaa-train/print/0001");
	assert_non_null(dir);
	live = live_frames(session, dir, &frames);
	assert_int_equal(live, 0);
	tanu_session_close(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pairs_of_one_person_score_higher_than_of_two),
	    cmocka_unit_test(faces_are_live_and_prints_are_not),
	};

	return cmocka_run_group_tests_name("face/photographs", tests, engine_start, engine_stop);
}
