/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding faces. The detector takes a small input and sees a face well from SEEN_PX of its pixels
 * on. A frame is shown to it whole, letterboxed; when the smallest face looked for would then be
 * smaller than SEEN_PX, it is also shown larger, in overlapping tiles, level by level. When nothing
 * at all is found the frame is shown once more with a broad margin, for a face that fills it.
 */
#include "face/session.h"

#include <math.h>
#include <string.h>

#define SEEN_PX	     20	  /* of the detector's input; measured, see bench/README.md */
#define LEVEL_RATIO  2.5F /* at most, from one level's scale to the next */
#define PASSES_MAX   48	  /* tiles a level; a larger frame gets a smaller scale instead */
#define OVERLAP_MAX  0.5F /* of a tile */
#define NMS_IOU	     0.4F
#define NMS_INSIDE   0.7F  /* share of the smaller box that lies in the other */
#define EDGE	     0.01F /* of a tile: a box this near to its edge is cut */
#define MARGIN_SCALE 2.0F
#define GREY	     127.0F

struct region {
	float x, y, w, h; /* px of the image; may reach outside */
};

static float box_area(const float b[4])
{
	return fmaxf(0, b[2] - b[0]) * fmaxf(0, b[3] - b[1]);
}

static bool same_face(const float a[4], const float b[4])
{
	const float both[4] = {fmaxf(a[0], b[0]), fmaxf(a[1], b[1]), fminf(a[2], b[2]),
			       fminf(a[3], b[3])};
	float common = box_area(both);
	float area_a = box_area(a), area_b = box_area(b);

	return common > NMS_IOU * (area_a + area_b - common) ||
	       common > NMS_INSIDE * fminf(area_a, area_b);
}

static void swap(struct detection *a, struct detection *b)
{
	struct detection t = *a;

	*a = *b;
	*b = t;
}

/* Keep the surest of every face (greedy non-maximum suppression, in place). */
static void suppress(tanu_session *s)
{
	size_t kept = 0;

	while (kept < s->found_len) {
		size_t best = kept, n = kept + 1;

		for (size_t i = kept + 1; i < s->found_len; i++)
			if (s->found[i].score > s->found[best].score)
				best = i;
		swap(&s->found[kept], &s->found[best]);
		for (size_t i = kept + 1; i < s->found_len; i++)
			if (!same_face(s->found[kept].box, s->found[i].box))
				s->found[n++] = s->found[i];
		s->found_len = n;
		kept++;
	}
}

static void add_detection(tanu_session *s, const struct detection *d)
{
	if (s->found_len == DETECTIONS_MAX)
		suppress(s);
	if (s->found_len < DETECTIONS_MAX)
		s->found[s->found_len++] = *d;
}

/* A face that a tile's edge cuts is whole in the neighbour or on the level before. */
static bool cut_by_tile(const float b[4], const struct region *r, const tanu_pixels *image)
{
	return (b[0] < EDGE && r->x > 0) || (b[1] < EDGE && r->y > 0) ||
	       (b[2] > 1 - EDGE && r->x + r->w < (float)image->width) ||
	       (b[3] > 1 - EDGE && r->y + r->h < (float)image->height);
}

static bool plausible(const float b[4])
{
	return b[2] > b[0] && b[3] > b[1] && b[0] > -1 && b[1] > -1 && b[2] < 2 && b[3] < 2;
}

static tanu_status look(tanu_session *s, const tanu_pixels *image, const struct region *r,
			tanu_error *err)
{
	struct tensor_run *run = s->run[MODEL_DETECT];
	struct image_tensor_spec spec = tensor_spec(s->engine->set.of[MODEL_DETECT], GREY);
	const float *scores, *boxes;
	size_t len;
	tanu_status st;

	image_to_tensor(tensor_input(run, NULL), &spec, image, r->x, r->y, r->w, r->h);
	if ((st = tensor_run_go(run, err)) < 0)
		return st;
	scores = tensor_output(run, 0, &len); /* pairs: background, face */
	boxes = tensor_output(run, 1, NULL);  /* x1 y1 x2 y2 in 0..1 of the input */
	for (size_t i = 0; i < len / 2; i++) {
		const float *b = boxes + 4 * i;
		struct detection d = {.score = scores[2 * i + 1]};

		if (d.score < s->options.detection_min || !plausible(b) || cut_by_tile(b, r, image))
			continue;
		d.box[0] = r->x + b[0] * r->w;
		d.box[1] = r->y + b[1] * r->h;
		d.box[2] = r->x + b[2] * r->w;
		d.box[3] = r->y + b[3] * r->h;
		if (d.box[3] - d.box[1] >= (float)s->options.min_face_px)
			add_detection(s, &d);
	}
	return TANU_OK;
}

/* Tiles of `tile` px with at least `overlap` px in common, to cover `length` px. */
static int tiles_for(float length, float tile, float overlap)
{
	overlap = fminf(overlap, OVERLAP_MAX * tile);
	return length <= tile ? 1 : (int)ceilf((length - overlap) / (tile - overlap));
}

static float tile_start(int i, int n, float length, float tile)
{
	return n == 1 ? (length - tile) / 2 : (length - tile) * (float)i / (float)(n - 1);
}

/* Show the frame at `scale` (input px per image px); `before` is the scale of the level before. */
static tanu_status look_in_tiles(tanu_session *s, const tanu_pixels *image, float scale,
				 float before, tanu_error *err)
{
	const struct model_manifest *m = s->engine->set.of[MODEL_DETECT];
	float w = (float)image->width, h = (float)image->height;
	/* A face up to one and a half times what the level before sees lies whole in some tile. */
	float overlap = before > 0 ? 1.5F * SEEN_PX / before : 0;
	float tile_w = (float)m->width / scale, tile_h = (float)m->height / scale;
	int columns = tiles_for(w, tile_w, overlap), rows = tiles_for(h, tile_h, overlap);
	tanu_status st = TANU_OK;

	for (int i = 0; i < columns * rows && st == TANU_OK; i++) {
		struct region r = {tile_start(i % columns, columns, w, tile_w),
				   tile_start(i / columns, rows, h, tile_h), tile_w, tile_h};

		st = look(s, image, &r, err);
	}
	return st;
}

/* The finest scale that PASSES_MAX tiles can show a frame of this size at. */
static float finest_scale(const tanu_pixels *image, const struct model_manifest *m)
{
	float tiles = PASSES_MAX * (1 - OVERLAP_MAX) * (1 - OVERLAP_MAX);

	return sqrtf(tiles * (float)m->width * (float)m->height /
		     ((float)image->width * (float)image->height));
}

static void sort_by_size(tanu_session *s)
{
	for (size_t i = 1; i < s->found_len; i++) {
		struct detection d = s->found[i];
		size_t k = i;

		for (; k > 0 && box_area(s->found[k - 1].box) < box_area(d.box); k--)
			s->found[k] = s->found[k - 1];
		s->found[k] = d;
	}
}

tanu_status detect_faces(tanu_session *session, const tanu_pixels *image, tanu_error *err)
{
	const struct model_manifest *m = session->engine->set.of[MODEL_DETECT];
	float whole =
	    fminf((float)m->width / (float)image->width, (float)m->height / (float)image->height);
	float needed = fminf(SEEN_PX / (float)session->options.min_face_px, finest_scale(image, m));
	int levels = needed > whole ? (int)ceilf(logf(needed / whole) / logf(LEVEL_RATIO)) : 0;
	float ratio = levels ? powf(needed / whole, 1 / (float)levels) : 1;
	float scale = whole;
	tanu_status st;

	session->found_len = 0;
	st = look_in_tiles(session, image, whole, 0, err);
	for (int i = 0; i < levels && st == TANU_OK; i++) {
		st = look_in_tiles(session, image, scale * ratio, scale, err);
		scale *= ratio;
	}
	if (st == TANU_OK && session->found_len == 0)
		st = look_in_tiles(session, image, whole / MARGIN_SCALE, 0, err);
	suppress(session);
	sort_by_size(session);
	return st;
}
