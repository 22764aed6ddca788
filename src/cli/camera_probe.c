/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"
#include "device/camera.h"

#include <stdio.h>

#define SECONDS	   5
#define WAIT_MS	   250 /* at most between two looks, for the progress line */
#define PATIENCE_S 15  /* for the first frame */

/* What was seen of a camera; no picture is kept. */
struct probe {
	struct camera camera;
	struct camera_format format;
	bool online, ended;
	int64_t opened_ms, first_ms, last_ms; /* monotonic */
	uint64_t first_number, last_number, taken;
	double latency_sum, latency_worst; /* ms from decoded to here */
	enum camera_trouble trouble;
	char why[CAMERA_WHY_LEN];
	int losses;
};

static void count_frame(struct probe *p, const struct camera_frame *frame, int64_t now_ms)
{
	double late = (double)(now_ms - frame->at_ms);

	if (p->taken == 0) {
		p->first_ms = frame->at_ms;
		p->first_number = frame->number;
	}
	p->last_ms = frame->at_ms;
	p->last_number = frame->number;
	p->taken++;
	p->latency_sum += late;
	if (late > p->latency_worst)
		p->latency_worst = late;
}

static void take(struct probe *p, const struct camera_event *event, int64_t now_ms)
{
	switch (event->kind) {
	case CAMERA_ONLINE:
		p->online = true;
		p->format = event->format;
		break;
	case CAMERA_FRAME:
		count_frame(p, &event->frame, now_ms);
		break;
	case CAMERA_OFFLINE:
		p->losses += p->online;
		snprintf(p->why, sizeof(p->why), "%s", event->why);
		break;
	case CAMERA_TROUBLE:
		p->trouble = event->trouble;
		break;
	case CAMERA_ENDED:
		p->ended = true;
		break;
	case CAMERA_NOTHING:
		break;
	}
}

/* Until the seconds are over, counted from the first frame. */
static bool is_over(const struct probe *p, double seconds, int64_t now_ms)
{
	if (p->ended)
		return true;
	if (p->taken == 0)
		return now_ms - p->opened_ms > PATIENCE_S * 1000;
	return (double)(now_ms - p->first_ms) >= seconds * 1000;
}

static tanu_status watch(struct probe *p, double seconds, tanu_error *err)
{
	struct camera_event event;
	int64_t now_ms = p->opened_ms;
	tanu_status st = TANU_OK;

	while (!is_over(p, seconds, now_ms) &&
	       (st = camera_next(&p->camera, &event, now_ms, err)) == TANU_OK) {
		take(p, &event, now_ms);
		if (event.kind == CAMERA_NOTHING)
			camera_wait(&p->camera, WAIT_MS);
		now_ms = os_monotonic_ns() / 1000000;
	}
	return st;
}

static double frames_a_second(const struct probe *p)
{
	double seconds = (double)(p->last_ms - p->first_ms) / 1000;

	return seconds > 0 ? (double)(p->last_number - p->first_number) / seconds : 0;
}

static void say_format(struct run *run, const struct probe *p)
{
	const struct camera_format *f = &p->format;

	say(run, "Format     %s in %s, %d x %d px", f->codec, f->container, f->from_width,
	    f->from_height);
	if (f->width != f->from_width || f->height != f->from_height)
		say(run, ", scaled down to %d x %d", f->width, f->height);
	say(run, "\nRate       ");
	if (f->rate > 0)
		say(run, "%.1f frames a second as it says, ", (double)f->rate);
	say(run, "%.1f as they came\n", frames_a_second(p));
}

static void answer(struct run *run, const struct probe *p, const char *name)
{
	struct json_w *w = &run->jw;
	double latency = p->latency_sum / (double)p->taken;
	uint64_t decoded = p->last_number - p->first_number + 1;

	say(run, "Camera     ");
	say_clean(run, name);
	say(run, "\n");
	say_format(run, p);
	say(run, "Start      the first frame came after %.1f s\n",
	    (double)(p->first_ms - p->opened_ms) / 1000);
	say(run,
	    "Latency    %.1f ms from decoded to here, at worst %.0f; what the camera and the "
	    "network take beside it can't be seen from here\n",
	    latency, p->latency_worst);
	say(run, "Frames     %llu taken of %llu\n", (unsigned long long)p->taken,
	    (unsigned long long)decoded);
	say(run, "Picture    ");
	say_tint(run, p->trouble ? TINT_BAD : TINT_GOOD,
		 p->trouble ? camera_trouble_word(p->trouble) : "fine");
	say(run, "\n");
	if (p->losses)
		say(run, "Lost       %d times: %s\n", p->losses, p->why);
	jw_clean(w, "camera", name);
	jw_text(w, "codec", p->format.codec);
	jw_text(w, "container", p->format.container);
	jw_int(w, "width", p->format.width);
	jw_int(w, "height", p->format.height);
	jw_int(w, "stream_width", p->format.from_width);
	jw_int(w, "stream_height", p->format.from_height);
	jw_float(w, "stated_rate", p->format.rate);
	jw_float(w, "rate", (float)frames_a_second(p));
	jw_int(w, "start_ms", p->first_ms - p->opened_ms);
	jw_real(w, "latency_ms", latency);
	jw_real(w, "latency_worst_ms", p->latency_worst);
	jw_int(w, "frames_taken", (int64_t)p->taken);
	jw_int(w, "frames", (int64_t)decoded);
	jw_text(w, "trouble", camera_trouble_word(p->trouble));
	jw_int(w, "lost", p->losses);
}

static tanu_status probe(struct run *run, tanu_error *err)
{
	const char *source = run->args.operands[0];
	struct probe p = {.opened_ms = os_monotonic_ns() / 1000000};
	char name[CAMERA_NAME_LEN];
	double seconds = SECONDS;
	tanu_status st;

	camera_name(name, source);
	if (args_has(&run->args, "seconds") &&
	    (st = args_real(&seconds, &run->args, "seconds", 0.1, 3600, err)) < 0)
		return st;
	if ((st = camera_open(&p.camera, source, NULL, err)) < 0)
		return st;
	st = watch(&p, seconds, err);
	camera_close(&p.camera);
	if (st < 0)
		return st;
	if (p.taken == 0)
		return tanu_fail(err, TANU_ERR_DEVICE, name, "%s",
				 *p.why ? p.why : "no picture came from the camera");
	answer(run, &p, name);
	run->exit = p.trouble ? TANU_EXIT_NO_MATCH : TANU_EXIT_YES;
	return TANU_OK;
}

const struct verb verb_camera_probe = {
    .group = "camera",
    .action = "probe",
    .brief = "Show what a camera gives: format, rate, latency, trouble",
    .about = "Opens the camera as a gate would, counts its frames, and looks whether the picture "
	     "is black, covered or frozen. No face is looked for and no picture is kept. A name "
	     "and password in the address go to the camera and are not printed; other users of "
	     "this machine can see them while the command runs.\n\nThe exit code is 0: fine; 1: "
	     "something is wrong with the picture; 5: no picture came.",
    .example = "tanu camera probe rtsp://192.0.2.10/stream1 --seconds 10",
    .options = {{"seconds", VALUE_WORD, "SECONDS", NULL, false,
		 "How long to look, from the first frame on; 5 if not given"}},
    .operands = {{"SOURCE", VALUE_FILE, 1, 1,
		  "rtsp:// or http:// address, device such as /dev/video0, video file, or folder "
		  "of pictures"}},
    .fields = {{"camera", "the source, without name and password"},
	       {"codec", "how its pictures are coded"},
	       {"container", "how they come: rtsp, mpjpeg, v4l2, folder, ..."},
	       {"width", "px, as handed out"},
	       {"height", "px, likewise"},
	       {"stream_width", "px, as the stream has it"},
	       {"stream_height", "px, likewise"},
	       {"stated_rate", "frames a second, as the stream says; 0: it does not"},
	       {"rate", "frames a second, as they came"},
	       {"start_ms", "from opening to the first frame"},
	       {"latency_ms", "from decoded to here, mean"},
	       {"latency_worst_ms", "likewise, worst"},
	       {"frames_taken", "frames that were looked at"},
	       {"frames", "frames that were decoded; of what is between the newest was taken"},
	       {"trouble", "none, black, covered or frozen"},
	       {"lost", "times that it was lost after it had shown pictures"}},
    .run = probe,
};
