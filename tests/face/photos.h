/* SPDX-License-Identifier: Apache-2.0 */
/* photos.h - pictures for the tests of face/, and an engine and session that they share. */
#ifndef TESTS_FACE_PHOTOS_H
#define TESTS_FACE_PHOTOS_H

#include "face/session.h"

struct photo {
	uint8_t *rgb; /* tight rows */
	int32_t width, height;
};

tanu_pixels pixels_of(const struct photo *p);
struct photo photo_grey(int32_t width, int32_t height, uint8_t value);
struct photo photo_read(const char *path); /* a JPEG */
/* Whole `from` into a rectangle of `to`, resampled; parts outside `to` are dropped. */
void photo_paste(struct photo *to, const struct photo *from, int32_t x, int32_t y, int32_t w,
		 int32_t h);
struct photo photo_scaled(const struct photo *p, int32_t width, int32_t height);
struct photo photo_mirrored(const struct photo *p);
struct photo photo_rotated(const struct photo *p, float degrees); /* clockwise, grey around it */
void photo_free(struct photo *p);

/*
 * One of the 6 x 18 faces of the contact sheet that set-up places in .deps/demo, 104 px. Row 0
 * shows one man, other rows other people.
 */
struct photo sheet_face(int row, int column);
struct photo sheet_whole(void);

/* ../shared/data/NAME, or $TANU_TEST_DATA/NAME; NULL, with the reason printed, when absent. */
const char *data_path(const char *name);

/* One engine for all tests of a program: group set-up and tear-down. */
extern tanu_engine *engine;
int engine_start(void **state);
int engine_stop(void **state);

tanu_session *session_with(const tanu_session_options *options);	     /* asserts */
void analyse(tanu_session *session, tanu_faces *out, const struct photo *p); /* asserts */
/* Features of the chosen face of a picture that must hold one. */
tanu_embedding features_of(tanu_session *session, const struct photo *p);
float score_of(const tanu_embedding *a, const tanu_embedding *b);

#endif
