/* SPDX-License-Identifier: Apache-2.0 */
/* Parts that find what a face is shown on: the frame around it, the beat of its light, its grid. */
#include <math.h>

#include "liveness/quantile.h"
#include "liveness/trace.h"

#define FRAMES_MIN 4

/* ---- a rectangle that moves with the face ---- */

/*
 * An edge counts when it is there over its whole length but for one point in seven. Three sides at
 * once: in none of the 384 live frames of nuaa-train, in 59% of the prints. A door frame behind a
 * head stands still while the head moves; the border of a photograph rides along.
 */
#define SIDE_THERE    0.85F
#define FRAME_SHARE   0.25F /* of the frames have three sides */
#define PAIR_SHARE    0.7F  /* or: two opposite sides, in so many */
#define RIDES_WITHIN  0.1F  /* face widths; median distance of an edge from where it usually is */
#define MOVED	      0.3F  /* face widths: less, and a room's edges ride along as well */
#define PAIR_MOVED    0.5F
#define EDGES_SUPPORT -4.0F
#define STILL_SUPPORT -2.0F /* the frame is there, and nothing has moved */

struct sides {
	float share_of_three;
	float share[4];
	float rides[4]; /* NAN: not there */
	float moved[2]; /* across, down; face widths */
};

static float moved_along(const struct trace *t, int axis)
{
	float at[TRACE_MAX], copy[TRACE_MAX];

	for (size_t i = 0; i < t->len; i++) {
		const float *b = t->of[i].box;

		at[i] = (b[axis] + b[axis + 2]) / 2 / fmaxf(1, b[2] - b[0]);
		copy[i] = at[i];
	}
	return quantile(at, t->len, 0.9F) - quantile(copy, t->len, 0.1F);
}

static void measure_sides(struct sides *s, const struct trace *t)
{
	size_t three = 0;

	for (size_t i = 0; i < t->len; i++) {
		int there = 0;

		for (int k = 0; k < 4; k++)
			there += t->of[i].edge[k] >= SIDE_THERE;
		three += there >= 3;
	}
	s->share_of_three = (float)three / (float)t->len;
	for (int k = 0; k < 4; k++) {
		float at[TRACE_MAX];
		size_t len = 0;

		for (size_t i = 0; i < t->len; i++)
			if (t->of[i].edge[k] >= SIDE_THERE)
				at[len++] = t->of[i].edge_at[k];
		s->share[k] = (float)len / (float)t->len;
		s->rides[k] = deviation_of(at, len);
	}
	s->moved[0] = moved_along(t, 0);
	s->moved[1] = moved_along(t, 1);
}

static int riding(const struct sides *s)
{
	int count = 0;

	for (int k = 0; k < 4; k++)
		count += s->share[k] >= FRAME_SHARE && s->rides[k] <= RIDES_WITHIN;
	return count;
}

/* Left and right (0), or top and bottom (1), both there and both riding along. */
static bool pair_rides(const struct sides *s, int first)
{
	return s->share[first] >= PAIR_SHARE && s->share[first + 2] >= PAIR_SHARE &&
	       s->rides[first] <= RIDES_WITHIN && s->rides[first + 2] <= RIDES_WITHIN &&
	       s->moved[first] >= PAIR_MOVED;
}

void part_edges(struct liveness_evidence *out, const struct trace *t)
{
	struct sides s;
	bool framed;

	*out = (struct liveness_evidence){0};
	if (t->len < FRAMES_MIN)
		return;
	measure_sides(&s, t);
	framed = s.share_of_three >= FRAME_SHARE;
	out->present = true;
	out->value = s.share_of_three;
	out->attack = (framed && riding(&s) >= 2 && fmaxf(s.moved[0], s.moved[1]) >= MOVED) ||
		      pair_rides(&s, 0) || pair_rides(&s, 1);
	if (out->attack)
		out->support = EDGES_SUPPORT;
	else if (framed)
		out->support = STILL_SUPPORT;
}

/* ---- light that beats ---- */

/*
 * A screen is lit in a rhythm of its own; against that of the camera it beats, as a whole or in
 * bands that wander. Compared with the surroundings, so that the camera's exposure falls out. Live
 * sessions of nuaa-train: bands at most 0.075, beat 0.048; screens are simulated here.
 */
#define BANDS_ATTACK	0.15F
#define BEAT_ATTACK	0.12F
#define FLICKER_SUPPORT -3.0F
#define FLICKER_MIN	6 /* changes, of each kind: what eight frames give */
#define WAVES_LEAST	3
#define WAVES		8 /* so many, from that one on */
#define NEIGHBOUR_MS	300
#define STILL_WIDTHS	0.2F /* between two frames; a face that moves brings other light */
#define PI		3.14159265F

static bool are_neighbours(const struct observation *a, const struct observation *b)
{
	float width = fmaxf(1, a->box[2] - a->box[0]);

	return b->at_ms - a->at_ms <= NEIGHBOUR_MS &&
	       hypotf(a->box[0] + a->box[2] - b->box[0] - b->box[2],
		      a->box[1] + a->box[3] - b->box[1] - b->box[3]) /
		       2 <=
		   STILL_WIDTHS * width;
}

/* Waves over the rows, within Hann's window. */
struct waves {
	float cosine[WAVES][ROWS], sine[WAVES][ROWS];
};

static void fill_waves(struct waves *w)
{
	for (int i = 0; i < WAVES; i++)
		for (int y = 0; y < ROWS; y++) {
			float angle = 2 * PI * (float)((i + WAVES_LEAST) * y) / ROWS;
			float hann = 0.5F - 0.5F * cosf(2 * PI * ((float)y + 0.5F) / ROWS);

			w->cosine[i][y] = hann * cosf(angle);
			w->sine[i][y] = hann * sinf(angle);
		}
}

/* The strongest in what changed between two frames, row by row; as an amplitude. */
static float strongest(const struct waves *w, const struct observation *a,
		       const struct observation *b)
{
	float best = 0;

	for (int i = 0; i < WAVES; i++) {
		float re = 0, im = 0;

		for (int y = 0; y < ROWS; y++) {
			float by = b->rows[y] - a->rows[y];

			re += w->cosine[i][y] * by;
			im += w->sine[i][y] * by;
		}
		/* The window halves it, and so does the sum over a wave. */
		best = fmaxf(best, 4.0F / ROWS * hypotf(re, im));
	}
	return best;
}

static float light_of(const struct observation *o)
{
	return logf(fmaxf(1, o->face_light) / fmaxf(1, o->near_light));
}

void part_flicker(struct liveness_evidence *out, const struct trace *t)
{
	float bands[TRACE_MAX], beats[TRACE_MAX], band, beat;
	size_t bands_len = 0, beats_len = 0;
	struct waves waves;

	*out = (struct liveness_evidence){0};
	fill_waves(&waves);
	for (size_t i = 1; i < t->len; i++) {
		const struct observation *o = &t->of[i];

		if (!are_neighbours(o - 1, o))
			continue;
		bands[bands_len++] = strongest(&waves, o - 1, o);
		if (i + 1 < t->len && are_neighbours(o, o + 1) && !isnan(o->near_light))
			beats[beats_len++] =
			    fabsf(light_of(o) - (light_of(o - 1) + light_of(o + 1)) / 2);
	}
	if (bands_len < FLICKER_MIN)
		return;
	band = quantile(bands, bands_len, 0.5F) / BANDS_ATTACK;
	beat = beats_len < FLICKER_MIN ? 0 : quantile(beats, beats_len, 0.5F) / BEAT_ATTACK;
	out->present = true;
	out->value = fmaxf(band, beat);
	out->attack = out->value >= 1;
	out->support = out->attack ? FLICKER_SUPPORT : 0;
}

/* ---- a grid ---- */

/*
 * Median over frames of how far a frequency of the skin stands out. Live sessions of nuaa-train 8
 * to 17; its prints, on photographic paper, no more. Screens are simulated here.
 */
#define MOIRE_ATTACK  45.0F
#define MOIRE_DOUBT   30.0F
#define MOIRE_SUPPORT -3.0F
#define MOIRE_DOUBTED -2.5F

void part_moire(struct liveness_evidence *out, const struct trace *t)
{
	float value[TRACE_MAX];
	size_t len = 0;

	*out = (struct liveness_evidence){0};
	for (size_t i = 0; i < t->len; i++)
		if (!isnan(t->of[i].moire))
			value[len++] = t->of[i].moire;
	if (len < FRAMES_MIN)
		return;
	out->present = true;
	out->value = quantile(value, len, 0.5F);
	out->attack = out->value >= MOIRE_ATTACK;
	if (out->attack)
		out->support = MOIRE_SUPPORT;
	else if (out->value >= MOIRE_DOUBT)
		out->support = MOIRE_DOUBTED;
}
