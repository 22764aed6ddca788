/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one face costs from pixels to features, on one thread, against the inference alone in the
 * same run, in CPU time of the thread. bench_face_stages [--json] [PHOTO]: by default a 640x480
 * frame of the data folder, else a face of the demo sheet scaled into 640x480. Decoding is shown
 * and not counted: it happens in another process.
 */
#include "codec/codec.h"
#include "face/session.h"

#include "photo.h"

#define ROUNDS	200
#define WARM_UP 10

enum stage {
	DECODE,
	DETECT,
	LANDMARKS,
	EYES,
	LIVENESS,
	POSE,
	QUALITY,
	EMBED,
	WHOLE,
	INFERENCE,
	STAGES
};
static const char *const stage_names[STAGES] = {
    "decode", "detect",	 "landmarks", "eyes",  "liveness",
    "pose",   "quality", "embed",     "whole", "inference",
};

struct bench {
	struct buf jpeg;
	tanu_engine *engine;
	tanu_session *session;
	tanu_pixels image;
	int64_t ns[STAGES][ROUNDS];
	int64_t outside_ns[STAGES][ROUNDS]; /* of it not in the inference runtime */
	double ratio[ROUNDS];
};

/* A face of the demo sheet, blown up into the middle of a grey 640x480 frame. */
static tanu_status frame_from_sheet(struct buf *jpeg, tanu_error *err)
{
	const float zoom = 104.0F / 300, m[6] = {zoom, 0, 1 - zoom * 170, 0, zoom, 284 - zoom * 90};
	tanu_image *sheet = NULL, *frame = NULL;
	tanu_pixels from, to;
	tanu_status st;

	if ((st = photo_read(&sheet, TANU_SOURCE_DIR "/.deps/demo/screenshot-facematch.jpg", err)) <
		0 ||
	    (st = image_new(&frame, 640, 480, err)) < 0)
		goto out;
	from = tanu_image_pixels(sheet);
	image_warp_rgb(frame->rgb, 640, 480, &from, m);
	to = tanu_image_pixels(frame);
	st = image_write_jpeg(jpeg, &to, 90, err);
out:
	tanu_image_free(&sheet);
	tanu_image_free(&frame);
	return st;
}

static tanu_status load_jpeg(struct buf *jpeg, const char *path, tanu_error *err)
{
	char folder[1024], frame[1100];

	if (path)
		return os_read_file(jpeg, path, 32 << 20, err);
	if (!data_folder(folder, sizeof(folder), "nuaa-train/live/0001"))
		return frame_from_sheet(jpeg, err);
	snprintf(frame, sizeof(frame), "%s/0001_00_00_01_0.jpg", folder);
	return os_read_file(jpeg, frame, 32 << 20, err);
}

static int64_t inference_ns(const tanu_session *session)
{
	int64_t ns[MODEL_TASK_COUNT], sum = 0;

	session_inference_ns(session, ns);
	for (size_t i = 0; i < MODEL_TASK_COUNT; i++)
		sum += ns[i];
	return sum;
}

/* The two public calls, as a program makes them. */
static tanu_status whole(struct bench *b, size_t round, tanu_faces *faces, tanu_error *err)
{
	int64_t start = os_thread_ns(), before = inference_ns(b->session);
	tanu_embedding e;
	tanu_status st;

	if ((st = tanu_analyse(b->session, faces, &b->image, err)) < 0)
		return st;
	if (faces->count == 0)
		return tanu_fail(err, TANU_ERR_NO_FACE, "photo", "a picture with a face is needed");
	if ((st = tanu_embed(b->session, &e, &b->image, &faces->face[faces->chosen], err)) < 0)
		return st;
	b->ns[WHOLE][round] = os_thread_ns() - start;
	b->ns[INFERENCE][round] = inference_ns(b->session) - before;
	b->outside_ns[WHOLE][round] = b->ns[WHOLE][round] - b->ns[INFERENCE][round];
	b->ratio[round] = (double)b->ns[WHOLE][round] / (double)b->ns[INFERENCE][round];
	return TANU_OK;
}

/* Each step by itself, on the face found. */
static tanu_status steps(struct bench *b, size_t round, tanu_faces *faces, tanu_error *err)
{
	tanu_face *face = &faces->face[faces->chosen];
	tanu_embedding e;
	tanu_status st;
	int64_t start, before;

#define STEP(stage, call)                             \
	before = inference_ns(b->session);            \
	start = os_thread_ns();                       \
	call;                                         \
	b->ns[stage][round] = os_thread_ns() - start; \
	b->outside_ns[stage][round] = b->ns[stage][round] - (inference_ns(b->session) - before)
	STEP(DETECT, st = detect_faces(b->session, &b->image, err));
	if (st < 0)
		return st;
	STEP(LANDMARKS, st = find_landmarks(b->session, face, &b->image, err));
	if (st < 0)
		return st;
	STEP(EYES, st = look_at_eyes(b->session, face, &b->image, err));
	if (st < 0)
		return st;
	STEP(LIVENESS, st = judge_liveness(b->session, face, &b->image, err));
	if (st < 0)
		return st;
	STEP(POSE, pose_from_landmarks(face->pose, (const float(*)[2])face->landmarks));
	STEP(QUALITY, measure_quality(b->session, faces, face, &b->image));
	STEP(EMBED, st = tanu_embed(b->session, &e, &b->image, face, err));
#undef STEP
	return st;
}

static tanu_status run(struct bench *b, tanu_error *err)
{
	static tanu_faces faces;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ROUNDS + WARM_UP && st == TANU_OK; i++) {
		size_t round = i < WARM_UP ? 0 : i - WARM_UP;
		tanu_image *image = NULL;
		int64_t start = os_thread_ns();

		if ((st = photo_decode(&image, b->jpeg.data, b->jpeg.len, err)) < 0)
			return st;
		b->ns[DECODE][round] = os_thread_ns() - start;
		b->image = tanu_image_pixels(image);
		if ((st = whole(b, round, &faces, err)) == TANU_OK)
			st = steps(b, round, &faces, err);
		tanu_image_free(&image);
	}
	return st;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(struct bench *b, bool json)
{
	struct buf text = {0};
	struct json_w w;
	double ratio, a_second;

	qsort(b->ratio, ROUNDS, sizeof(b->ratio[0]), by_value);
	ratio = b->ratio[ROUNDS / 2];
	jw_init(&w, &text);
	jw_object(&w, NULL);
	jw_int(&w, "width", b->image.width);
	jw_int(&w, "height", b->image.height);
	for (int i = 0; i < STAGES; i++) {
		double ms = median_ms(b->ns[i], ROUNDS);
		double outside_ms = median_ms(b->outside_ns[i], ROUNDS);

		jw_real(&w, stage_names[i], ms);
		if (!json && i >= DETECT && i <= WHOLE)
			printf("%-10s %7.3f ms, of it %.3f ms outside inference\n", stage_names[i],
			       ms, outside_ms);
		else if (!json)
			printf("%-10s %7.3f ms\n", stage_names[i], ms);
	}
	a_second = 1e9 / (double)b->ns[WHOLE][ROUNDS / 2]; /* sorted by now */
	jw_real(&w, "ratio", ratio);
	jw_end_object(&w);
	if (json)
		printf("%s\n", buf_cstr(&text));
	else
		printf("whole / inference, median of %d frames: %.3f; outside it %.1f%%\n"
		       "%.0f frames a second on one core\n",
		       ROUNDS, ratio, 100 * (1 - 1 / ratio), a_second);
	buf_free(&text);
}

int main(int argc, char **argv)
{
	static struct bench b;
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	const char *path = argc > 1 + json ? argv[1 + json] : NULL;
	tanu_error err = {0};
	tanu_status st;

	if ((st = load_jpeg(&b.jpeg, path, &err)) < 0 ||
	    (st = tanu_engine_open(&b.engine, NULL, &err)) < 0 ||
	    (st = tanu_session_open(&b.session, b.engine, NULL, &err)) < 0)
		goto out;
	if ((st = run(&b, &err)) == TANU_OK)
		report(&b, json);
out:
	tanu_session_close(&b.session);
	tanu_engine_close(&b.engine);
	buf_free(&b.jpeg);
	return st < 0 ? bench_fail(&err) : 0;
}
