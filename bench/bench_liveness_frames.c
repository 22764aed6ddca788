/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From camera to judgement: bench_liveness_frames [--json] [FRAMES], 1,000 unless said otherwise. A
 * looped folder of 640 x 480 pictures goes through the decoder's process, detection, tracking, best
 * frames and liveness, as at a gate before a claim. Tells the CPU time of this process beside that
 * of the models alone, and memory of both processes; fails when either has grown by more than 2 MiB
 * since the warm-up.
 */
#include "device/camera.h"
#include "face/face.h"
#include "liveness/liveness.h"
#include "track/track.h"

#include "memory.h"
#include "photo.h"

#include <math.h>

#define PICTURES  24
#define WIDTH	  640
#define HEIGHT	  480
#define WARM_UP	  200
#define GROWTH_KB 2048

struct run {
	struct camera camera;
	tanu_engine *engine;
	tanu_session *session;
	struct tracker tracker;
	struct best_frames best;
	struct liveness judge;
	struct liveness_result result;
	tanu_faces faces;
	uint32_t followed;
	size_t frames, judged, wanted;
	int64_t camera_ns, analyse_ns, rest_ns, models_ns; /* of this thread, after the warm-up */
	long start_kb, start_worker_kb;
	bool json;
};

/* One portrait of the sheet, three times its size, moved a little from picture to picture. */
static tanu_status write_pictures(const char *folder, tanu_error *err)
{
	const float size = 1.0F / 3;
	tanu_image *sheet = NULL, *frame = NULL;
	tanu_status st =
	    photo_read(&sheet, TANU_SOURCE_DIR "/.deps/demo/screenshot-facematch.jpg", err);

	if (st == TANU_OK)
		st = image_new(&frame, WIDTH, HEIGHT, err);
	for (int i = 0; i < PICTURES && st == TANU_OK; i++) {
		float way = sinf(6.2832F * (float)i / PICTURES);
		const float m[6] = {size, 0, 1 - 50 + 4 * way, 0, size, 284 - 20 + 2 * way};
		tanu_pixels px = tanu_image_pixels(sheet);
		struct buf jpeg = {0};
		char path[600];

		image_warp_rgb(frame->rgb, WIDTH, HEIGHT, &px, m);
		px = tanu_image_pixels(frame);
		snprintf(path, sizeof(path), "%s/%02d.jpg", folder, i);
		if ((st = image_write_jpeg(&jpeg, &px, 90, err)) == TANU_OK)
			st = os_replace_file(path, jpeg.data, jpeg.len, 0600, err);
		buf_free(&jpeg);
	}
	tanu_image_free(&sheet);
	tanu_image_free(&frame);
	return st;
}

static int64_t models_ns(const tanu_session *session)
{
	int64_t of[MODEL_TASK_COUNT], sum = 0;

	session_inference_ns(session, of);
	for (size_t i = 0; i < MODEL_TASK_COUNT; i++)
		sum += of[i];
	return sum;
}

/* What a gate does besides the models: boxes, best frames, evidence. */
static tanu_status follow(struct run *r, const struct camera_frame *frame, tanu_error *err)
{
	struct track_box boxes[TANU_FACES_MAX];
	const struct track *track;
	tanu_status st;

	for (size_t i = 0; i < r->faces.count; i++)
		memcpy(boxes[i].box, r->faces.face[i].box, sizeof(boxes[i].box));
	tracker_step(&r->tracker, WIDTH, HEIGHT, boxes, r->faces.count, frame->media_ms);
	track = tracker_engaged(&r->tracker);
	if (!track || track->at < 0 || (size_t)track->at != r->faces.chosen)
		return TANU_OK;
	if (track->id != r->followed) {
		r->followed = track->id;
		best_init(&r->best, 3, 150);
		liveness_begin(&r->judge, NULL, frame->media_ms);
	}
	best_offer(&r->best, r->faces.face[r->faces.chosen].quality.unified, frame->media_ms);
	st = liveness_observe(&r->judge,
			      &(struct liveness_view){.image = &frame->pixels,
						      .face = &r->faces.face[r->faces.chosen],
						      .at_ms = frame->media_ms},
			      err);
	liveness_judge(&r->judge, &r->result, frame->media_ms);
	r->judged += r->frames > WARM_UP;
	return st;
}

static void begin_measuring(struct run *r)
{
	r->camera_ns = r->analyse_ns = r->rest_ns = 0;
	r->models_ns = models_ns(r->session);
	r->start_kb = resident_kb(0);
	r->start_worker_kb = resident_kb(first_child());
}

static tanu_status take_frame(struct run *r, const struct camera_frame *frame, tanu_error *err)
{
	int64_t a = os_thread_ns(), b, c;
	tanu_status st = tanu_analyse(r->session, &r->faces, &frame->pixels, err);

	b = os_thread_ns();
	r->frames++;
	if (st == TANU_OK)
		st = follow(r, frame, err);
	c = os_thread_ns();
	r->analyse_ns += b - a;
	r->rest_ns += c - b;
	if (r->frames == WARM_UP)
		begin_measuring(r);
	if (!r->json && r->frames > WARM_UP && (r->frames - WARM_UP) % (r->wanted / 10 + 1) == 0)
		printf("%8zu frames: %ld kB here, %ld kB in the decoder's process\n",
		       r->frames - WARM_UP, resident_kb(0), resident_kb(first_child()));
	return st;
}

static tanu_status go(struct run *r, tanu_error *err)
{
	tanu_status st = TANU_OK;

	while (st == TANU_OK && r->frames < r->wanted + WARM_UP) {
		int64_t before = os_thread_ns();
		struct camera_event event;

		st = camera_next(&r->camera, &event, os_monotonic_ns() / 1000000, err);
		r->camera_ns += os_thread_ns() - before;
		if (st == TANU_OK && event.kind == CAMERA_FRAME)
			st = take_frame(r, &event.frame, err);
		else if (event.kind == CAMERA_NOTHING)
			camera_wait(&r->camera, 1000);
	}
	return st;
}

static int tell(struct run *r)
{
	double n = (double)r->wanted * 1e6;
	double models = (double)(models_ns(r->session) - r->models_ns) / n;
	double ours = (double)(r->camera_ns + r->analyse_ns + r->rest_ns) / n;
	pid_t worker = first_child();
	long grown = resident_kb(0) - r->start_kb;
	long worker_grown = resident_kb(worker) - r->start_worker_kb;

	if (r->json)
		printf("{\"frames\":%zu,\"judged\":%zu,\"models_ms\":%.3f,\"camera_ms\":%.3f,"
		       "\"analyse_ms\":%.3f,\"follow_and_judge_ms\":%.3f,\"ratio\":%.3f,"
		       "\"resident_mb\":%.1f,\"worker_mb\":%.1f,\"grown_kb\":%ld,"
		       "\"worker_grown_kb\":%ld}\n",
		       r->wanted, r->judged, models, (double)r->camera_ns / n,
		       (double)r->analyse_ns / n, (double)r->rest_ns / n, ours / models,
		       (double)resident_kb(0) / 1024, (double)resident_kb(worker) / 1024, grown,
		       worker_grown);
	else
		printf("%zu frames, %zu judged; CPU a frame: models %.2f ms; all %.2f ms = %.2f "
		       "times that: camera %.2f, analysis with its models %.2f, tracking, best "
		       "frames and liveness %.2f\nmemory: %ld kB here, %+ld since the warm-up; %ld "
		       "kB in the decoder's process, %+ld\n",
		       r->wanted, r->judged, models, ours, ours / models, (double)r->camera_ns / n,
		       (double)r->analyse_ns / n, (double)r->rest_ns / n, resident_kb(0), grown,
		       resident_kb(worker), worker_grown);
	if (grown > GROWTH_KB || worker_grown > GROWTH_KB) {
		fprintf(stderr, "memory grew\n");
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct camera_options options = {.pace = CAMERA_EVERY,
					       .loop = true,
					       .rate = 20,
					       .max_width = WIDTH,
					       .max_height = HEIGHT};
	static struct run r;
	struct random_source random = os_random();
	char folder[] = "/tmp/tanu-bench-XXXXXX", path[600];
	tanu_error err = {0};
	tanu_status st;
	int code = 1;

	r.json = argc > 1 && strcmp(argv[1], "--json") == 0;
	r.wanted = argc > 1 + r.json ? strtoul(argv[1 + r.json], NULL, 10) : 1000;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!mkdtemp(folder))
		return 1;
	tracker_init(&r.tracker, NULL);
	if ((st = write_pictures(folder, &err)) == TANU_OK &&
	    (st = tanu_engine_open(&r.engine, NULL, &err)) == TANU_OK &&
	    (st = tanu_session_open(&r.session, r.engine, NULL, &err)) == TANU_OK &&
	    (st = liveness_open(&r.judge, &random, &err)) == TANU_OK &&
	    (st = camera_open(&r.camera, folder, &options, &err)) == TANU_OK &&
	    (st = go(&r, &err)) == TANU_OK)
		code = tell(&r);
	camera_close(&r.camera);
	liveness_close(&r.judge);
	tanu_session_close(&r.session);
	tanu_engine_close(&r.engine);
	for (int i = 0; i < PICTURES; i++) {
		snprintf(path, sizeof(path), "%s/%02d.jpg", folder, i);
		unlink(path);
	}
	rmdir(folder);
	return st < 0 ? bench_fail(&err) : code;
}
