/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/eye.h"

#include "face/face.h"
#include "gate/beside.h"
#include "gate/features.h"
#include "os/os.h"
#include "sight/sight.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEWS_MAX  32
#define APART_MS  120 /* frames nearer in time are the same picture */
#define HINT_MS	  ((int64_t)1500)
#define WAIT_MS	  100
#define RATE_PART 0.1 /* of a new interval in the mean */

struct eye {
	struct eye_options options;
	tanu_session *session;
	tanu_quality_bounds bounds;
	tanu_faces faces;
	struct sight sight;
	struct beside beside[SECOND_KINDS];
	struct best_frames best;
	struct kept kept[BEST_MAX];
	size_t kept_bytes;
	int64_t hint_ms;
	int64_t last_frame_ms;

	/* shared with the gate's thread */
	pthread_mutex_t lock;
	pthread_t thread;
	bool running;
	atomic_bool stop;
	int told_read, told_write; /* a pipe: there is news */
	struct eye_news news[NEWS_MAX];
	size_t news_first, news_len;
	bool wanted;
	struct eye_want want;
	uint8_t ad[64], sealed[512];
	uint32_t looks;
	struct eye_counts counts;
	struct liveness_result evidence; /* of the present claim, or the one before */
	bool evidence_fresh;		 /* not told yet */
};

/* ---- news ---- */

/* When nobody fetches them the oldest hint goes; results are one a look, so they fit. */
static void news_put(struct eye *e, const struct eye_news *news)
{
	static const uint8_t byte = 1;
	size_t put = 0;

	pthread_mutex_lock(&e->lock);
	if (e->news_len == NEWS_MAX) {
		e->news_first = (e->news_first + 1) % NEWS_MAX;
		e->news_len--;
	}
	e->news[(e->news_first + e->news_len++) % NEWS_MAX] = *news;
	pthread_mutex_unlock(&e->lock);
	if (e->told_write >= 0)
		os_line_write(e->told_write, &byte, 1, &put, NULL);
}

bool eye_next(struct eye *eye, struct eye_news *out)
{
	uint8_t bytes[NEWS_MAX];
	size_t got = 0;
	bool there;

	if (eye->told_read >= 0)
		os_line_read(eye->told_read, bytes, sizeof(bytes), &got, NULL);
	pthread_mutex_lock(&eye->lock);
	if ((there = eye->news_len > 0)) {
		*out = eye->news[eye->news_first];
		eye->news_first = (eye->news_first + 1) % NEWS_MAX;
		eye->news_len--;
	}
	pthread_mutex_unlock(&eye->lock);
	return there;
}

static void hint(struct eye *e, const char *word, int64_t now_ms)
{
	struct eye_news news = {.kind = EYE_HINT, .word = word};

	if (now_ms - e->hint_ms < HINT_MS)
		return;
	e->hint_ms = now_ms;
	news_put(e, &news);
}

int eye_fd(const struct eye *eye)
{
	return eye->told_read;
}

struct eye_counts eye_count(struct eye *eye)
{
	struct eye_counts counts;

	pthread_mutex_lock(&eye->lock);
	counts = eye->counts;
	pthread_mutex_unlock(&eye->lock);
	return counts;
}

/* ---- what is asked ---- */

void eye_look(struct eye *eye, const struct eye_want *want)
{
	pthread_mutex_lock(&eye->lock);
	eye->want = *want;
	eye->want.number = ++eye->looks;
	eye->want.ad = eye->want.sealed = NULL;
	if (want->ad_len <= sizeof(eye->ad) && want->sealed_len <= sizeof(eye->sealed)) {
		if (want->ad_len)
			memcpy(eye->ad, want->ad, want->ad_len);
		if (want->sealed_len)
			memcpy(eye->sealed, want->sealed, want->sealed_len);
	}
	eye->wanted = true;
	eye->evidence_fresh = false;
	pthread_mutex_unlock(&eye->lock);
}

void eye_unlook(struct eye *eye)
{
	pthread_mutex_lock(&eye->lock);
	eye->wanted = false;
	mem_wipe(&eye->want, sizeof(eye->want));
	mem_wipe(eye->sealed, sizeof(eye->sealed));
	pthread_mutex_unlock(&eye->lock);
}

bool eye_evidence(struct eye *eye, struct liveness_result *out)
{
	bool fresh;

	pthread_mutex_lock(&eye->lock);
	fresh = eye->evidence_fresh;
	*out = eye->evidence;
	eye->evidence_fresh = false;
	pthread_mutex_unlock(&eye->lock);
	return fresh;
}

static void evidence_keep(struct eye *e, const struct liveness_result *live)
{
	pthread_mutex_lock(&e->lock);
	e->evidence = *live;
	e->evidence_fresh = true;
	pthread_mutex_unlock(&e->lock);
}

/* The present claim, if there is one. */
static bool want_get(struct eye *e, struct eye_want *out)
{
	bool wanted;

	pthread_mutex_lock(&e->lock);
	if ((wanted = e->wanted)) {
		*out = e->want;
		out->ad = e->ad;
		out->sealed = e->sealed;
	}
	pthread_mutex_unlock(&e->lock);
	return wanted;
}

/* Answered: not again, unless it is asked again. */
static void want_done(struct eye *e, const struct eye_want *want)
{
	pthread_mutex_lock(&e->lock);
	if (e->want.number == want->number)
		e->wanted = false;
	pthread_mutex_unlock(&e->lock);
}

/* ---- one frame ---- */

static void kept_wipe(struct eye *e)
{
	for (size_t i = 0; i < e->best.len; i++) {
		mem_wipe(e->kept[i].rgb, e->kept_bytes);
		mem_wipe(&e->kept[i].face, sizeof(e->kept[i].face));
	}
	best_init(&e->best, e->options.frames, APART_MS);
}

static void keep_frame(struct eye *e, const tanu_pixels *pixels, const tanu_face *face,
		       int64_t at_ms)
{
	size_t row = 3 * (size_t)pixels->width;
	struct kept *kept;
	int slot;

	if (face->quality.refused || row * (size_t)pixels->height > e->kept_bytes)
		return;
	slot = best_offer(&e->best, face->quality.unified, at_ms);
	if (slot < 0)
		return;
	kept = &e->kept[slot];
	for (int32_t y = 0; y < pixels->height; y++)
		memcpy(kept->rgb + (size_t)y * row, pixels->rgb + y * pixels->stride, row);
	kept->pixels = (tanu_pixels){.rgb = kept->rgb,
				     .width = pixels->width,
				     .height = pixels->height,
				     .stride = (ptrdiff_t)row};
	kept->face = *face;
}

/* What she should do so that she can be seen: the first measure that is out of its bounds. */
static const char *advice_word(const struct eye *e, const tanu_quality *quality)
{
	char text[256];
	tanu_quality_measure measure = tanu_quality_advice(text, sizeof(text), quality, &e->bounds);

	switch (measure) {
	case TANU_QUALITY_INTER_EYE:
		return "closer";
	case TANU_QUALITY_EXPOSURE:
	case TANU_QUALITY_CONTRAST:
		return "light";
	case TANU_QUALITY_SHARPNESS:
		return "still";
	case TANU_QUALITY_EYES_LIT:
		return "uncover";
	case TANU_QUALITY_SINGLE:
		return "one";
	case TANU_QUALITY_WHOLE:
		return "back";
	case TANU_QUALITY_YAW:
	case TANU_QUALITY_PITCH:
	case TANU_QUALITY_ROLL:
	case TANU_QUALITY_EYES_OPEN:
	case TANU_QUALITY_CENTRED:
	case TANU_QUALITY_COUNT:
		break;
	}
	return "look-here";
}

static const char *challenge_word(enum liveness_challenge challenge)
{
	switch (challenge) {
	case LIVENESS_TURN_LEFT:
		return "turn-left";
	case LIVENESS_TURN_RIGHT:
		return "turn-right";
	case LIVENESS_TURN_UP:
		return "turn-up";
	case LIVENESS_TURN_NOTHING:
	case LIVENESS_CHALLENGES:
		break;
	}
	return "look-here";
}

/* Is the evidence as good as it gets, so that the claim can be decided? */
static bool ripe(const struct eye *e, const struct liveness_result *live)
{
	if (live->state == LIVENESS_ATTACK)
		return true;
	if (e->best.len == 0)
		return false;
	if (live->state == LIVENESS_LIVE)
		return true;
	/* thin evidence stays so when she was asked to turn and it brought nothing; until then, and
	 * where nobody was asked, it may still become better: the gate says when time is up */
	return live->state == LIVENESS_THIN && live->challenge != LIVENESS_TURN_NOTHING &&
	       !live->challenge_open;
}

static void answer(struct eye *e, const struct eye_want *want, const struct liveness_result *live)
{
	struct eye_news news = {
	    .kind = EYE_RESULT,
	    .result = {.live = live->state, .part = live->reason, .sequence = live->sequence}};

	/* a judge that says what a test told it opens nothing but a door that is not there */
	if (live->synthetic && !e->options.allow_synthetic) {
		news.result.live = LIVENESS_UNKNOWN;
		news.result.sequence = false;
	} else if (live->state == LIVENESS_LIVE ||
		   (live->state == LIVENESS_THIN && want->waiver && !live->lacking)) {
		/* of what is not seen to live no features are computed: they would open nothing */
		features_decide(&e->options, e->session, e->kept, e->best.len, want, &news.result);
	}
	want_done(e, want);
	kept_wipe(e);
	pthread_mutex_lock(&e->lock);
	e->counts.embeddings += news.result.embeddings;
	pthread_mutex_unlock(&e->lock);
	news_put(e, &news);
}

static void judge(struct eye *e, const tanu_face *face, int64_t now_ms)
{
	struct liveness_result live = {.state = LIVENESS_UNKNOWN};
	struct eye_want want;

	if (!want_get(e, &want))
		return;
	if (want.waiver != e->sight.waived) {
		sight_begin(&e->sight, want.waiver, now_ms);
		kept_wipe(e);
		return;
	}
	sight_judge(&e->sight, &live, now_ms);
	evidence_keep(e, &live);
	if (ripe(e, &live))
		answer(e, &want, &live);
	else if (live.challenge_open)
		hint(e, challenge_word(live.challenge), now_ms);
	else if (face->quality.refused)
		hint(e, advice_word(e, &face->quality), now_ms);
}

static int64_t models_ns(const struct eye *e)
{
	const tanu_session *const sessions[] = {e->session,
						e->beside[SECOND_INFRARED].second.session};
	int64_t of[MODEL_TASK_COUNT], sum = 0;

	for (size_t k = 0; k < ARRAY_LEN(sessions) && sessions[k]; k++) {
		session_inference_ns(sessions[k], of);
		for (size_t i = 0; i < MODEL_TASK_COUNT; i++)
			sum += of[i];
	}
	return sum;
}

/* A pass may be shown while nobody's face is looked for: then that alone has the processor. */
static void onlooker_offer(struct eye *e, const struct camera_frame *frame, int64_t now_ms)
{
	const struct camera_onlooker *o = &e->options.onlooker;
	struct eye_want want;

	if (o->frame && !want_get(e, &want))
		o->frame(o->self, &frame->pixels, now_ms);
}

static void frame_take(struct eye *e, const struct camera_frame *frame)
{
	struct eye_news failed = {.kind = EYE_FAILED};
	const tanu_face *face = NULL;
	tanu_status st;

	st = tanu_analyse(e->session, &e->faces, &frame->pixels, &failed.err);
	if (st == TANU_OK) {
		st = sight_frame(&e->sight, &face, &frame->pixels, &e->faces, frame->at_ms,
				 &failed.err);
		if (e->sight.begun)
			kept_wipe(e);
	}
	if (st == TANU_OK && face) {
		keep_frame(e, &frame->pixels, face, frame->at_ms);
		judge(e, face, frame->at_ms);
	}
	if (st < 0)
		news_put(e, &failed);
	pthread_mutex_lock(&e->lock);
	e->counts.frames++;
	e->counts.models_ns = models_ns(e);
	for (int i = 0; i < SECOND_KINDS; i++)
		e->counts.second[i] = e->beside[i].second.seen;
	if (e->last_frame_ms && frame->at_ms > e->last_frame_ms) {
		double rate = 1000.0 / (double)(frame->at_ms - e->last_frame_ms);

		e->counts.frames_per_s += RATE_PART * (rate - e->counts.frames_per_s);
	}
	pthread_mutex_unlock(&e->lock);
	e->last_frame_ms = frame->at_ms;
}

static void others_step(struct eye *e, int64_t now_ms)
{
	for (int i = 0; i < SECOND_KINDS; i++) {
		struct beside *b = &e->beside[i];
		struct eye_news news = {.kind = EYE_SECOND, .second = (enum second_kind)i};

		if (!b->camera.ops || !beside_step(b, now_ms))
			continue;
		if (!(news.on = b->state == BESIDE_ON))
			tanu_fail(&news.err, TANU_ERR_DEVICE, "camera", "%s", b->why);
		news_put(e, &news);
	}
}

void eye_step(struct eye *eye, int64_t now_ms)
{
	struct camera_event event = {.kind = CAMERA_NOTHING};
	struct eye_news news = {.kind = EYE_NOTHING};
	tanu_status st;

	others_step(eye, now_ms);
	st = camera_next(&eye->options.camera, &event, now_ms, &news.err);
	if (st < 0) {
		news.kind = EYE_OFFLINE;
		news_put(eye, &news);
		return;
	}
	switch (event.kind) {
	case CAMERA_FRAME:
		onlooker_offer(eye, &event.frame, now_ms);
		frame_take(eye, &event.frame);
		return;
	case CAMERA_ONLINE:
		sight_restart(&eye->sight);
		kept_wipe(eye);
		news.kind = EYE_ONLINE;
		break;
	case CAMERA_OFFLINE:
	case CAMERA_ENDED:
		sight_restart(&eye->sight);
		kept_wipe(eye);
		news.kind = EYE_OFFLINE;
		tanu_fail(&news.err, TANU_ERR_DEVICE, "camera", "%s",
			  event.kind == CAMERA_ENDED ? "it is at its end" : event.why);
		break;
	case CAMERA_TROUBLE:
		news.kind = EYE_TROUBLE;
		news.trouble = event.trouble;
		break;
	case CAMERA_NOTHING:
		return;
	}
	news_put(eye, &news);
}

/* ---- its thread ---- */

static void *run(void *self)
{
	struct eye *e = self;

	while (!atomic_load(&e->stop)) {
		camera_wait(&e->options.camera, WAIT_MS);
		eye_step(e, os_monotonic_ns() / 1000000);
	}
	return NULL;
}

static tanu_status memory_take(struct eye *e, tanu_error *err)
{
	e->kept_bytes = 3 * (size_t)e->options.max_width * (size_t)e->options.max_height;
	for (size_t i = 0; i < e->options.frames; i++)
		if (!(e->kept[i].rgb = malloc(e->kept_bytes)))
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
					 "not enough memory for the camera's frames");
	return TANU_OK;
}

static tanu_status session_take(struct eye *e, tanu_error *err)
{
	tanu_session_options options = {.measure_max = 1};

	tanu_quality_bounds_door(&e->bounds);
	options.bounds = e->bounds;
	return tanu_session_open(&e->session, e->options.engine, &options, err);
}

/* Where a second camera is, nobody is taken for living of whom it says nothing. */
static tanu_status others_take(struct eye *e, struct sight_options *seen, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (int i = 0; i < SECOND_KINDS && st == TANU_OK; i++) {
		if (!e->options.second[i].camera.ops)
			continue;
		st = beside_open(&e->beside[i], (enum second_kind)i, &e->options.second[i],
				 e->options.engine, err);
		seen->second[i] = &e->beside[i].second;
		seen->life.need |= 1U << second_kind_part((enum second_kind)i);
	}
	return st;
}

tanu_status eye_open(struct eye **out, const struct eye_options *options, tanu_error *err)
{
	struct sight_options seen = {.track = {.near_height = (float)options->near_percent / 100},
				     .life = {.challenge_always = options->turn_always}};
	struct eye *e = calloc(1, sizeof(*e));
	tanu_status st;

	if (!e)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the camera");
	e->options = *options;
	e->told_read = e->told_write = -1;
	pthread_mutex_init(&e->lock, NULL);
	best_init(&e->best, e->options.frames, APART_MS);
	st = others_take(e, &seen, err);
	sight_open(&e->sight, options->liveness, &seen);
	if (st == TANU_OK && (st = memory_take(e, err)) == TANU_OK &&
	    (st = session_take(e, err)) == TANU_OK && options->thread &&
	    (st = os_line_pipe(&e->told_read, &e->told_write, err)) == TANU_OK) {
		if (pthread_create(&e->thread, NULL, run, e) == 0)
			e->running = true;
		else
			st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "no thread for the camera");
	}
	if (st == TANU_OK) {
		*out = e;
	} else {
		/* cameras and judge stay the caller's */
		e->options.camera = (struct camera){0};
		for (int i = 0; i < SECOND_KINDS; i++)
			e->beside[i].camera = (struct camera){0};
		e->sight.judge = (struct liveness){0};
		eye_close(&e);
	}
	return st;
}

void eye_close(struct eye **eye)
{
	struct eye *e = *eye;

	if (!e)
		return;
	atomic_store(&e->stop, true);
	if (e->running)
		pthread_join(e->thread, NULL);
	camera_close(&e->options.camera);
	for (int i = 0; i < SECOND_KINDS; i++)
		beside_close(&e->beside[i]);
	sight_close(&e->sight);
	tanu_session_close(&e->session);
	for (size_t i = 0; i < BEST_MAX; i++) {
		if (e->kept[i].rgb)
			mem_wipe(e->kept[i].rgb, e->kept_bytes);
		free(e->kept[i].rgb);
	}
	os_line_close(&e->told_read);
	os_line_close(&e->told_write);
	pthread_mutex_destroy(&e->lock);
	mem_wipe(e, sizeof(*e));
	free(e);
	*eye = NULL;
}
