/* SPDX-License-Identifier: Apache-2.0 */
/* Does what is shown over frames live? With evidence that the test hands in, and with the real. */
#include "api/bank.h"
#include "api/provoke.h"
#include "face/photos.h"
#include "image/coder.h"
#include "liveness/synthetic.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef TANU_SYNTHETIC_LIVENESS

#define AS_JPEG "Content-Type: image/jpeg\r\n"

static struct liveness_synthetic heard = {.state = LIVENESS_LIVE, .frames_min = 3};

static tanu_status what_the_test_says(struct liveness *out, tanu_error *err)
{
	return liveness_open_synthetic(out, &heard, err);
}

/* A photograph that is moved a little from frame to frame, as a hand does, never twice the same way
 * soon; NULL face: nobody. */
static struct buf shot(const struct photo *face)
{
	static int at;
	struct photo frame = photo_grey(480, 480, 128);
	const struct jpeg_form form = {.colour = JPEG_YCBCR, .whole_chroma = true};
	struct buf jpeg = {0};
	tanu_pixels pixels;

	at++;
	if (face)
		photo_paste(&frame, face, 84 + at % 7, 84 + at % 5, 312, 312);
	pixels = pixels_of(&frame);
	code_jpeg(&jpeg, &pixels, &form);
	photo_free(&frame);
	return jpeg;
}

static void begin(struct office *o, char capture[64])
{
	char hex[ID_HEX_LEN];

	id_hex(hex, &o->mother);
	assert_api(
	    201, api(o, KEY, "POST", "/captures", "{\"subject\":\"%s\",\"use\":\"verify\"}", hex));
	snprintf(capture, 64, "/captures/%s", word(o, "capture"));
}

static void send(struct office *o, enum who who, const char *path, const char *headers,
		 const struct photo *face)
{
	struct buf jpeg = shot(face);

	usleep(33000); /* as a camera does: what moves faster than a person stands at no door */
	assert_int_equal(ask_api(o, who, "POST", path, headers, jpeg.data, jpeg.len), 200);
	buf_free(&jpeg);
}

/* Until so many frames are kept; the number of the last. */
static int sent_to(struct office *o, enum who who, const char *path, const char *headers,
		   const struct photo *face, int keep)
{
	int number = 0;

	for (int at = 0, kept = 0; at < 60 && kept < keep; at++) {
		send(o, who, path, headers, face);
		if (json_get(o->json, "frame")) {
			number = (int)json_number_of(json_get(o->json, "frame"));
			kept++;
		}
	}
	assert_int_not_equal(number, 0);
	return number;
}

static int sent(struct office *o, const char *capture, const struct photo *face, int keep)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/frames", capture);
	return sent_to(o, KEY, path, AS_JPEG, face, keep);
}

static void compare(struct office *o, const char *capture, int number, const char *code)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/verify", capture);
	api(o, KEY, "POST", path, "{\"frames\":[%d]}", number);
	if (code ? strcmp(o->code, code) != 0 : o->status != 200)
		fail_msg("%d %s, not %s", o->status, o->text, code ? code : "done");
}

static void enrolled(struct office *o, const struct photo *face)
{
	struct buf jpeg = shot(face);
	const struct photograph photo = {.name = "photo", .bytes = jpeg.data, .len = jpeg.len};
	struct enrol_result result;

	notice_put(o);
	assert_api(200, api(o, ENROLMENT, "POST", at_subject(&o->mother, "/consents"),
			    "{\"purposes\":[\"access\",\"identity\"],\"by\":\"self\",\"until\":"
			    "\"2027-06-30\"," NOTICE "}"));
	MUST(service_enrol_photos(o->service, &result, &o->mother, &photo, 1, err));
	MUST(service_setting_set(o->service, "match.pad", "sequence", err));
	buf_free(&jpeg);
}

static void judged_by(struct office *o, tanu_status (*judge)(struct liveness *out, tanu_error *err))
{
	o->judge = judge;
	office_restart(o);
}

void a_face_that_lives_over_frames_is_compared(void **state)
{
	struct office *o = *state;
	struct photo face = sheet_face(0, 0);
	char capture[64];
	int number;

	enrolled(o, &face);
	judged_by(o, what_the_test_says);
	heard.state = LIVENESS_LIVE;
	begin(o, capture);
	number = sent(o, capture, &face, 4);
	assert_string_equal(word(o, "live"), "live");
	compare(o, capture, number, NULL);
	assert_has(o->answer, "\"match\":true");
	assert_has(o->answer, "\"pad\":\"synthetic\""); /* said as what it is */
	photo_free(&face);
}

static uint64_t embedded_here(struct office *o)
{
	struct service_report report;

	MUST(service_report(o->service, &report, err));
	return report.embeddings;
}

void before_it_is_seen_to_live_nothing_is_compared(void **state)
{
	struct office *o = *state;
	struct photo face = sheet_face(0, 0);
	uint64_t embedded;
	char capture[64], path[96];
	int number;

	enrolled(o, &face);
	judged_by(o, what_the_test_says);
	embedded = embedded_here(o);
	/* too little, and a single photograph that nobody looked at */
	heard.state = LIVENESS_THIN;
	begin(o, capture);
	number = sent(o, capture, &face, 4);
	compare(o, capture, number, "not-live");
	heard.state = LIVENESS_LIVE; /* she goes on, and then it is enough */
	sent(o, capture, &face, 1);
	compare(o, capture, number, NULL);
	embedded = embedded_here(o);
	heard.state = LIVENESS_LIVE;
	begin(o, capture);
	number = sent(o, capture, &face, 4);
	snprintf(path, sizeof(path), "%s/frames?guide=false", capture);
	send(o, KEY, path, AS_JPEG, &face);
	compare(o, capture, number, "not-live");
	/* an attack: its frames are not kept, and those before it are of no use */
	heard.state = LIVENESS_UNKNOWN;
	begin(o, capture);
	number = sent(o, capture, &face, 2);
	heard.state = LIVENESS_ATTACK;
	heard.reason = LIVENESS_PARALLAX;
	snprintf(path, sizeof(path), "%s/frames", capture);
	send(o, KEY, path, AS_JPEG, &face);
	assert_string_equal(word(o, "live"), "attack");
	assert_string_equal(word(o, "code"), "not-live");
	assert_null(json_get(o->json, "frame"));
	compare(o, capture, number, "not-live");
	assert_int_equal(embedded_here(o), embedded);
	photo_free(&face);
}

/* Somebody lives before the camera, and a photograph of somebody else is what is compared: no. */
void frames_of_who_stood_there_before_are_gone(void **state)
{
	const struct timespec longer = {.tv_sec = 1,
					.tv_nsec = 700000000}; /* than she may be away */
	struct office *o = *state;
	struct photo face = sheet_face(0, 0);
	char capture[64], path[96];
	int first, second;

	enrolled(o, &face);
	judged_by(o, what_the_test_says);
	heard.state = LIVENESS_LIVE;
	begin(o, capture);
	snprintf(path, sizeof(path), "%s/frames", capture);
	first = sent(o, capture, &face, 2);
	nanosleep(&longer, NULL);
	send(o, KEY, path, AS_JPEG, NULL);
	assert_has(o->answer, "\"begun\":true");
	assert_string_equal(word(o, "live"), "unknown");
	second = sent(o, capture, &face, 4);
	assert_true(second > first);
	compare(o, capture, first, "record-missing");
	compare(o, capture, second, NULL);
	photo_free(&face);
}

/* The evidence that counts: what opened above is a photograph after all. */
void with_the_real_evidence_a_photograph_is_denied(void **state)
{
	struct office *o = *state;
	struct photo face = sheet_face(0, 0);
	char capture[64], path[96];
	int number;

	enrolled(o, &face);
	judged_by(o, NULL);
	begin(o, capture);
	snprintf(path, sizeof(path), "%s/frames", capture);
	number = sent(o, capture, &face, 1);
	for (int at = 0; at < 14; at++)
		send(o, KEY, path, AS_JPEG, &face);
	assert_string_not_equal(word(o, "live"), "live");
	compare(o, capture, number, "not-live");
	photo_free(&face);
}

/* The middle part of the answer that was fetched last. */
static const char *claims_of(struct office *o)
{
	static char claims[1024];
	const char *jws = word(o, "jws"), *from = strchr(jws, '.');
	const char *end = from ? strchr(from + 1, '.') : NULL;
	struct buf text = {0};

	assert_non_null(end);
	MUST(base64url_get(&text, from + 1, (size_t)(end - from - 1), err));
	snprintf(claims, sizeof(claims), "%.*s", (int)text.len, (const char *)text.data);
	buf_free(&text);
	return claims;
}

void a_relying_party_is_told_no_of_a_picture(void **state)
{
	struct office *o = *state;
	struct photo face = sheet_face(0, 0);
	char relying[ID_HEX_LEN], person[ID_HEX_LEN];
	struct question q;
	char body[32];

	enrolled(o, &face);
	bank_key(o, relying);
	mother_allows(o, relying, person);
	judged_by(o, what_the_test_says);
	heard.state = LIVENESS_THIN;
	ask_bank(o, &q, person);
	snprintf(body, sizeof(body), "{\"frames\":[%d]}",
		 sent_to(o, NOBODY, "/check/frames", q.as_photo, &face, 3));
	/* too little was seen: the question stays */
	page(o, &q, "POST", "/check/answer", body);
	assert_string_equal(o->code, "not-live");
	heard.state = LIVENESS_ATTACK;
	heard.reason = LIVENESS_FLICKER;
	send(o, NOBODY, "/check/frames", q.as_photo, &face);
	assert_int_equal(page(o, &q, "POST", "/check/answer", body), 204);
	assert_api(200, api(o, KEY, "GET", q.assertion, NULL));
	assert_string_equal(word(o, "state"), "answered");
	assert_has(claims_of(o), "\"result\":\"no\"");
	assert_has(claims_of(o), "\"pad\":\"synthetic\"");
	photo_free(&face);
}

#endif
