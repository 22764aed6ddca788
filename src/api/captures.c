/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Photographs on their way to one use. A capture is of one person, one use and one session; its
 * frames lie in memory alone, for five minutes at the longest, and are wiped with it. Where memory
 * for frames is full, nothing is dropped to make room: a new frame is refused.
 *
 * A capture for comparing watches one face: frames of it are kept as long as it is that face, and
 * whether it lives is judged from all of them, kept or not, by the time at which they came.
 */
#include "api/operations.h"
#include "print/print.h"
#include "sight/sight.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPTURES_MAX	 64
#define CAPTURE_LIFE_MS	 ((int64_t)5 * 60000)
#define FRAMES_BYTES_MAX ((size_t)128 << 20)

struct capture {
	tanu_id id;		/* zero: free */
	tanu_id owner, subject; /* owner: an account, or a check */
	bool enrol;
	tanu_purpose purpose;
	int64_t expires_ms;
	struct buf frame[SAMPLES_MAX];
	size_t frames;
	size_t dropped;	     /* frames of another face before: their numbers do not come again */
	struct sight *sight; /* under the guard of the API; NULL: it is for enrolling */
	struct liveness_result live;
	uint64_t latest, first; /* numbers of the last frame seen, and of the first that counts */
	bool unseen;		/* a frame was kept that nobody looked at: it may show anybody */
	unsigned looks;		/* at frames of it, under way */
	bool over;		/* wiped; gone when no look is under way */
	struct pass pass;	/* that was shown, where references are on passes */
	bool has_pass;
	bool used; /* a use has it; it is wiped after it */
};
struct captures {
	pthread_mutex_t lock;
	struct capture v[CAPTURES_MAX];
	size_t bytes;
};

tanu_status captures_open(struct captures **out, tanu_error *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	pthread_mutex_init(&(*out)->lock, NULL);
	return TANU_OK;
}

/* Under the lock. */
static void frames_drop(struct captures *all, struct capture *one)
{
	for (size_t i = 0; i < one->frames; i++) {
		all->bytes -= one->frame[i].len;
		buf_wipe(&one->frame[i]);
	}
	one->dropped += one->frames;
	one->frames = 0;
	one->unseen = false;
}

/* Under the lock. */
static void capture_drop(struct captures *all, struct capture *one)
{
	frames_drop(all, one);
	if (one->looks) {
		one->over = true;
		return;
	}
	if (one->sight) {
		sight_close(one->sight);
		free(one->sight);
	}
	mem_wipe(one, sizeof(*one));
}

void captures_close(struct captures **captures)
{
	struct captures *all = *captures;

	if (!all)
		return;
	for (size_t i = 0; i < CAPTURES_MAX; i++)
		capture_drop(all, &all->v[i]);
	pthread_mutex_destroy(&all->lock);
	free(all);
	*captures = NULL;
}

void captures_sweep(struct api *api)
{
	struct captures *all = api->captures;
	int64_t now_ms = clock_now(&api->clock);

	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < CAPTURES_MAX; i++)
		if (!id_is_zero(&all->v[i].id) && !all->v[i].used && !all->v[i].over &&
		    (now_ms >= all->v[i].expires_ms ||
		     now_ms < all->v[i].expires_ms - CAPTURE_LIFE_MS))
			capture_drop(all, &all->v[i]);
	pthread_mutex_unlock(&all->lock);
}

static tanu_status missing(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_RECORD_MISSING, "capture",
			 "there is no such capture, or its time is over: begin again");
}

struct owned owned_of(const struct call *c)
{
	return (struct owned){.capture = call_param_id(c, "capture"), .owner = c->who.account};
}

/* Under the lock; NULL: there is none of this owner, or it is in use. */
static struct capture *capture_of(const struct call *c, const struct owned *which)
{
	const tanu_id id = which->capture;
	struct captures *all = c->api->captures;

	for (size_t i = 0; i < CAPTURES_MAX; i++) {
		struct capture *one = &all->v[i];

		if (!id_is_zero(&id) && id_equal(&one->id, &id) && !one->used && !one->over &&
		    id_equal(&one->owner, &which->owner) &&
		    clock_now(&c->api->clock) < one->expires_ms)
			return one;
	}
	return NULL;
}

/* ---- beginning and ending ---- */

/*
 * A browser on a slow line sends fewer frames than a gate's camera gives. And whoever sits at it
 * can give it a picture in the place of its camera, which no edge, grid or flicker gives away:
 * nothing counts as living here before it has turned its head as it was asked.
 */
#define LOST_MS 1500

static tanu_status sight_make(const struct api *api, struct sight **out, tanu_error *err)
{
	const struct sight_options options = {.track = {.lost_ms = LOST_MS},
					      .life = {.challenge_always = true}};
	const struct random_source random = os_random();
	struct liveness judge;
	struct sight *sight = calloc(1, sizeof(*sight));
	tanu_status st;

	if (!sight)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = api->options.judge ? api->options.judge(&judge, err)
				: liveness_open(&judge, &random, err);
	if (st < 0) {
		free(sight);
		return st;
	}
	sight_open(sight, judge, &options);
	*out = sight;
	return TANU_OK;
}

static tanu_status capture_new(struct call *c, struct capture *out, tanu_error *err)
{
	struct captures *all = c->api->captures;
	struct random_source random = os_random();
	struct capture *one = NULL;
	tanu_status st;

	captures_sweep(c->api);
	if (!out->enrol && (st = sight_make(c->api, &out->sight, err)) < 0)
		return st;
	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < CAPTURES_MAX && !one; i++)
		if (id_is_zero(&all->v[i].id))
			one = &all->v[i];
	if (one) {
		random_fill(&random, out->id.b, sizeof(out->id.b));
		*one = *out;
	}
	pthread_mutex_unlock(&all->lock);
	if (one)
		return TANU_OK;
	if (out->sight)
		sight_close(out->sight);
	free(out->sight);
	return tanu_fail(err, TANU_ERR_FOLDER_BUSY, NULL,
			 "too many photographs are being taken at once: try again in a minute");
}

tanu_status op_capture_begin(struct call *c, tanu_error *err)
{
	struct capture capture = {.owner = c->who.account,
				  .enrol = !strcmp(call_text(c, "use"), "enrol"),
				  .purpose = TANU_PURPOSE_ACCESS,
				  .expires_ms = clock_now(&c->api->clock) + CAPTURE_LIFE_MS};
	unsigned purpose = 0;
	tanu_status st;

	if (json_get(c->body, "purpose") &&
	    tanu_purposes_parse(&purpose, call_text(c, "purpose"), NULL) == TANU_OK)
		capture.purpose = (tanu_purpose)purpose;
	call_id(c, &capture.subject, "subject");
	if (capture.enrol && !c->by_key && !(c->who.roles & ROLE_ENROLMENT))
		return tanu_fail(err, TANU_ERR_ROLE, "use", "this account may not enrol");
	if (!capture.enrol && (st = tablet_needed(c, err)) < 0)
		return st;
	if ((st = service_capture_check(c->api->service, &capture.subject,
					capture.enrol ? TANU_PURPOSE_NONE : capture.purpose, err)) <
		0 ||
	    (st = capture_new(c, &capture, err)) < 0)
		return st;
	c->status = 201;
	jw_object(&c->w, NULL);
	jw_id(&c->w, "capture", &capture.id);
	jw_int(&c->w, "expires_ms", capture.expires_ms);
	jw_int(&c->w, "frames_max", SAMPLES_MAX);
	jw_end_object(&c->w);
	return TANU_OK;
}

tanu_status capture_make(struct call *c, struct owned *which, const tanu_id *subject,
			 tanu_purpose purpose, tanu_error *err)
{
	struct capture capture = {.owner = which->owner,
				  .subject = *subject,
				  .purpose = purpose,
				  .expires_ms = clock_now(&c->api->clock) + CAPTURE_LIFE_MS};
	tanu_status st = capture_new(c, &capture, err);

	which->capture = capture.id;
	return st;
}

bool capture_forget(struct call *c, const struct owned *which)
{
	struct captures *all = c->api->captures;
	struct capture *one;

	pthread_mutex_lock(&all->lock);
	one = capture_of(c, which);
	if (one)
		capture_drop(all, one);
	pthread_mutex_unlock(&all->lock);
	return one != NULL;
}

tanu_status op_capture_end(struct call *c, tanu_error *err)
{
	const struct owned which = owned_of(c);

	c->status = 204;
	return capture_forget(c, &which) ? TANU_OK : missing(err);
}

/* ---- frames ---- */

/* Under the lock. */
static tanu_status frame_keep(struct call *c, struct capture *one, size_t *number, tanu_error *err)
{
	struct captures *all = c->api->captures;
	struct buf *frame = &one->frame[one->frames];
	tanu_status st;

	if (one->frames == SAMPLES_MAX)
		return tanu_fail(err, TANU_ERR_GALLERY_FULL, NULL, "%d frames are enough: use them",
				 SAMPLES_MAX);
	if (all->bytes + c->request->body_len > FRAMES_BYTES_MAX)
		return tanu_fail(err, TANU_ERR_FOLDER_BUSY, NULL,
				 "too many photographs wait at once: try again in a minute");
	*frame = (struct buf){0};
	buf_put(frame, c->request->body, c->request->body_len);
	if ((st = buf_check(frame, err)) < 0)
		return st;
	all->bytes += frame->len;
	*number = one->dropped + ++one->frames;
	return TANU_OK;
}

static bool query_says_no(const struct call *c, const char *name)
{
	const char *text = http_query(c->request, name);

	return text && !strcmp(text, "false");
}

static void put_box(struct json_w *w, const float box[4])
{
	jw_array(w, "box");
	for (int i = 0; i < 4; i++)
		jw_float(w, NULL, box[i]);
	jw_end_array(w);
}

static void put_live(struct json_w *w, const struct frame_view *v)
{
	jw_text(w, "live", liveness_state_word(v->live.state));
	if (v->live.challenge_open)
		jw_text(w, "turn", liveness_challenge_word(v->live.challenge));
	if (v->begun)
		jw_bool(w, "begun", true);
}

static void answer_frame(struct json_w *w, const struct frame_view *v, size_t number)
{
	jw_object(w, NULL);
	if (v->watched)
		put_live(w, v);
	jw_bool(w, "usable", v->usable);
	if (number)
		jw_int(w, "frame", (int64_t)number);
	jw_int(w, "faces", (int64_t)v->faces);
	if (v->faces) {
		jw_float(w, "quality", v->quality);
		jw_float(w, "liveness", v->liveness);
		put_box(w, v->box);
	}
	if (v->code != TANU_ERR_NONE)
		jw_text(w, "code", tanu_error_name(v->code));
	if (v->measure != TANU_QUALITY_COUNT) {
		jw_text(w, "measure", tanu_quality_name(v->measure));
		jw_text(w, "direction", v->high ? "high" : "low");
	}
	if (*v->advice)
		put_clean(w, "advice", v->advice);
	jw_end_object(w);
}

static tanu_status frame_look(struct call *c, struct frame_view *out, const struct capture *one,
			      tanu_error *err)
{
	const struct photograph photo = {
	    .name = "frame", .bytes = c->request->body, .len = c->request->body_len};
	const struct frame_ask ask = {.photo = &photo,
				      .enrol = one->enrol,
				      .sight = one->sight,
				      .at_ms = os_monotonic_ns() / 1000000};
	tanu_status st = TANU_OK;

	if (photo.len == 0)
		return tanu_fail(err, TANU_ERR_IMAGE_EMPTY, "frame", "this image has no bytes");
	api_enter(c->api);
	if ((st = api_there(c->api, err)) == TANU_OK)
		st = service_frame_look(c->api->service, out, &ask, err);
	api_leave(c->api);
	return st;
}

/* It stays where it is until look_end, whoever ends it meanwhile. */
static struct capture *look_begin(const struct call *c, const struct owned *which)
{
	struct captures *all = c->api->captures;
	struct capture *one;

	pthread_mutex_lock(&all->lock);
	if ((one = capture_of(c, which)))
		one->looks++;
	pthread_mutex_unlock(&all->lock);
	return one;
}

/*
 * Under the lock. Answers may come in another order than the frames were seen in: an older one
 * changes nothing, and is not kept where evidence has begun anew since.
 */
static tanu_status frame_settle(struct call *c, struct capture *one, const struct frame_view *view,
				size_t *number, bool keep, tanu_error *err)
{
	if (view->watched && view->first > one->first) {
		frames_drop(c->api->captures, one);
		one->first = view->first;
	}
	if (view->watched && view->number > one->latest) {
		one->latest = view->number;
		one->live = view->live;
	}
	if (!keep || (view->watched && view->number < one->first))
		return TANU_OK;
	one->unseen = one->unseen || !view->watched;
	return frame_keep(c, one, number, err);
}

static tanu_status look_end(struct call *c, struct capture *one, const struct frame_view *view,
			    size_t *number, bool keep, tanu_error *err)
{
	struct captures *all = c->api->captures;
	tanu_status st = TANU_OK;

	pthread_mutex_lock(&all->lock);
	one->looks--;
	if (one->over) {
		capture_drop(all, one);
		st = missing(err);
	} else if (one->used) {
		st = missing(err); /* its frames are being looked at */
	} else if (view) {
		st = frame_settle(c, one, view, number, keep, err);
	}
	pthread_mutex_unlock(&all->lock);
	return st;
}

tanu_status capture_take(struct call *c, const struct owned *which, tanu_error *err)
{
	struct frame_view view = {0};
	struct capture *one = look_begin(c, which);
	size_t number = 0;
	tanu_status st = TANU_OK;

	if (!one)
		return missing(err);
	if (query_says_no(c, "guide")) {
		view.usable = true; /* for all that is known */
		view.measure = TANU_QUALITY_COUNT;
	} else {
		st = frame_look(c, &view, one, err);
	}
	if (st < 0) {
		(void)look_end(c, one, NULL, NULL, false, NULL);
		return st;
	}
	if ((st = look_end(c, one, &view, &number, view.usable && !query_says_no(c, "keep"),
			   err)) == TANU_OK)
		answer_frame(&c->w, &view, number);
	return st;
}

tanu_status op_capture_frame(struct call *c, tanu_error *err)
{
	const struct owned which = owned_of(c);

	return capture_take(c, &which, err);
}

/* ---- a pass that is shown ---- */

/* Whose it is and whether it holds is told at once: nobody need look into a camera for nothing. */
static tanu_status pass_check(const struct call *c, struct pass_view *out, const struct pass *pass,
			      const tanu_id *subject, tanu_error *err)
{
	tanu_id holder;
	tanu_status st = service_pass_holder(c->api->service, &holder, out, pass, err);

	if (st < 0)
		return st;
	if (!id_equal(&holder, subject))
		return tanu_fail(err, TANU_ERR_PASS, NULL, "this pass is of somebody else");
	if (out->state != PASS_VALID)
		return tanu_fail(err, TANU_ERR_PASS, NULL, "this pass is %s: a new one is needed",
				 service_pass_state_name(out->state));
	return TANU_OK;
}

/* Copies whose capture it is; false: there is none. */
static bool capture_subject(const struct call *c, const struct owned *which, tanu_id *subject)
{
	struct captures *all = c->api->captures;
	const struct capture *one;

	pthread_mutex_lock(&all->lock);
	if ((one = capture_of(c, which)))
		*subject = one->subject;
	pthread_mutex_unlock(&all->lock);
	return one != NULL;
}

static bool pass_keep(const struct call *c, const struct owned *which, const struct pass *pass)
{
	struct captures *all = c->api->captures;
	struct capture *one;

	pthread_mutex_lock(&all->lock);
	if ((one = capture_of(c, which))) {
		one->pass = *pass;
		one->has_pass = true;
	}
	pthread_mutex_unlock(&all->lock);
	return one != NULL;
}

tanu_status op_capture_pass(struct call *c, tanu_error *err)
{
	const struct owned which = owned_of(c);
	struct pass_view view;
	struct buf picture = {0};
	struct pass pass = {0};
	char number[2 * PASS_NUMBER_LEN + 1];
	tanu_id subject;
	tanu_status st;

	if (!capture_subject(c, &which, &subject))
		return missing(err);
	buf_put(&picture, c->request->body, c->request->body_len);
	if ((st = buf_check(&picture, err)) == TANU_OK &&
	    (st = service_pass_shown(c->api->service, &pass, &picture, err)) == TANU_OK &&
	    (st = pass_check(c, &view, &pass, &subject, err)) == TANU_OK &&
	    !pass_keep(c, &which, &pass))
		st = missing(err);
	if (st == TANU_OK) {
		hex_encode(number, view.number, PASS_NUMBER_LEN);
		jw_object(&c->w, NULL);
		jw_text(&c->w, "number", number);
		jw_bool(&c->w, "spare", view.spare);
		put_date(&c->w, "until", view.until);
		jw_end_object(&c->w);
	}
	buf_wipe(&picture);
	mem_wipe(&pass, sizeof(pass));
	return st;
}

/* ---- using them ---- */

static tanu_status frames_choose(const struct call *c, struct use *use, tanu_error *err)
{
	json_value list = json_get(c->body, "frames");

	for (size_t i = 0; i < json_len(list) && i < SAMPLES_MAX; i++) {
		const size_t number = (size_t)json_number_of(json_at(list, i));
		const size_t gone = use->capture->dropped;

		if (number <= gone || number > gone + use->capture->frames)
			return tanu_fail(err, TANU_ERR_RECORD_MISSING, "frames",
					 "there is no frame %zu, or not any more", number);
		use->number[use->len] = (int64_t)number;
		use->photo[use->len++] =
		    (struct photograph){.name = "frame",
					.bytes = use->capture->frame[number - gone - 1].data,
					.len = use->capture->frame[number - gone - 1].len};
	}
	return TANU_OK;
}

/* The capture is this call's alone from here on. */
tanu_status use_begin(const struct call *c, struct use *use, const struct owned *which, bool enrol,
		      tanu_error *err)
{
	struct captures *all = c->api->captures;
	tanu_status st;

	*use = (struct use){.len = 0};
	pthread_mutex_lock(&all->lock);
	use->capture = capture_of(c, which);
	if (!use->capture)
		st = missing(err);
	else if (use->capture->enrol != enrol)
		st = tanu_fail(err, TANU_ERR_RECORD_MISSING, "capture",
			       "this capture was begun for another use");
	else
		st = frames_choose(c, use, err);
	if (st == TANU_OK) {
		use->capture->used = true;
		if (!use->capture->unseen)
			use->live = use->capture->live;
	} else {
		use->capture = NULL;
	}
	pthread_mutex_unlock(&all->lock);
	return st;
}

/* Refused for what the frames show: others may be taken. Anything else ends the capture. */
void use_end(const struct call *c, struct use *use, bool done)
{
	struct captures *all = c->api->captures;

	if (!use->capture)
		return;
	pthread_mutex_lock(&all->lock);
	use->capture->used = false;
	if (done)
		capture_drop(all, use->capture);
	pthread_mutex_unlock(&all->lock);
}

/* Refused since too little was seen yet: more frames may follow. */
static bool may_go_on(const struct use *use, const tanu_error *err)
{
	return err && err->code == TANU_ERR_NOT_LIVE && use->live.state != LIVENESS_ATTACK;
}

static void put_samples(struct json_w *w, const struct use *use,
			const struct sample_result *samples, size_t len)
{
	jw_array(w, "samples");
	for (size_t i = 0; i < len; i++) {
		jw_object(w, NULL);
		jw_int(w, "frame", use->number[i]);
		jw_bool(w, "used", samples[i].status == TANU_OK);
		jw_float(w, "quality", samples[i].quality);
		if (*samples[i].advice)
			put_clean(w, "advice", samples[i].advice);
		jw_end_object(w);
	}
	jw_end_array(w);
}

tanu_status op_capture_enrol(struct call *c, tanu_error *err)
{
	struct enrol_result result = {.used = 0};
	const struct owned which = owned_of(c);
	struct use use;
	tanu_status st = use_begin(c, &use, &which, true, err);

	if (st == TANU_OK)
		st = service_enrol_photos(c->api->service, &result, &use.capture->subject,
					  use.photo, use.len, err);
	if (st == TANU_OK) {
		feed_say(c->api, "enrolled", &use.capture->subject);
		jw_object(&c->w, NULL);
		jw_int(&c->w, "used", (int64_t)result.used);
		jw_float(&c->w, "quality", result.quality);
		jw_bool(&c->w, "second_factor", result.second_factor);
		put_samples(&c->w, &use, result.samples, result.samples_len);
		jw_end_object(&c->w);
	}
	use_end(c, &use, st == TANU_OK);
	return st;
}

static void answer_verify(struct call *c, const struct use *use, const struct verify_result *r)
{
	struct json_w *w = &c->w;
	bool match = r->decision.result == TANU_MATCH;

	feed_say(c->api, match ? "verified" : "verify-no-match", &use->capture->subject);
	jw_object(w, NULL);
	jw_bool(w, "match", match);
	jw_real(w, "fmr", r->decision.fmr);
	jw_bool(w, "fmr_extrapolated", r->decision.extrapolated);
	jw_float(w, "liveness", r->liveness);
	jw_text(w, "pad", r->pad);
	jw_bool(w, "second_factor", r->second_factor);
	jw_int(w, "used", (int64_t)r->used);
	put_samples(w, use, r->samples, r->samples_len);
	jw_end_object(w);
}

tanu_status op_capture_verify(struct call *c, tanu_error *err)
{
	struct verify_result result = {.used = 0};
	const struct owned which = owned_of(c);
	struct use use;
	struct verify_ask ask;
	tanu_status st = use_begin(c, &use, &which, false, err);

	if (st == TANU_OK) {
		ask = (struct verify_ask){.subject = &use.capture->subject,
					  .purpose = use.capture->purpose,
					  .pass = use.capture->has_pass ? &use.capture->pass : NULL,
					  .photos = use.photo,
					  .photos_len = use.len,
					  .live = &use.live};
		st = service_verify_photos(c->api->service, &result, &ask, err);
	}
	if (st == TANU_OK)
		answer_verify(c, &use, &result);
	use_end(c, &use, st == TANU_OK || !may_go_on(&use, err));
	return st;
}

/* ---- passes: what is printed ---- */

static tanu_status cards_print(struct call *c, const struct pass_issued *issued,
			       const struct person *person, tanu_error *err)
{
	const char *language = json_get(c->body, "language") ? call_text(c, "language") : "en";
	const char *site = settings_text(service_setting_values(c->api->service), "site.name");
	struct print_card card[PASSES_AT_ONCE];
	struct buf code[PASSES_AT_ONCE] = {{0}};
	char number[PASSES_AT_ONCE][PASS_NUMBER_TEXT_LEN], until[PASSES_AT_ONCE][DATE_TEXT_LEN];
	tanu_status st;

	for (size_t i = 0; i < issued->len; i++) {
		date_text(until[i], issued->view[i].until);
		pass_number_text(number[i], issued->view[i].number);
		pass_put(&code[i], &issued->pass[i]);
		card[i] = (struct print_card){.name = person->name,
					      .site = site,
					      .until = until[i],
					      .number = number[i],
					      .language = language,
					      .spare = i > 0,
					      .code = code[i].data,
					      .code_len = code[i].len};
	}
	st = print_cards(&c->out, card, issued->len, err);
	for (size_t i = 0; i < issued->len; i++)
		buf_wipe(&code[i]);
	return st;
}

tanu_status op_capture_passes(struct call *c, tanu_error *err)
{
	struct pass_issued issued = {.len = 0};
	struct subject_view view = {0};
	const struct owned which = owned_of(c);
	struct use use;
	tanu_status st = use_begin(c, &use, &which, true, err);

	if (st == TANU_OK &&
	    (st = service_subject_get(c->api->service, &view, &use.capture->subject, err)) ==
		TANU_OK &&
	    (st = service_pass_issue_photos(c->api->service, &issued, &use.capture->subject,
					    use.photo, use.len, call_flag(c, "spare"), err)) ==
		TANU_OK) {
		feed_say(c->api, "pass-issued", &use.capture->subject);
		put_plain(c, "application/pdf");
		st = cards_print(c, &issued, &view.person, err);
	}
	use_end(c, &use, st == TANU_OK);
	mem_wipe(&issued, sizeof(issued));
	mem_wipe(&view, sizeof(view));
	return st;
}
