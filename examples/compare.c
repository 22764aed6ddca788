/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares two photographs: compare A.jpg B.jpg. Exit code 0: a match, 1: none, else trouble.
 *     cc compare.c $(pkg-config --cflags --libs tanu) -o compare
 */
#include <stdio.h>
#include <tanu/face.h>

static tanu_status features(tanu_session *session, tanu_embedding *out, const char *path,
			    tanu_error *err)
{
	tanu_image *photo = NULL;
	tanu_faces faces;
	tanu_pixels pixels;
	tanu_status st;

	if ((st = tanu_image_read(&photo, path, NULL, err)) < 0)
		return st;
	pixels = tanu_image_pixels(photo);
	st = tanu_analyse(session, &faces, &pixels, err);
	if (st == TANU_OK && faces.count == 0)
		st = tanu_fail(err, TANU_ERR_NO_FACE, path, "no face in this photograph");
	if (st == TANU_OK)
		st = tanu_embed(session, out, &pixels, &faces.face[faces.chosen], err);
	tanu_image_free(&photo);
	return st;
}

int main(int argc, char **argv)
{
	tanu_engine *engine = NULL;
	tanu_session *session = NULL;
	tanu_embedding a, b;
	tanu_error err = {TANU_OK, TANU_ERR_NONE, "", ""};
	tanu_threshold threshold;
	float score;

	if (argc != 3) {
		fprintf(stderr, "usage: compare A.jpg B.jpg\n");
		return TANU_EXIT_USAGE;
	}
	if (tanu_engine_open(&engine, NULL, &err) ||
	    tanu_session_open(&session, engine, NULL, &err) ||
	    features(session, &a, argv[1], &err) || features(session, &b, argv[2], &err) ||
	    tanu_compare_float(&score, &a, &b, &err) ||
	    tanu_threshold_for_fmr(&threshold, tanu_engine_calibration(engine), 1e-4, &err)) {
		fprintf(stderr, "compare: %s: %s\n", err.place, err.message);
	} else {
		printf("score %.3f, threshold %.3f: %s\n", score, threshold.score,
		       score >= threshold.score ? "match" : "no match");
	}
	tanu_embedding_wipe(&a);
	tanu_embedding_wipe(&b);
	tanu_session_close(&session);
	tanu_engine_close(&engine);
	return err.status ? (int)tanu_exit_for(err.status) : score < threshold.score;
}
