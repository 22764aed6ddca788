/* SPDX-License-Identifier: Apache-2.0 */
/* Each part by itself, on made-up observations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "liveness/made.h"

#include <math.h>
#include <string.h>

#define NOISE	 0.015F /* of landmarks, in eye distances */
#define FRAME_MS 50

static struct trace trace;

static void add(const struct stand *s, int frame)
{
	struct observation o;

	made_observation(&o, s, NOISE, (int64_t)frame * FRAME_MS);
	trace_add(&trace, &o);
}

static int begin(void **state)
{
	(void)state;
	memset(&trace, 0, sizeof(trace));
	made_noise_from(7);
	return 0;
}

/* ---- parallax ---- */

static void the_fit_tells_a_head_from_a_plane(void **state)
{
	struct observation ahead, turned, tilted, near;
	struct plane_motion m;

	(void)state;
	made_observation(&ahead, &(struct stand){.at = {320, 240}, .eyes_px = 60}, 0, 0);
	made_observation(&turned, &(struct stand){.yaw = 20, .at = {330, 240}, .eyes_px = 60}, 0,
			 50);
	assert_true(plane_and_parallax(&m, &ahead, &turned));
	assert_true(fabsf(fabsf(m.parallax[0]) - sinf(0.349F)) < 0.1F);
	assert_true(fabsf(m.parallax[1]) < 0.05F);
	/* A picture tilted by 30 degrees, near enough for perspective. */
	made_observation(
	    &near, &(struct stand){.flat = true, .at = {320, 240}, .eyes_px = 60, .distance = 6}, 0,
	    0);
	made_observation(
	    &tilted,
	    &(struct stand){
		.flat = true, .tilt = {30, 0}, .at = {300, 240}, .eyes_px = 60, .distance = 6},
	    0, 50);
	assert_true(plane_and_parallax(&m, &near, &tilted));
	assert_true(hypotf(m.parallax[0], m.parallax[1]) < 0.06F);
	assert_true(m.squeeze > 0.1F);
	assert_true(m.perspective > 0.02F);
}

static void points_on_one_spot_say_nothing(void **state)
{
	struct observation o = {.eyes_px = 60};
	struct plane_motion m;

	(void)state;
	assert_false(plane_and_parallax(&m, &o, &o));
	made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 60}, 0, 0);
	o.landmarks[30][0] = NAN;
	assert_false(plane_and_parallax(&m, &o, &o));
}

static void a_waved_photograph_moves_as_a_plane(void **state)
{
	struct liveness_evidence e;

	for (uint32_t seed = 1; seed <= 20; seed++) {
		begin(state);
		made_noise_from(seed);
		for (int i = 0; i < 24; i++)
			add(&(struct stand){.flat = true,
					    .tilt = {35 * sinf((float)i * 0.5F),
						     15 * cosf((float)i * 0.3F)},
					    .at = {320 + 4 * (float)i, 240},
					    .eyes_px = 60,
					    .distance = 6},
			    i);
		part_parallax(&e, &trace);
		assert_true(e.present && e.attack && e.support < 0);
	}
}

static void a_head_that_turns_does_not(void **state)
{
	struct liveness_evidence e;

	for (uint32_t seed = 1; seed <= 20; seed++) {
		begin(state);
		made_noise_from(seed);
		for (int i = 0; i < 24; i++)
			add(&(struct stand){.yaw = 30 * sinf((float)i * 0.3F),
					    .at = {320, 240},
					    .eyes_px = 60},
			    i);
		part_parallax(&e, &trace);
		assert_true(e.present && !e.attack && e.support > 0);
	}
}

static void who_holds_still_gives_no_parallax(void **state)
{
	struct liveness_evidence e;

	for (uint32_t seed = 1; seed <= 20; seed++) {
		begin(state);
		made_noise_from(seed);
		for (int i = 0; i < 24; i++)
			add(&(struct stand){.at = {320 + (float)i, 240}, .eyes_px = 60}, i);
		part_parallax(&e, &trace);
		assert_false(e.present || e.attack);
		assert_true(e.support == 0);
	}
}

/* ---- edges ---- */

/* A frame at this distance on these sides; the face moves by `step` px a frame. */
static void add_framed(int frames, float step, unsigned sides, float rides)
{
	for (int i = 0; i < frames; i++) {
		struct observation o;

		made_observation(&o,
				 &(struct stand){.at = {200 + step * (float)i, 240}, .eyes_px = 60},
				 NOISE, (int64_t)i * FRAME_MS);
		for (int k = 0; k < 4; k++) {
			o.edge[k] = sides >> k & 1 ? 0.95F : 0.4F;
			o.edge_at[k] = 1 + rides * made_noise();
		}
		trace_add(&trace, &o);
	}
}

static void a_frame_that_rides_along_is_an_attack(void **state)
{
	struct liveness_evidence e;

	(void)state;
	add_framed(16, 6, 0x7, 0.03F);
	part_edges(&e, &trace);
	assert_true(e.present && e.attack && e.value == 1);
}

static void a_frame_that_stands_with_a_still_face_is_a_doubt(void **state)
{
	struct liveness_evidence e;

	(void)state;
	add_framed(16, 0.5F, 0xF, 0.03F);
	part_edges(&e, &trace);
	assert_true(e.present && !e.attack && e.support < 0);
}

static void edges_of_the_room_are_none(void **state)
{
	struct liveness_evidence e;

	/* A door frame: the face moves before it, so its edges come nearer and go. */
	(void)state;
	add_framed(16, 6, 0x7, 0.5F);
	part_edges(&e, &trace);
	assert_true(e.present && !e.attack);
	begin(state);
	add_framed(16, 6, 0x1, 0.03F);
	part_edges(&e, &trace);
	assert_true(e.present && !e.attack && e.support == 0);
}

/* ---- flicker ---- */

static void bands_and_beats_are_a_screens(void **state)
{
	struct liveness_evidence e;

	(void)state;
	for (int i = 0; i < 16; i++) {
		struct observation o;

		made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 60}, NOISE,
				 (int64_t)i * FRAME_MS);
		/* A band of a tenth of the light wanders through. */
		for (int y = 0; y < ROWS; y++)
			o.rows[y] += 0.1F * sinf(0.8F * (float)y + 1.9F * (float)i);
		trace_add(&trace, &o);
	}
	part_flicker(&e, &trace);
	assert_true(e.present && e.attack);
	begin(state);
	for (int i = 0; i < 16; i++) {
		struct observation o;

		made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 60}, NOISE,
				 (int64_t)i * FRAME_MS);
		o.face_light *= i % 2 ? 1.15F : 0.9F;
		trace_add(&trace, &o);
	}
	part_flicker(&e, &trace);
	assert_true(e.present && e.attack);
}

/* A lamp that is switched on, a cloud: once, or on everything. */
static void other_changes_of_light_are_not(void **state)
{
	struct liveness_evidence e;

	(void)state;
	for (int i = 0; i < 16; i++) {
		struct observation o;

		made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 60}, NOISE,
				 (int64_t)i * FRAME_MS);
		o.face_light *= i < 8 ? 1 : 1.6F;
		o.near_light *= i % 2 ? 1.05F : 1;
		for (int y = 0; y < ROWS; y++)
			o.rows[y] += 0.02F * made_noise() + 0.3F * (float)y / ROWS;
		trace_add(&trace, &o);
	}
	part_flicker(&e, &trace);
	assert_true(e.present && !e.attack);
}

/* ---- eyes, pupils ---- */

static void add_eyes(const float *open, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct observation o;

		made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 60}, NOISE,
				 (int64_t)i * FRAME_MS);
		o.eye_open[0] = o.eye_open[1] = open[i];
		trace_add(&trace, &o);
	}
}

static void a_blink_supports_and_its_absence_does_not_gate(void **state)
{
	const float blink[] = {1, 1, 1, 0.1F, 0.05F, 0.2F, 1, 1, 1, 1};
	const float stare[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	const float shut[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	const float sleepy[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	struct liveness_evidence e;

	add_eyes(blink, ARRAY_LEN(blink));
	part_eyes(&e, &trace);
	assert_true(e.value == 1 && e.support > 0 && !e.attack);
	begin(state);
	add_eyes(stare, ARRAY_LEN(stare));
	part_eyes(&e, &trace);
	assert_true(e.value == 0 && e.support == 0 && !e.attack);
	begin(state);
	add_eyes(shut, ARRAY_LEN(shut));
	part_eyes(&e, &trace);
	assert_true(e.value == 0 && e.support == 0 && !e.attack);
	begin(state);
	add_eyes(sleepy, ARRAY_LEN(sleepy));
	part_eyes(&e, &trace);
	assert_true(e.value == 0);
}

static void a_gaze_that_jumps_supports(void **state)
{
	struct liveness_evidence e;

	for (int way = 0; way < 2; way++) {
		begin(state);
		for (int i = 0; i < 16; i++) {
			struct observation o;
			float gaze = i / 4 % 2 ? 0.54F : 0.48F;

			made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 140},
					 NOISE, (int64_t)i * FRAME_MS);
			for (int k = 0; k < 2; k++) {
				/* On a picture only noise moves them, each on its own. */
				o.pupil[k][0] = (way ? 0.5F : gaze) + 0.01F * made_noise();
				o.pupil[k][1] = 0.5F;
			}
			trace_add(&trace, &o);
		}
		part_pupil(&e, &trace);
		assert_true(e.present && !e.attack);
		assert_true(way ? e.support == 0 : e.support > 0);
	}
}

/* ---- a second eye of the camera ---- */

static void depth_and_infrared_decide_where_they_are(void **state)
{
	static const struct {
		float relief, infrared;
		bool depth_attack, infrared_attack;
	} cameras[] = {{22, 1, false, false}, {1, 1, true, false}, {22, 0.1F, false, true}};

	for (size_t c = 0; c < ARRAY_LEN(cameras); c++) {
		struct liveness_evidence depth, infrared;

		begin(state);
		for (int i = 0; i < 8; i++) {
			struct observation o;

			made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 60},
					 NOISE, (int64_t)i * FRAME_MS);
			o.depth_relief_mm = cameras[c].relief;
			o.infrared_ratio = cameras[c].infrared;
			trace_add(&trace, &o);
		}
		part_depth(&depth, &trace);
		part_infrared(&infrared, &trace);
		assert_true(depth.present && infrared.present);
		assert_int_equal(depth.attack, cameras[c].depth_attack);
		assert_int_equal(infrared.attack, cameras[c].infrared_attack);
		assert_true((depth.support > 0) == !depth.attack);
	}
	/* Without such a camera they are silent. */
	begin(state);
	for (int i = 0; i < 8; i++)
		add(&(struct stand){.at = {320, 240}, .eyes_px = 60}, i);
	struct liveness_evidence e;

	part_depth(&e, &trace);
	assert_false(e.present);
	part_infrared(&e, &trace);
	assert_false(e.present);
}

/* Where such a camera is, its silence is no evidence: whoever blinds it gains nothing. */
static void a_part_that_is_needed_must_speak(void **state)
{
	struct liveness_options options = {.need = 1U << LIVENESS_INFRARED};
	struct liveness_result r = {.sequence = true};

	(void)state;
	r.part[LIVENESS_PARALLAX] = (struct liveness_evidence){.present = true, .support = 6};
	fuse(&r, &options);
	assert_int_equal(r.state, LIVENESS_THIN);
	assert_int_equal(r.reason, LIVENESS_INFRARED);
	assert_true(r.lacking);
	r.part[LIVENESS_INFRARED].present = true;
	fuse(&r, &options);
	assert_int_equal(r.state, LIVENESS_LIVE);
	assert_false(r.lacking);
	r.part[LIVENESS_INFRARED].attack = true;
	fuse(&r, &options);
	assert_int_equal(r.state, LIVENESS_ATTACK);
	assert_int_equal(r.reason, LIVENESS_INFRARED);
}

/* ---- texture, continuity ---- */

static void texture_goes_by_the_median(void **state)
{
	struct liveness_evidence e;

	for (int bad = 0; bad <= 16; bad++) {
		begin(state);
		for (int i = 0; i < 16; i++) {
			struct observation o;

			made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 60},
					 NOISE, (int64_t)i * 300);
			o.texture = i < bad ? 0.01F : 0.999F;
			trace_add(&trace, &o);
		}
		part_texture(&e, &trace);
		assert_true(e.present);
		assert_int_equal(e.attack, bad > 8);
		/* A quarter of poor frames takes the support away. */
		assert_true(bad <= 4 ? e.support > 2 : e.support < 1);
	}
}

static void a_face_that_is_swapped_begins_anew_and_soon_denies(void **state)
{
	struct liveness_evidence e;

	(void)state;
	for (int i = 0; i < 40; i++) {
		/* Here for ten frames, there for ten: another face each time. */
		float x = i / 10 % 2 ? 500 : 100;

		add(&(struct stand){.at = {x, 240}, .eyes_px = 60}, i);
		assert_int_equal(trace.len, i % 10 + 1);
		assert_int_equal(trace.jumps, i / 10);
		assert_int_equal(trace.anew, i / 10);
	}
	part_continuity(&e, &trace);
	assert_true(e.present && e.attack);
}

static void paper_to_skin_in_a_moment_is_a_swap(void **state)
{
	struct observation o;

	(void)state;
	made_observation(&o, &(struct stand){.at = {320, 240}, .eyes_px = 60}, NOISE, 0);
	o.texture = 0.01F;
	trace_add(&trace, &o);
	o.at_ms = 50;
	o.texture = 0.99F;
	trace_add(&trace, &o);
	assert_int_equal(trace.jumps, 1);
	assert_int_equal(trace.len, 1);
}

static void the_trace_has_a_bound(void **state)
{
	(void)state;
	for (int i = 0; i < 500; i++)
		add(&(struct stand){.at = {320, 240}, .eyes_px = 60}, i);
	assert_int_equal(trace.len, TRACE_MAX);
	assert_int_equal(trace_span_ms(&trace), (TRACE_MAX - 1) * FRAME_MS);
	/* The same frame again, and a clock that goes back, add nothing. */
	add(&(struct stand){.at = {320, 240}, .eyes_px = 60}, 499);
	add(&(struct stand){.at = {320, 240}, .eyes_px = 60}, 3);
	assert_int_equal(trace.len, TRACE_MAX);
}

#define PART(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    PART(the_fit_tells_a_head_from_a_plane),
	    PART(points_on_one_spot_say_nothing),
	    PART(a_waved_photograph_moves_as_a_plane),
	    PART(a_head_that_turns_does_not),
	    PART(who_holds_still_gives_no_parallax),
	    PART(a_frame_that_rides_along_is_an_attack),
	    PART(a_frame_that_stands_with_a_still_face_is_a_doubt),
	    PART(edges_of_the_room_are_none),
	    PART(bands_and_beats_are_a_screens),
	    PART(other_changes_of_light_are_not),
	    PART(a_blink_supports_and_its_absence_does_not_gate),
	    PART(a_gaze_that_jumps_supports),
	    PART(depth_and_infrared_decide_where_they_are),
	    PART(a_part_that_is_needed_must_speak),
	    PART(texture_goes_by_the_median),
	    PART(a_face_that_is_swapped_begins_anew_and_soon_denies),
	    PART(paper_to_skin_in_a_moment_is_a_swap),
	    PART(the_trace_has_a_bound),
	};

	return cmocka_run_group_tests_name("liveness/parts", tests, NULL, NULL);
}
