/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A visitor tries her own face: two pictures from a camera (or a video file), consent asked in
 * words, one verification, and then she is forgotten.
 */
#include "demo/run.h"

#include <stdio.h>
#include <string.h>

#include "device/camera.h"
#include "image/image.h"

#define QUALITY	    95 /* of the JPEG that enrolment reads */
#define PATIENCE_MS 15000

static tanu_status write_picture(const tanu_pixels *pixels, const char *out, tanu_error *err)
{
	struct buf jpeg = {0};
	tanu_status st = image_write_jpeg(&jpeg, pixels, QUALITY, err);

	if (st >= 0)
		st = os_replace_file(out, jpeg.data, jpeg.len, 0600, err);
	buf_wipe(&jpeg);
	return st;
}

/* The first frame that is so far into the stream; true in *taken. */
static tanu_status look(struct camera *camera, int64_t skip_ms, const char *out, bool *taken,
			tanu_error *err)
{
	int64_t now_ms = os_monotonic_ns() / 1000000, end_ms = now_ms + PATIENCE_MS;
	struct camera_event event = {0};

	while (now_ms < end_ms && event.kind != CAMERA_ENDED) {
		tanu_status st = camera_next(camera, &event, now_ms, err);

		if (st < 0)
			return st;
		if (event.kind == CAMERA_OFFLINE)
			return tanu_fail(err, TANU_ERR_DEVICE, "camera", "%s", event.why);
		if (event.kind == CAMERA_FRAME && event.frame.media_ms >= skip_ms) {
			*taken = true;
			return write_picture(&event.frame.pixels, out, err);
		}
		if (event.kind == CAMERA_NOTHING)
			camera_wait(camera, end_ms - now_ms);
		now_ms = os_monotonic_ns() / 1000000;
	}
	return TANU_OK;
}

/* One frame, `skip_ms` in: a camera needs a moment to find its exposure. */
static tanu_status take_picture(const char *source, int64_t skip_ms, const char *out,
				tanu_error *err)
{
	const struct camera_options options = {.pace = CAMERA_EVERY};
	struct camera camera = {0};
	bool taken = false;
	tanu_status st;

	if ((st = camera_open(&camera, source, &options, err)) < 0)
		return st;
	st = look(&camera, skip_ms, out, &taken, err);
	camera_close(&camera);
	if (st >= 0 && !taken)
		return tanu_fail(err, TANU_ERR_DEVICE, "camera", "no picture came from the camera");
	return st;
}

static bool ask(const struct demo *d, const char *question)
{
	char answer[16] = "";

	fprintf(d->options->out, "     %s ", question);
	fflush(d->options->out);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	answer[strcspn(answer, "\r\n")] = '\0';
	return strcmp(answer, "yes") == 0;
}

static tanu_status enrol_visitor(struct demo *d, const tanu_id *id, const char *photo,
				 tanu_error *err)
{
	static const char text[] =
	    "Demo: your face is stored sealed in a temporary folder, compared "
	    "once, and erased at the end of this demo.";
	const char *photos[] = {photo};
	struct enrol_result enrol = {0};
	struct consent_order order = {
	    .subject = *id,
	    .purposes = TANU_PURPOSE_ACCESS,
	    .giver = TANU_GIVER_SELF,
	    .until = date_from_ms(os_clock().now_ms(NULL) + 86400000),
	    .notice = {.text = text,
		       .text_len = sizeof(text) - 1,
		       .language = "en",
		       .version = "demo-camera"},
	};
	tanu_status st;

	if ((st = service_consent_give(d->service, &order, err)) < 0)
		return st;
	return service_enrol(d->service, &enrol, id, photos, 1, err);
}

static tanu_status forget_visitor(struct demo *d, const tanu_id *id, const char *first,
				  const char *second, tanu_error *err)
{
	struct erasure_receipt receipt = {0};
	tanu_status st = service_subject_remove(d->service, &receipt, id, err);
	tanu_status first_st = os_destroy_file(first, st < 0 ? NULL : err);
	tanu_status second_st = os_destroy_file(second, st < 0 ? NULL : err);

	if (st < 0 || (st = first_st) < 0 || (st = second_st) < 0)
		return st;
	tell_outcome(d, receipt.reference_erased, "you are forgotten: %zu keys destroyed",
		     receipt.keys_destroyed);
	return TANU_OK;
}

/* A picture without a usable face is told to the visitor and is no failure of the demo. */
static void compare_visitor(struct demo *d, const tanu_id *id, const char *photo)
{
	struct verify_result result = {0};
	tanu_error refusal = {0};

	if (demo_verify(d, &result, id, photo, &refusal) < 0)
		tell(d, "second picture refused: %s", refusal.message);
	else
		tell(d,
		     "%s: score %.3f, threshold %.3f (false match rate 1 in %.0f%s), liveness %.2f",
		     result.decision.result == TANU_MATCH ? "recognised" : "not recognised",
		     (double)result.decision.score, (double)result.decision.threshold,
		     1 / result.decision.fmr, demo_extrapolated(&result.decision),
		     (double)result.liveness);
}

tanu_status demo_camera(struct demo *d, tanu_error *err)
{
	const struct person visitor = {.name = "Visitor", .born = {1980, 1, 1}};
	char first[DEMO_PATH], second[DEMO_PATH];
	tanu_error refusal = {0};
	tanu_id id;
	tanu_status st;

	tell_heading(d, "7. Your own face");
	tell(d,
	     "Two pictures are taken. The first is stored sealed until the end of this demo, the "
	     "second");
	tell(d, "is compared with it. Both are erased in a minute. For adults only.");
	if (!ask(d, "Type yes to agree, anything else to go on without:")) {
		tell(d, "No picture was taken.");
		return TANU_OK;
	}
	if ((st = demo_open_site(d, err)) < 0 ||
	    (st = os_path(first, sizeof(first), d->dir, "photos/visitor-1.jpg", err)) < 0 ||
	    (st = os_path(second, sizeof(second), d->dir, "photos/visitor-2.jpg", err)) < 0 ||
	    (st = service_subject_add(d->service, &id, &visitor, err)) < 0)
		return st;
	if ((st = take_picture(d->options->camera, 500, first, &refusal)) >= 0 &&
	    (st = enrol_visitor(d, &id, first, &refusal)) >= 0 &&
	    (st = take_picture(d->options->camera, 1500, second, &refusal)) >= 0)
		compare_visitor(d, &id, second);
	if (st < 0)
		tell(d, "%s", refusal.message);
	st = forget_visitor(d, &id, first, second, err);
	service_close(&d->service);
	return st;
}
