/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Photographs of real people through enrol, verify and identify. Needs the test data; whom it takes
 * is found in the folder, so that no name stands here.
 */
#include "service/relying.h"
#include "service/site.h"

#include <math.h>

#define ACCESS TANU_PURPOSE_ACCESS
#define VISIT  TANU_PURPOSE_VISIT
#define PEOPLE 6
#define PHOTOS 4 /* of each */

static struct {
	char path[PEOPLE][PHOTOS][512];
	size_t people;
} data;

/* ---- the photographs ---- */

static bool is_good(tanu_session *session, const char *path)
{
	tanu_image *image = NULL;
	tanu_faces faces;
	tanu_pixels pixels;

	MUST(tanu_image_read(&image, path, NULL, err));
	pixels = tanu_image_pixels(image);
	MUST(tanu_analyse(session, &faces, &pixels, err));
	tanu_image_free(&image);
	return faces.count > 0 && faces.face[faces.chosen].quality.refused == 0;
}

struct chooser {
	const char *dir;
	tanu_session *session;
};

/* Somebody of whom photographs 1 to PHOTOS are there, each good enough to enrol. */
static tanu_status take_folder(void *self, const char *name, tanu_error *unused)
{
	const struct chooser *chooser = self;

	(void)unused;
	if (data.people == PEOPLE)
		return TANU_OK;
	for (int i = 0; i < PHOTOS; i++) {
		char *path = data.path[data.people][i];

		snprintf(path, sizeof(data.path[0][0]), "%s/%s/%s_%04d.jpg", chooser->dir, name,
			 name, i + 1);
		if (!os_exists(path))
			return TANU_OK;
	}
	for (int i = 0; i < PHOTOS; i++)
		if (!is_good(chooser->session, data.path[data.people][i]))
			return TANU_OK;
	data.people++;
	return TANU_OK;
}

static int data_find(void **state)
{
	const char *set = getenv("TANU_TEST_DATA");
	tanu_engine *engine = NULL;
	tanu_session_options options = {0};
	char dir[512];
	struct chooser chooser = {.dir = dir};

	(void)state;
	snprintf(dir, sizeof(dir), "%s/lfw-dev/images",
		 set ? set : TANU_SOURCE_DIR "/../shared/data");
	if (!os_is_dir(dir)) {
		print_message("lfw-dev is not here (TANU_TEST_DATA): skipped\n");
		return 0;
	}
	tanu_quality_bounds_enrol(&options.bounds);
	MUST(tanu_engine_open(&engine, NULL, err));
	MUST(tanu_session_open(&chooser.session, engine, &options, err));
	MUST(os_list_dir(dir, take_folder, &chooser, err));
	tanu_session_close(&chooser.session);
	tanu_engine_close(&engine);
	assert_int_equal(data.people, PEOPLE);
	return 0;
}

static int faces_setup(void **state)
{
	*state = NULL;
	return data.people == PEOPLE ? site_setup(state) : 0;
}

static int faces_teardown(void **state)
{
	return *state ? site_teardown(state) : 0;
}

#define FACES_TEST(name) cmocka_unit_test_setup_teardown(name, faces_setup, faces_teardown)

static struct site *site_or_skip(void **state)
{
	if (!*state)
		skip();
	return *state;
}

/* Add a line to the ini and open again. */
static void set(struct site *site, const char *section, const char *line)
{
	char path[OS_PATH_MAX];
	FILE *ini;

	service_close(&site->s);
	MUST(os_path(path, sizeof(path), site->dir, "tanu.ini", err));
	ini = fopen(path, "a");
	assert_non_null(ini);
	fprintf(ini, "\n[%s]\n%s\n", section, line);
	fclose(ini);
	site_open_dir(site, site->dir);
}

static tanu_id enrolled_person(struct site *site, size_t who, int age, const char *name)
{
	const char *photos[] = {data.path[who][0]};
	struct enrol_result result = {0};
	tanu_id id = add_person(site, name, age), guardian;
	struct consent_order order = order_of(site, &id, ACCESS, 100);

	if (age < 18) {
		guardian = add_person(site, "Guardian", 40);
		add_guardian(site, &id, &guardian);
		order = order_by(site, &id, &guardian, ACCESS, 100);
	}
	MUST(service_consent_give(site->s, &order, err));
	MUST(service_enrol(site->s, &result, &id, photos, 1, err));
	assert_int_equal(result.used, 1);
	assert_false(id_is_zero(&result.reference));
	return id;
}

static struct service_report report_of(struct site *site)
{
	struct service_report report = {0};

	MUST(service_report(site->s, &report, err));
	return report;
}

static void assert_counts(struct site *site, uint64_t n)
{
	struct service_report report = report_of(site);

	assert_int_equal(report.embeddings, n);
	assert_int_equal(report.permits, n);
}

/* ---- enrol ---- */

static void asks_for_consent_before_it_opens_a_photograph(void **state)
{
	struct site *site = site_or_skip(state);
	const char *photos[] = {"/nowhere/to-be-found.jpg"};
	struct enrol_result result = {0};
	tanu_id id = add_person(site, "Aliya", 30);

	REFUSES(TANU_ERR_NO_CONSENT, service_enrol(site->s, &result, &id, photos, 1, err));
	assert_int_equal(result.samples_len, 0);
	assert_null(site->s->engine); /* not even the models were loaded */
	give(site, &id, ACCESS, 30);
	REFUSES(TANU_ERR_FILE_MISSING, service_enrol(site->s, &result, &id, photos, 1, err));
	assert_int_equal(result.samples_len, 1);
	assert_int_equal(result.samples[0].status, TANU_NOT_FOUND);
	REFUSES(TANU_ERR_USAGE, service_enrol(site->s, &result, &id, photos, 0, err));
	assert_counts(site, 0);
}

static void leaves_out_the_photograph_of_somebody_else(void **state)
{
	struct site *site = site_or_skip(state);
	const char *photos[] = {data.path[0][0], data.path[1][0], data.path[0][1], data.path[0][2]};
	struct enrol_result result = {0};
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS, 30);
	MUST(service_enrol(site->s, &result, &id, photos, 4, err));
	assert_int_equal(result.samples_len, 4);
	assert_int_equal(result.used, 3);
	assert_int_equal(result.samples[0].status, TANU_OK);
	assert_int_equal(result.samples[1].status, TANU_REFUSED);
	assert_non_null(strstr(result.samples[1].advice, "somebody else"));
	assert_true(result.quality > 0 && result.quality <= 1);
	assert_counts(site, 4);
}

/* Not a word about quality: nobody has seen a face yet. */
static void photographs_that_are_none_say_so(void **state)
{
	static const char *const missing[] = {"none.jpg", "nowhere.jpg"};
	static const char *const damaged[] = {TANU_SOURCE_DIR "/CMakeLists.txt",
					      TANU_SOURCE_DIR "/LICENSE"};
	struct site *site = site_or_skip(state);
	tanu_id id = add_person(site, "Aliya", 30);
	struct enrol_result result;

	give(site, &id, ACCESS, 30);
	REFUSES(TANU_ERR_FILE_MISSING, service_enrol(site->s, &result, &id, missing, 2, err));
	REFUSES(TANU_ERR_IMAGE_TYPE, service_enrol(site->s, &result, &id, damaged, 2, err));
}

static void refuses_two_photographs_of_two_people(void **state)
{
	struct site *site = site_or_skip(state);
	const char *photos[] = {data.path[0][0], data.path[1][0]};
	struct enrol_result result = {0};
	struct subject_view view = {0};
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS, 30);
	REFUSES(TANU_ERR_FACE_QUALITY, service_enrol(site->s, &result, &id, photos, 2, err));
	MUST(service_subject_get(site->s, &view, &id, err));
	assert_false(view.enrolled);
	assert_counts(site, 2); /* computed, and told */
}

static void goes_on_after_a_photograph_it_cannot_use(void **state)
{
	struct site *site = site_or_skip(state);
	const char *photos[] = {TANU_SOURCE_DIR "/CMakeLists.txt", data.path[0][0]};
	struct enrol_result result = {0};
	tanu_id id = add_person(site, "Aliya", 30);

	give(site, &id, ACCESS, 30);
	MUST(service_enrol(site->s, &result, &id, photos, 2, err));
	assert_int_equal(result.used, 1);
	assert_int_equal(result.samples[0].status, TANU_INPUT);
	assert_counts(site, 1);
}

/* ---- verify ---- */

static tanu_match_result verify(struct site *site, const tanu_id *id, const char *photo)
{
	struct verify_result result = {0};

	MUST(service_verify(site->s, &result, id, TANU_PURPOSE_NONE, photo, err));
	assert_string_equal(result.pad, "frame");
	assert_true(strlen(result.population) > 0);
	assert_float_equal(result.decision.fmr, 1e-4, 1e-9);
	assert_true((result.decision.score >= result.decision.threshold) ==
		    (result.decision.result == TANU_MATCH));
	return result.decision.result;
}

/* The engine is not perfect; that of 3 photographs at least 2 match is far inside its error rate.
 */
static void knows_her_and_not_the_others(void **state)
{
	struct site *site = site_or_skip(state);
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	size_t hers = 0, strangers = 0;

	for (size_t i = 1; i < PHOTOS; i++)
		hers += verify(site, &id, data.path[0][i]) == TANU_MATCH;
	for (size_t who = 1; who < PEOPLE; who++)
		strangers += verify(site, &id, data.path[who][0]) == TANU_MATCH;
	assert_true(hers >= 2);
	assert_int_equal(strangers, 0);
	assert_counts(site, 1 + PHOTOS - 1 + PEOPLE - 1);
	site_reopen(site);
	assert_counts(site, 1 + PHOTOS - 1 + PEOPLE - 1);
}

/* ---- verify with several frames ---- */

static tanu_status verify_frames(struct site *site, struct verify_result *result, const tanu_id *id,
				 const char *const *photos, size_t photos_len, tanu_error *err)
{
	return service_verify_frames(site->s, result, id, ACCESS, photos, photos_len, err);
}

static tanu_status count_uses(void *self, const struct history_view *v, tanu_error *unused)
{
	(void)unused;
	*(size_t *)self += v->event == TANU_EVENT_VERIFIED ||
			   v->event == TANU_EVENT_VERIFY_NO_MATCH ||
			   v->event == TANU_EVENT_VERIFY_REFUSED;
	return TANU_OK;
}

static void frames_of_one_moment_are_one_claim(void **state)
{
	struct site *site = site_or_skip(state);
	const char *photos[] = {data.path[0][1], data.path[0][2], data.path[0][3]};
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	struct verify_result one = {0}, all = {0};
	float least = 1, most = -1, liveness = 1;
	size_t uses = 0;

	for (size_t i = 0; i < 3; i++) {
		MUST(service_verify(site->s, &one, &id, ACCESS, photos[i], err));
		assert_int_equal(one.used, 1);
		least = fminf(least, one.decision.score);
		most = fmaxf(most, one.decision.score);
		liveness = fminf(liveness, one.liveness);
	}
	MUST(verify_frames(site, &all, &id, photos, 3, err));
	assert_int_equal(all.used, 3);
	assert_int_equal(all.samples_len, 3);
	assert_int_equal(all.decision.result, TANU_MATCH);
	/* Their mean: several frames bring nobody closer than the best of them. */
	assert_true(all.decision.score > least && all.decision.score < most);
	assert_true(all.liveness == liveness);
	assert_true(all.quality > 0 && all.quality <= 1);
	MUST(service_history_each(site->s, &id, count_uses, &uses, err));
	assert_int_equal(uses, 3 + 1);
	assert_counts(site, 1 + 3 + 3);
}

static void a_frame_of_somebody_else_costs_itself(void **state)
{
	struct site *site = site_or_skip(state);
	const char *photos[] = {data.path[0][1], data.path[1][0], data.path[0][2]};
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	struct verify_result result = {0};

	MUST(verify_frames(site, &result, &id, photos, 3, err));
	assert_int_equal(result.used, 2);
	assert_int_equal(result.decision.result, TANU_MATCH);
	assert_int_equal(result.samples[1].status, TANU_REFUSED);
	assert_non_null(strstr(result.samples[1].advice, "somebody else"));
	assert_counts(site, 1 + 3);
}

/* One picture of her among a stranger's is what an attacker would bring. */
static void her_picture_among_a_strangers_opens_nothing(void **state)
{
	struct site *site = site_or_skip(state);
	const char *photos[] = {data.path[0][1], data.path[1][0], data.path[1][1]};
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	struct verify_result result = {0};

	MUST(verify_frames(site, &result, &id, photos, 3, err));
	assert_int_equal(result.used, 2);
	assert_int_equal(result.samples[0].status, TANU_REFUSED);
	assert_int_equal(result.decision.result, TANU_NO_MATCH);
	REFUSES(TANU_ERR_FACE_QUALITY, verify_frames(site, &result, &id, photos, 2, err));
	assert_int_equal(result.used, 0);
	assert_int_equal(result.decision.result, TANU_NO_MATCH);
	assert_true(result.decision.score == 0);
	assert_counts(site, 1 + 3 + 2);
}

static void a_spoilt_frame_costs_itself(void **state)
{
	struct site *site = site_or_skip(state);
	const char *text = TANU_SOURCE_DIR "/CMakeLists.txt", *photos[SAMPLES_MAX + 1];
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	struct verify_result result = {0};

	for (size_t i = 0; i <= SAMPLES_MAX; i++)
		photos[i] = text;
	REFUSES(TANU_ERR_IMAGE_TYPE, verify_frames(site, &result, &id, photos, 2, err));
	assert_int_equal(result.samples_len, 2);
	REFUSES(TANU_ERR_USAGE, verify_frames(site, &result, &id, photos, 0, err));
	photos[1] = data.path[0][1];
	REFUSES(TANU_ERR_USAGE, verify_frames(site, &result, &id, photos, SAMPLES_MAX + 1, err));
	assert_counts(site, 1);
	MUST(verify_frames(site, &result, &id, photos, 2, err));
	assert_int_equal(result.used, 1);
	assert_int_equal(result.samples[0].status, TANU_INPUT);
	assert_int_equal(result.decision.result, TANU_MATCH);
	assert_counts(site, 2);
}

static void a_refused_claim_makes_no_embedding(void **state)
{
	struct site *site = site_or_skip(state);
	tanu_id id = enrolled_person(site, 0, 30, "Aliya"), other = add_person(site, "Berik", 30);
	tanu_id nobody = {{5}};
	const char *photo = data.path[0][1];
	struct verify_result result = {0};
	struct erasure_receipt receipt;
	uint64_t before = site->s->engine->calls->counted(site->s->engine);

	REFUSES(TANU_ERR_NO_CONSENT, service_verify(site->s, &result, &id, VISIT, photo, err));
	REFUSES(TANU_ERR_NO_CONSENT, service_verify(site->s, &result, &other, ACCESS, photo, err));
	REFUSES(TANU_ERR_SUBJECT_MISSING,
		service_verify(site->s, &result, &nobody, ACCESS, photo, err));
	give(site, &other, ACCESS, 30);
	REFUSES(TANU_ERR_NO_REFERENCE,
		service_verify(site->s, &result, &other, ACCESS, photo, err));
	REFUSES(TANU_ERR_IMAGE_TYPE, service_verify(site->s, &result, &id, ACCESS,
						    TANU_SOURCE_DIR "/CMakeLists.txt", err));
	MUST(service_consent_withdraw(site->s, &receipt, &id, 0, err));
	REFUSES(TANU_ERR_NO_CONSENT, service_verify(site->s, &result, &id, ACCESS, photo, err));
	assert_int_equal(site->s->engine->calls->counted(site->s->engine), before);
	assert_counts(site, 1);
	assert_int_equal(result.decision.result, TANU_NO_MATCH);
}

static void expiry_stops_a_verification(void **state)
{
	struct site *site = site_or_skip(state);
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	struct verify_result result = {0};

	site->ahead_ms += 102 * DAY;
	REFUSES(TANU_ERR_NO_CONSENT,
		service_verify(site->s, &result, &id, ACCESS, data.path[0][1], err));
	assert_counts(site, 1);
}

static void bounds_of_the_operator_hold(void **state)
{
	struct site *site = site_or_skip(state);
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	struct verify_result result = {0};
	tanu_error error = {0};

	set(site, "quality.door", "inter_eye_px = 500");
	assert_int_equal(service_verify(site->s, &result, &id, ACCESS, data.path[0][1], &error),
			 TANU_REFUSED);
	assert_int_equal(error.code, TANU_ERR_FACE_QUALITY);
	assert_non_null(strstr(error.message, "500"));
	assert_counts(site, 1);
}

/* Only the features can tell: the embedding is made, counted, and compared with nothing. */
static void features_that_say_too_little_are_refused(void **state)
{
	struct site *site = site_or_skip(state);
	const char *photos[] = {data.path[0][0], data.path[0][1]};
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	struct verify_result verified = {0};
	struct enrol_result enrolled = {0};

	set(site, "quality.door", "features = 1");
	REFUSES(TANU_ERR_FACE_QUALITY,
		service_verify(site->s, &verified, &id, TANU_PURPOSE_NONE, data.path[0][1], err));
	set(site, "quality.enrol", "features = 1");
	REFUSES(TANU_ERR_FACE_QUALITY, service_enrol(site->s, &enrolled, &id, photos, 2, err));
	assert_int_equal(enrolled.samples[1].status, TANU_REFUSED);
	assert_non_null(strstr(enrolled.samples[1].advice, "nothing may cover it"));
	assert_counts(site, 4);
}

static void a_photograph_without_a_face_is_refused(void **state)
{
	struct site *site = site_or_skip(state);
	tanu_id id = enrolled_person(site, 0, 30, "Aliya");
	struct verify_result result = {0};
	struct buf grey = {0};
	char path[128];

	buf_printf(&grey, "P5\n320 240\n255\n");
	for (int i = 0; i < 320 * 240; i++)
		buf_u8(&grey, 128);
	snprintf(path, sizeof(path), "%s/grey.pgm", site->root);
	MUST(os_replace_file(path, grey.data, grey.len, 0600, err));
	buf_free(&grey);
	REFUSES(TANU_ERR_NO_FACE, service_verify(site->s, &result, &id, ACCESS, path, err));
	assert_counts(site, 1);
}

/* ---- identify ---- */

static void a_search_is_off_until_a_site_turns_it_on(void **state)
{
	struct site *site = site_or_skip(state);
	struct verify_result result = {0};

	enrolled_person(site, 0, 30, "Aliya");
	REFUSES(TANU_ERR_IDENTIFY_OFF,
		service_identify(site->s, &result, ACCESS, data.path[0][1], err));
	assert_counts(site, 1);
}

static void a_search_finds_consenting_adults_only(void **state)
{
	struct site *site = site_or_skip(state);
	tanu_id adult = enrolled_person(site, 0, 30, "Aliya"), child;
	struct verify_result result = {0};

	child = enrolled_person(site, 1, 12, "Child");
	set(site, "gallery", "cap = 1"); /* the child does not count either */
	MUST(service_identify(site->s, &result, ACCESS, data.path[0][1], err));
	assert_int_equal(result.decision.result, TANU_MATCH);
	assert_true(id_equal(&result.subject, &adult));
	result = (struct verify_result){0};
	MUST(service_identify(site->s, &result, ACCESS, data.path[1][1], err));
	assert_int_equal(result.decision.result, TANU_NO_MATCH);
	assert_true(id_is_zero(&result.subject));
	MUST(service_identify(site->s, &result, VISIT, data.path[0][1], err));
	assert_int_equal(result.decision.result, TANU_NO_MATCH); /* nobody agreed to that */
	assert_int_equal(verify(site, &child, data.path[1][1]), TANU_MATCH);
	assert_counts(site, 2 + 2 + 1);
}

static void a_gallery_beyond_its_cap_is_not_searched(void **state)
{
	struct site *site = site_or_skip(state);
	struct verify_result result = {0};

	enrolled_person(site, 0, 30, "Aliya");
	enrolled_person(site, 1, 30, "Berik");
	set(site, "gallery", "cap = 1");
	REFUSES(TANU_ERR_GALLERY_FULL,
		service_identify(site->s, &result, ACCESS, data.path[0][1], err));
	assert_counts(site, 2);
}

/* ---- all of it ---- */

/* A day with everything in it: the two counts never part. */
static void embeddings_equal_permits_through_a_mixed_run(void **state)
{
	struct site *site = site_or_skip(state);
	struct verify_result result = {0};
	struct enrol_result enrolled = {0};
	struct erasure_receipt receipt;
	tanu_id ids[3];

	for (size_t i = 0; i < 3; i++)
		ids[i] = enrolled_person(site, i, 30, "Somebody");
	for (size_t i = 0; i < 12; i++) {
		tanu_error why = {0};
		const char *photo = data.path[i % PEOPLE][i % PHOTOS];
		const char *two[] = {photo, data.path[(i + 1) % PEOPLE][0]};
		struct service_report report;

		service_verify(site->s, &result, &ids[i % 3], i % 4 ? ACCESS : VISIT, photo, &why);
		if (i % 5 == 0)
			service_enrol(site->s, &enrolled, &ids[i % 3], two, 2, &why);
		if (i == 6)
			MUST(service_consent_withdraw(site->s, &receipt, &ids[0], 0, err));
		if (i == 9)
			site_reopen(site);
		report = report_of(site);
		assert_int_equal(report.embeddings, report.permits);
		assert_true(report.embeddings >= 3);
	}
}

/* ---- answers to relying parties ---- */

static void photo_read(struct buf *out, struct photograph *photo, const char *path)
{
	MUST(os_read_file(out, path, 4 << 20, err));
	*photo = (struct photograph){.name = "frame", .bytes = out->data, .len = out->len};
}

/* The claims of a JWS whose signature holds under the published key. */
static struct json_doc *claims_of(struct site *site, struct buf *jws)
{
	const char *text = buf_cstr(jws), *dot = strchr(text, '.'), *last = strrchr(text, '.'), *x;
	struct buf keys = {0}, key = {0}, signature = {0}, claims = {0}, header = {0};
	struct json_doc *doc = NULL;

	assert_true(dot && last && dot != last);
	MUST(service_assertion_keys(site->s, &keys, err));
	x = strstr(buf_cstr(&keys), "\"x\":\"") + 5;
	MUST(base64url_get(&key, x, strcspn(x, "\""), err));
	MUST(base64url_get(&signature, last + 1, strlen(last + 1), err));
	assert_int_equal(key.len, PUBLIC_KEY_LEN);
	assert_int_equal(signature.len, SIGNATURE_LEN);
	assert_true(sign_verify(signature.data, key.data, text, (size_t)(last - text)));
	MUST(base64url_get(&header, text, (size_t)(dot - text), err));
	assert_non_null(strstr(buf_cstr(&header), "\"alg\":\"EdDSA\""));
	MUST(base64url_get(&claims, dot + 1, (size_t)(last - dot - 1), err));
	MUST(json_parse(&doc, claims.data, claims.len, 4096, "claims", err));
	buf_free(&keys);
	buf_free(&key);
	buf_free(&signature);
	buf_free(&header);
	buf_free(&claims);
	return doc;
}

static const char *claim(const struct json_doc *doc, const char *name)
{
	return json_text_of(json_get(json_root(doc), name));
}

static void a_relying_party_is_told_yes_or_no_and_nothing_else(void **state)
{
	static const char *const never[] = {"score",   "fmr",  "liveness",
					    "quality", "name", "subject"};
	struct site *site = site_or_skip(state);
	tanu_id who = enrolled_person(site, 0, 30, "Anna"), key = {{1}};
	struct buf bytes[3] = {{0}}, jws = {0};
	struct photograph hers[2], others[1];
	struct allowed_order order = {
	    .subject = who, .until = date_in(site, 10), .by = TANU_GIVER_SELF};
	struct allowed_view allowed;
	struct assertion_ask ask;
	struct relying_view bank;
	struct json_doc *doc;
	bool yes = false;

	/* photographs are no live faces */
	MUST(service_setting_set(site->s, "relying.liveness_min", "0", err));
	site_reopen(site);
	give(site, &who, TANU_PURPOSE_IDENTITY, 30);
	MUST(service_relying_add(site->s, &bank, "Bank", "https://bank.example", &key, err));
	order.relying = bank.id;
	MUST(service_allowed_give(site->s, &allowed, &order, err));
	photo_read(&bytes[0], &hers[0], data.path[0][1]);
	photo_read(&bytes[1], &hers[1], data.path[0][2]);
	photo_read(&bytes[2], &others[0], data.path[1][1]);
	ask = (struct assertion_ask){
	    .relying = &bank, .subject = &who, .nonce = "n-1", .photos = hers, .photos_len = 2};
	MUST(service_assertion_answer(site->s, &jws, &yes, &ask, err));
	assert_true(yes);
	doc = claims_of(site, &jws);
	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		assert_null(json_get(json_root(doc), never[i]));
	assert_string_equal(claim(doc, "aud"), "https://bank.example");
	assert_string_equal(claim(doc, "nonce"), "n-1");
	assert_string_equal(claim(doc, "result"), "yes");
	assert_string_equal(claim(doc, "purpose"), "identity");
	assert_string_equal(claim(doc, "pad"), "frame");
	assert_string_equal(claim(doc, "basis"), "consent");
	assert_string_equal(claim(doc, "sub"), allowed.pseudonym);
	json_free(&doc);
	buf_free(&jws);
	ask = (struct assertion_ask){
	    .relying = &bank, .subject = &who, .nonce = "n-2", .photos = others, .photos_len = 1};
	MUST(service_assertion_answer(site->s, &jws, &yes, &ask, err));
	assert_false(yes);
	doc = claims_of(site, &jws);
	assert_string_equal(claim(doc, "result"), "no");
	json_free(&doc);
	buf_free(&jws);
	/* nothing looks as alive as that */
	MUST(service_setting_set(site->s, "relying.liveness_min", "1", err));
	site_reopen(site);
	ask = (struct assertion_ask){
	    .relying = &bank, .subject = &who, .nonce = "n-3", .photos = hers, .photos_len = 2};
	MUST(service_assertion_answer(site->s, &jws, &yes, &ask, err));
	assert_false(yes);
	MUST(service_check(site->s, err));
	buf_free(&jws);
	for (size_t i = 0; i < ARRAY_LEN(bytes); i++)
		buf_free(&bytes[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FACES_TEST(asks_for_consent_before_it_opens_a_photograph),
	    FACES_TEST(leaves_out_the_photograph_of_somebody_else),
	    FACES_TEST(photographs_that_are_none_say_so),
	    FACES_TEST(refuses_two_photographs_of_two_people),
	    FACES_TEST(goes_on_after_a_photograph_it_cannot_use),
	    FACES_TEST(knows_her_and_not_the_others),
	    FACES_TEST(frames_of_one_moment_are_one_claim),
	    FACES_TEST(a_frame_of_somebody_else_costs_itself),
	    FACES_TEST(her_picture_among_a_strangers_opens_nothing),
	    FACES_TEST(a_spoilt_frame_costs_itself),
	    FACES_TEST(a_refused_claim_makes_no_embedding),
	    FACES_TEST(expiry_stops_a_verification),
	    FACES_TEST(bounds_of_the_operator_hold),
	    FACES_TEST(features_that_say_too_little_are_refused),
	    FACES_TEST(a_photograph_without_a_face_is_refused),
	    FACES_TEST(a_search_is_off_until_a_site_turns_it_on),
	    FACES_TEST(a_search_finds_consenting_adults_only),
	    FACES_TEST(a_gallery_beyond_its_cap_is_not_searched),
	    FACES_TEST(embeddings_equal_permits_through_a_mixed_run),
	    FACES_TEST(a_relying_party_is_told_yes_or_no_and_nothing_else),
	};

	return cmocka_run_group_tests_name("service/faces", tests, data_find, NULL);
}
