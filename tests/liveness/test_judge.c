/* SPDX-License-Identifier: Apache-2.0 */
/* Fusing, challenges, and the judge as the gate calls it: on a drawn picture and a made-up face. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "liveness/made.h"
#include "liveness/synthetic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH	 320
#define HEIGHT	 240
#define FRAME_MS 50
#define NOISE	 0.01F

/* ---- fusing ---- */

static const struct liveness_options plain = {0};

static struct liveness_result strong(void)
{
	struct liveness_result r = {.sequence = true};

	r.part[LIVENESS_TEXTURE] = (struct liveness_evidence){.present = true, .support = 4};
	r.part[LIVENESS_PARALLAX] = (struct liveness_evidence){.present = true, .support = 2};
	return r;
}

static void a_clear_attack_in_any_part_denies(void **state)
{
	(void)state;
	for (int i = 0; i < LIVENESS_PARTS; i++) {
		struct liveness_result r = strong();

		r.part[i] = (struct liveness_evidence){.present = true, .attack = true};
		fuse(&r, &plain);
		assert_int_equal(r.state, LIVENESS_ATTACK);
		assert_int_equal(r.reason, i);
		/* However short it was seen. */
		r.sequence = false;
		fuse(&r, &plain);
		assert_int_equal(r.state, LIVENESS_ATTACK);
	}
}

static void support_is_summed(void **state)
{
	struct liveness_result r = strong();

	(void)state;
	fuse(&r, &plain);
	assert_int_equal(r.state, LIVENESS_LIVE);
	assert_true(r.support == 6 && r.probability > 0.99F);
	r.part[LIVENESS_MOIRE] = (struct liveness_evidence){.present = true, .support = -5};
	fuse(&r, &plain);
	assert_int_equal(r.state, LIVENESS_THIN);
	assert_int_equal(r.reason, LIVENESS_MOIRE);
	r = (struct liveness_result){.sequence = true};
	fuse(&r, &plain);
	assert_int_equal(r.state, LIVENESS_THIN);
	r = strong();
	r.sequence = false;
	fuse(&r, &plain);
	assert_int_equal(r.state, LIVENESS_UNKNOWN);
}

static void the_highest_care_asks_everybody(void **state)
{
	const struct liveness_options care = {.challenge_always = true};
	struct liveness_result r = strong();

	(void)state;
	fuse(&r, &care);
	assert_int_equal(r.state, LIVENESS_THIN);
	r.part[LIVENESS_CHALLENGE] = (struct liveness_evidence){.present = true, .support = 3};
	fuse(&r, &care);
	assert_int_equal(r.state, LIVENESS_LIVE);
}

/* ---- the challenge ---- */

static uint32_t drawn;

static void draw(void *self, void *out, size_t len)
{
	(void)self;
	memcpy(out, &drawn, len);
}

static const struct random_source chance = {.fill = draw};

/* Turned by so much after so long, once it was asked. */
static struct challenge answer_with(uint32_t which, float yaw, float pitch, int64_t after_ms)
{
	const struct liveness_options options = {.challenge_ms = 4000};
	struct trace t = {0};
	struct challenge c = {0};
	struct observation o;

	drawn = which;
	made_observation(&o, &(struct stand){.yaw = 3, .at = {160, 120}, .eyes_px = 40}, NOISE, 0);
	trace_add(&t, &o);
	challenge_put(&c, &t, &chance, 100);
	for (int64_t at = 150; at <= 100 + after_ms; at += 50) {
		float share = at == 100 + after_ms ? 1 : 0;

		made_observation(&o,
				 &(struct stand){.yaw = 3 + share * yaw,
						 .pitch = share * pitch,
						 .at = {160, 120},
						 .eyes_px = 40},
				 NOISE, at);
		trace_add(&t, &o);
		challenge_look(&c, &t, &options, at);
	}
	return c;
}

static void a_challenge_is_answered_by_the_turn_that_was_asked(void **state)
{
	static const struct {
		enum liveness_challenge asked;
		float yaw, pitch;
	} turns[] = {
	    {LIVENESS_TURN_LEFT, 20, 0}, {LIVENESS_TURN_RIGHT, -20, 0}, {LIVENESS_TURN_UP, 0, 15}};

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		for (uint32_t k = 0; k < 3; k++) {
			struct challenge c = answer_with(i, turns[k].yaw, turns[k].pitch, 1000);

			assert_int_equal(c.asked, turns[i].asked);
			assert_int_equal(c.answered, i == k);
			/* The opposite of what was asked ends it at once. */
			assert_int_equal(c.failed, (i == 0 && k == 1) || (i == 1 && k == 0));
		}
		assert_false(answer_with(i, turns[i].yaw / 2, turns[i].pitch / 2, 1000).answered);
		/* Before anybody could have understood, and after its time. */
		assert_false(answer_with(i, turns[i].yaw, turns[i].pitch, 50).answered);
		assert_true(answer_with(i, turns[i].yaw, turns[i].pitch, 4500).failed);
	}
}

static void another_face_does_not_answer_it(void **state)
{
	const struct liveness_options options = {.challenge_ms = 4000};
	struct trace t = {0};
	struct challenge c = {0};
	struct observation o;

	(void)state;
	drawn = 0;
	made_observation(&o, &(struct stand){.at = {60, 120}, .eyes_px = 20}, NOISE, 0);
	trace_add(&t, &o);
	challenge_put(&c, &t, &chance, 50);
	made_observation(&o, &(struct stand){.yaw = 30, .at = {260, 120}, .eyes_px = 20}, NOISE,
			 300);
	trace_add(&t, &o);
	challenge_look(&c, &t, &options, 300);
	assert_false(c.answered);
	assert_true(c.failed);
}

/* ---- the judge ---- */

struct scene {
	uint8_t rgb[HEIGHT][WIDTH][3];
	tanu_pixels image;
	tanu_face face;
	struct liveness judge;
	struct liveness_result result;
};

static int scene_begin(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	if (!s || liveness_open(&s->judge, &chance, NULL) < 0)
		return -1;
	memset(s->rgb, 128, sizeof(s->rgb));
	s->image = (tanu_pixels){&s->rgb[0][0][0], WIDTH, HEIGHT, 3 * WIDTH};
	made_noise_from(3);
	*state = s;
	return 0;
}

static int scene_end(void **state)
{
	struct scene *s = *state;

	liveness_close(&s->judge);
	free(s);
	return 0;
}

static void see(struct scene *s, const struct stand *stand, float texture, int frame)
{
	const struct liveness_view view = {&s->image, &s->face, NULL, (int64_t)frame * FRAME_MS};
	struct observation o;

	made_observation(&o, stand, NOISE, view.at_ms);
	s->face = (tanu_face){.measured = true, .liveness = texture, .eye_open = {1, 1}};
	memcpy(s->face.box, o.box, sizeof(o.box));
	memcpy(s->face.landmarks, o.landmarks, sizeof(o.landmarks));
	memcpy(s->face.pose, o.pose, sizeof(o.pose));
	s->face.five[1][0] = stand->eyes_px;
	assert_int_equal(liveness_observe(&s->judge, &view, NULL), TANU_OK);
	liveness_judge(&s->judge, &s->result, view.at_ms);
}

static void a_live_face_is_live_within_a_second(void **state)
{
	struct scene *s = *state;
	int frame = 0;

	liveness_begin(&s->judge, NULL, 0);
	for (; frame < 20 && s->result.state != LIVENESS_LIVE; frame++) {
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.995F, frame);
		assert_int_not_equal(s->result.state, LIVENESS_ATTACK);
	}
	/* Eight frames, 350 ms. */
	assert_int_equal(frame, 8);
	assert_true(s->result.sequence && !s->result.synthetic);
	assert_int_equal(s->result.frames, 8);
	assert_int_equal(s->result.challenge, LIVENESS_TURN_NOTHING);
}

/* A still of the best of faces, played into the camera: the same to the last digit, for 10 s. */
static void a_copied_frame_is_no_sequence(void **state)
{
	struct scene *s = *state;

	liveness_begin(&s->judge, NULL, 0);
	for (int frame = 0; frame < 200; frame++) {
		made_noise_from(3);
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.995F, frame);
		assert_int_not_equal(s->result.state, LIVENESS_LIVE);
		assert_false(s->result.sequence);
		assert_int_equal(s->result.frames, 1);
	}
	/* One that lives, behind it, is looked at afresh. */
	for (int frame = 200; frame < 208; frame++)
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.995F, frame);
	assert_int_equal(s->result.state, LIVENESS_LIVE);
}

static void paper_is_an_attack_at_once(void **state)
{
	struct scene *s = *state;

	liveness_begin(&s->judge, NULL, 0);
	for (int i = 0; i < 4; i++)
		see(s, &(struct stand){.flat = true, .at = {160, 120}, .eyes_px = 40}, 0.02F, i);
	assert_int_equal(s->result.state, LIVENESS_ATTACK);
	assert_int_equal(s->result.reason, LIVENESS_TEXTURE);
	/* It stays one until the next face begins. */
	liveness_begin(&s->judge, NULL, 1000);
	liveness_judge(&s->judge, &s->result, 1000);
	assert_int_equal(s->result.state, LIVENESS_UNKNOWN);
	assert_int_equal(s->result.frames, 0);
}

static void thin_evidence_asks_and_an_answer_opens(void **state)
{
	struct scene *s = *state;
	int frame = 0;

	drawn = 1; /* right: the viewer's left */
	liveness_begin(&s->judge, NULL, 0);
	while (frame < 14) /* up to 650 ms: nobody is asked yet */
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.7F, frame++);
	assert_int_equal(s->result.state, LIVENESS_THIN);
	assert_false(s->result.challenge_open);
	while (!s->result.challenge_open && frame < 30)
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.7F, frame++);
	assert_int_equal(s->result.challenge, LIVENESS_TURN_RIGHT);
	for (int i = 0; i < 10; i++)
		see(s, &(struct stand){.yaw = -2.5F * (float)i, .at = {160, 120}, .eyes_px = 40},
		    0.7F, frame++);
	assert_int_equal(s->result.state, LIVENESS_LIVE);
	assert_true(s->result.part[LIVENESS_CHALLENGE].present);
	assert_false(s->result.challenge_open);
}

static void without_an_answer_it_stays_thin(void **state)
{
	struct scene *s = *state;

	liveness_begin(&s->judge, NULL, 0);
	for (int i = 0; i < 120; i++)
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.7F, i);
	assert_int_equal(s->result.state, LIVENESS_THIN);
	assert_false(s->result.challenge_open);
	assert_int_not_equal(s->result.challenge, LIVENESS_TURN_NOTHING);
}

static void a_waiver_leaves_the_eyes_out_and_says_so(void **state)
{
	const struct liveness_options waived = {.waive_eyes = true};
	struct scene *s = *state;

	liveness_begin(&s->judge, &waived, 0);
	for (int i = 0; i < 10; i++)
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.995F, i);
	assert_true(s->result.eyes_waived);
	assert_false(s->result.part[LIVENESS_EYES].present);
	assert_int_equal(s->result.state, LIVENESS_LIVE);
	/* An attack stays one. */
	liveness_begin(&s->judge, &waived, 1000);
	for (int i = 30; i < 40; i++)
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.01F, i);
	assert_int_equal(s->result.state, LIVENESS_ATTACK);
}

/* ---- pixels ---- */

static void look_at(struct scene *s, struct observation *o, float eyes_px)
{
	const struct liveness_view view = {&s->image, &s->face, NULL, 0};

	see(s, &(struct stand){.at = {160, 120}, .eyes_px = eyes_px}, 0.99F, 0);
	look(o, &view);
}

static void set_grey(struct scene *s, int x, int y, int grey)
{
	memset(s->rgb[y][x], grey < 0 ? 0 : grey > 255 ? 255 : grey, 3);
}

static void a_grid_stands_out_of_the_spectrum(void **state)
{
	struct scene *s = *state;
	struct observation o;

	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			set_grey(s, x, y, 128 + (int)(12 * made_noise()));
	look_at(s, &o, 50);
	assert_true(o.moire > 1 && o.moire < 30);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			set_grey(s, x, y,
				 128 + (int)(12 * made_noise() +
					     10 * sinf(1.9F * (float)x + 0.7F * (float)y)));
	look_at(s, &o, 50);
	assert_true(o.moire > 60);
	/* JPEG's own blocks are no screen. */
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			set_grey(s, x, y,
				 128 + (int)(6 * made_noise()) + (x % 8 == 0 ? 10 : 0) +
				     (y % 8 == 0 ? 10 : 0));
	look_at(s, &o, 50);
	assert_true(o.moire < 60);
}

static void the_sides_of_a_rectangle_are_found(void **state)
{
	struct scene *s = *state;
	struct observation o;

	/* Bright within 110..210, 60..190; the face is 80 px wide about 160, 120. */
	for (int y = 60; y < 190; y++)
		for (int x = 90; x < 230; x++)
			set_grey(s, x, y, 200);
	look_at(s, &o, 40);
	for (int i = 0; i < 4; i++)
		assert_true(o.edge[i] >= 0.85F);
	assert_true(fabsf(o.edge_at[0] - 70.0F / 80) < 0.06F);
	assert_true(fabsf(o.edge_at[1] - 60.0F / 80) < 0.06F);
	assert_true(fabsf(o.edge_at[2] - 70.0F / 80) < 0.06F);
	assert_true(fabsf(o.edge_at[3] - 70.0F / 80) < 0.06F);
	memset(s->rgb, 128, sizeof(s->rgb));
	look_at(s, &o, 40);
	for (int i = 0; i < 4; i++)
		assert_true(o.edge[i] < 0.2F);
}

static void a_face_at_the_border_reads_no_other_memory(void **state)
{
	static const float at[][2] = {{0, 0}, {320, 240}, {-500, 100}, {160, 5000}};
	struct scene *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		see(s, &(struct stand){.at = {at[i][0], at[i][1]}, .eyes_px = 150}, 0.9F, (int)i);
	see(s, &(struct stand){.at = {NAN, NAN}, .eyes_px = 150}, 0.9F, 9);
	see(s, &(struct stand){.at = {1e30F, -1e30F}, .eyes_px = 1e30F}, 0.9F, 10);
}

#ifdef TANU_SYNTHETIC_LIVENESS
static void a_synthetic_judge_says_that_it_is_one(void **state)
{
	struct scene *s = *state;
	struct liveness_synthetic say = {.state = LIVENESS_LIVE, .after_ms = 200, .frames_min = 3};

	liveness_close(&s->judge);
	assert_int_equal(liveness_open_synthetic(&s->judge, &say, NULL), TANU_OK);
	liveness_begin(&s->judge, NULL, 0);
	for (int i = 0; i <= 4; i++) {
		see(s, &(struct stand){.at = {160, 120}, .eyes_px = 40}, 0.01F, i);
		assert_true(s->result.synthetic);
		assert_int_equal(s->result.state, i < 4 ? LIVENESS_UNKNOWN : LIVENESS_LIVE);
	}
	say.state = LIVENESS_ATTACK;
	say.reason = LIVENESS_EDGES;
	liveness_judge(&s->judge, &s->result, 300);
	assert_int_equal(s->result.state, LIVENESS_ATTACK);
	assert_true(s->result.part[LIVENESS_EDGES].attack);
}
#endif

static void words_are_there(void **state)
{
	(void)state;
	assert_string_equal(liveness_part_word(LIVENESS_PARALLAX), "parallax");
	assert_string_equal(liveness_part_attack(LIVENESS_PARALLAX), "it moves as a plane");
	assert_string_equal(liveness_state_word(LIVENESS_THIN), "thin");
	assert_string_equal(liveness_challenge_word(LIVENESS_TURN_UP), "up");
	assert_string_equal(liveness_part_word(LIVENESS_PARTS), "unknown");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_begin, scene_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_clear_attack_in_any_part_denies),
	    cmocka_unit_test(support_is_summed),
	    cmocka_unit_test(the_highest_care_asks_everybody),
	    cmocka_unit_test(a_challenge_is_answered_by_the_turn_that_was_asked),
	    cmocka_unit_test(another_face_does_not_answer_it),
	    SCENE(a_live_face_is_live_within_a_second),
	    SCENE(a_copied_frame_is_no_sequence),
	    SCENE(paper_is_an_attack_at_once),
	    SCENE(thin_evidence_asks_and_an_answer_opens),
	    SCENE(without_an_answer_it_stays_thin),
	    SCENE(a_waiver_leaves_the_eyes_out_and_says_so),
	    SCENE(a_grid_stands_out_of_the_spectrum),
	    SCENE(the_sides_of_a_rectangle_are_found),
	    SCENE(a_face_at_the_border_reads_no_other_memory),
#ifdef TANU_SYNTHETIC_LIVENESS
	    SCENE(a_synthetic_judge_says_that_it_is_one),
#endif
	    cmocka_unit_test(words_are_there),
	};

	return cmocka_run_group_tests_name("liveness/judge", tests, NULL, NULL);
}
