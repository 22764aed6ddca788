/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Poor pictures made of good ones, on the reporting half of LFW View 1: how many simulated
 * coverings each bound on quality refuses, and FNMR as faces get smaller. Scores are held against
 * the threshold that the model's manifest gives for FMR 1e-4. Tables of docs/accuracy.md.
 */
#include "face/session.h"

#include "people/draw.h"
#include "people/halves.h"
#include "photo.h"

#include <math.h>

#define EVERY 3 /* photographs; the others are left out to save time */

static const float bounds[] = {0.01F, 0.02F, 0.05F};
static const int32_t sizes[] = {40, 32, 24, 20, 16, 12}; /* px between the eyes */

struct probe {
	bool taken, found; /* found: a face, and features of it */
	float quality, eyes_lit;
	tanu_embedding features;
};

struct run {
	tanu_embedding *plain;
	float *inter_eye;
	bool *have;
	struct probe *covered; /* COVERINGS a photograph */
	struct probe *small;   /* sizes a photograph */
	float threshold;
};

static void embed_again(struct probe *out, struct look *look, const tanu_image *image)
{
	tanu_pixels px = tanu_image_pixels(image);
	tanu_faces faces;

	out->taken = true;
	if (tanu_analyse(look->session, &faces, &px, NULL) < 0 || faces.count == 0)
		return;
	if (tanu_embed(look->session, &out->features, &px, &faces.face[faces.chosen], NULL) < 0)
		return;
	out->found = true;
	out->quality = out->features.quality;
	out->eyes_lit = faces.face[faces.chosen].quality.value[TANU_QUALITY_EYES_LIT];
}

static tanu_status learn_covered(struct probe *out, struct look *look, tanu_error *err)
{
	const size_t bytes = (size_t)look->pixels.height * (size_t)look->pixels.width * 3;
	tanu_status st = TANU_OK;

	for (enum covering c = COVER_NOTHING; c < COVERINGS && st == TANU_OK; c++) {
		tanu_image *copy = NULL;

		st = image_new(&copy, look->pixels.width, look->pixels.height, err);
		if (st < 0)
			return st;
		memcpy(copy->rgb, look->image->rgb, bytes);
		covering_draw(copy, look->face, c);
		embed_again(&out[c], look, copy);
		tanu_image_free(&copy);
	}
	return st;
}

/* Averaged down, as a camera further away would. */
static tanu_status shrink(tanu_image **out, const tanu_pixels *px, float by, tanu_error *err)
{
	const struct image_tensor_spec spec = {
	    .dst_w = (int32_t)lroundf((float)px->width * by),
	    .dst_h = (int32_t)lroundf((float)px->height * by),
	    .channels = 3,
	    .scale = 1,
	};
	size_t plane = (size_t)spec.dst_w * (size_t)spec.dst_h;
	float *planes = malloc(3 * plane * sizeof(*planes));
	tanu_image *image = NULL;
	tanu_status st;

	if (!planes)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = image_new(&image, spec.dst_w, spec.dst_h, err)) == TANU_OK) {
		image_to_tensor(planes, &spec, px, 0, 0, (float)px->width, (float)px->height);
		for (size_t i = 0; i < 3 * plane; i++)
			image->rgb[i] = (uint8_t)lroundf(planes[i % 3 * plane + i / 3]);
		*out = image;
	}
	free(planes);
	return st;
}

static tanu_status learn_small(struct probe *out, struct look *look, tanu_error *err)
{
	float inter_eye = look->face->quality.value[TANU_QUALITY_INTER_EYE];
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < ARRAY_LEN(sizes) && st == TANU_OK; i++) {
		tanu_image *image = NULL;

		if ((float)sizes[i] > inter_eye)
			continue;
		st = shrink(&image, &look->pixels, (float)sizes[i] / inter_eye, err);
		if (st == TANU_OK)
			embed_again(&out[i], look, image);
		tanu_image_free(&image);
	}
	return st;
}

static tanu_status learn(struct look *look, tanu_error *err)
{
	struct run *r = look->self;
	tanu_status st =
	    tanu_embed(look->session, &r->plain[look->photo], &look->pixels, look->face, err);

	if (st < 0)
		return st;
	r->have[look->photo] = true;
	r->inter_eye[look->photo] = look->face->quality.value[TANU_QUALITY_INTER_EYE];
	if (look->photo % EVERY)
		return TANU_OK;
	if ((st = learn_covered(r->covered + look->photo * COVERINGS, look, err)) < 0)
		return st;
	return learn_small(r->small + look->photo * ARRAY_LEN(sizes), look, err);
}

static float score(const tanu_embedding *a, const tanu_embedding *b)
{
	float s = -1;

	tanu_compare_float(&s, a, b, NULL);
	return s;
}

/* ---- reports ---- */

/* Genuine comparisons of probe `photo` with the person's other photographs. */
struct tally {
	size_t genuine, failed, impostor, matched;
};
static void compare(struct tally *t, const struct run *r, const struct halves *h, size_t photo,
		    const struct probe *p, bool strangers)
{
	for (size_t k = 0; k < h->photos.len; k++) {
		bool same = h->person[k] == h->person[photo], match;

		if (!r->have[k] || k == photo || (!same && !strangers))
			continue;
		match = p->found && score(&p->features, &r->plain[k]) >= r->threshold;
		t->genuine += same;
		t->failed += same && !match;
		t->impostor += !same;
		t->matched += !same && match;
	}
}

static void report_covered(const struct run *r, const struct halves *h)
{
	tanu_quality_bounds door, enrol;

	tanu_quality_bounds_door(&door);
	tanu_quality_bounds_enrol(&enrol);
	printf(
	    "simulated coverings: refused by a bound on quality of 0.01, 0.02, 0.05; by eyes-lit\n"
	    "at a door and for enrolment; FNMR at FMR 1e-4 (of the manifest) against bare ones\n");
	for (enum covering c = COVER_NOTHING; c < COVERINGS; c++) {
		size_t all = 0, none = 0, under[ARRAY_LEN(bounds)] = {0}, dark[2] = {0};
		struct tally t = {0};

		for (size_t i = 0; i < h->photos.len; i++) {
			const struct probe *p = &r->covered[i * COVERINGS + c];

			if (!p->taken)
				continue;
			all++;
			none += !p->found;
			for (size_t b = 0; b < ARRAY_LEN(bounds); b++)
				under[b] += p->quality < bounds[b];
			dark[0] += p->eyes_lit < door.min[TANU_QUALITY_EYES_LIT];
			dark[1] += p->eyes_lit < enrol.min[TANU_QUALITY_EYES_LIT];
			compare(&t, r, h, i, p, false);
		}
		printf("%-18s of %zu, no face %zu, refused", covering_name(c), all, none);
		for (size_t b = 0; b < ARRAY_LEN(bounds); b++)
			printf(" %5.1f%%", 100 * (double)under[b] / (double)all);
		printf("; %5.1f%% %5.1f%%", 100 * (double)dark[0] / (double)all,
		       100 * (double)dark[1] / (double)all);
		printf(", FNMR %5.2f%% of %zu\n", 100 * (double)t.failed / (double)t.genuine,
		       t.genuine);
	}
}

static void report_sizes(const struct run *r, const struct halves *h)
{
	printf("size of the probe, references as they are; px between the eyes\n");
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		size_t all = 0, none = 0, refused = 0;
		struct tally t = {0};

		for (size_t i = 0; i < h->photos.len; i++) {
			const struct probe *p = &r->small[i * ARRAY_LEN(sizes) + s];

			if (!p->taken)
				continue;
			all++;
			none += !p->found;
			refused += p->quality < bounds[0];
			compare(&t, r, h, i, p, true);
		}
		printf("%2d px: of %zu, no face %zu, quality under 0.01 %5.2f%%; FNMR %5.2f%% of "
		       "%zu, FMR %.2g of %zu\n",
		       sizes[s], all, none, 100 * (double)refused / (double)all,
		       100 * (double)t.failed / (double)t.genuine, t.genuine,
		       (double)t.matched / (double)t.impostor, t.impostor);
	}
}

static tanu_status run_open(struct run *r, const struct halves *h, tanu_error *err)
{
	size_t n = h->photos.len;
	tanu_threshold threshold;
	tanu_status st;

	r->plain = calloc(n, sizeof(*r->plain));
	r->inter_eye = calloc(n, sizeof(*r->inter_eye));
	r->have = calloc(n, sizeof(*r->have));
	r->covered = calloc(n * COVERINGS, sizeof(*r->covered));
	r->small = calloc(n * ARRAY_LEN(sizes), sizeof(*r->small));
	if (!r->plain || !r->inter_eye || !r->have || !r->covered || !r->small)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = tanu_threshold_for_fmr(&threshold, tanu_engine_calibration(h->engine), 1e-4, err);
	r->threshold = threshold.score;
	return st;
}

static void run_close(struct run *r)
{
	free(r->plain);
	free(r->inter_eye);
	free(r->have);
	free(r->covered);
	free(r->small);
}

int main(void)
{
	const tanu_session_options options = {.central = true, .min_face_px = 20};
	const bool reporting = false;
	struct run r = {0};
	struct halves h;
	tanu_error err = {0};
	tanu_status st;

	if (!halves_open(&h, &options, &err)) {
		halves_close(&h);
		return err.status < 0 ? bench_fail(&err) : 0;
	}
	if ((st = run_open(&r, &h, &err)) == TANU_OK &&
	    (st = halves_look(&h, &reporting, learn, &r, &err)) == TANU_OK) {
		report_covered(&r, &h);
		report_sizes(&r, &h);
	}
	run_close(&r);
	halves_close(&h);
	return st < 0 ? bench_fail(&err) : 0;
}
