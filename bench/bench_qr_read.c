/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At which size, blur, tilt, noise, compression and wear the QR code of a pass is still read.
 * Passes of random bytes are printed on a plane, photographed by a simulated camera (perspective,
 * pixels that average, Gaussian blur, Gaussian noise, JPEG) at a random place and turn, and read as
 * a site reads them. The tables of docs/pass.md. Simulated: no lens, no motion, no glare.
 */
#include "codec/pass.h"
#include "image/image.h"
#include "os/os.h"
#include "print/print.h"
#include "qr/qr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIALS	   60
#define OVER	   3	 /* samples a pixel, each way */
#define MODULE_MM  0.75	 /* as printed on a card */
#define CARD	   40.0	 /* modules from the code's middle to the card's edge */
#define BACKGROUND 110.0 /* grey */

struct shot {
	double px_per_module, blur_px, noise, tilt_deg;
	double dark, light; /* grey of ink and paper */
	double covered;	    /* share of the code's area under a smear */
	double turn_deg;    /* at most so far from upright, either way */
	double distance_mm; /* of the camera: how strong the perspective is */
	int jpeg;	    /* quality; 0: not compressed */
};

static const struct shot good = {
    .px_per_module = 4, .noise = 5, .dark = 35, .light = 220, .turn_deg = 15, .distance_mm = 300};
/* Held in a hand before a camera under a lamp: all of it at once. */
static const struct shot everyday = {.px_per_module = 4,
				     .noise = 8,
				     .tilt_deg = 20,
				     .dark = 60,
				     .light = 180,
				     .turn_deg = 15,
				     .distance_mm = 300,
				     .jpeg = 75};

/* ---- chance ---- */

static double uniform(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (double)(*seed >> 11) / 9007199254740992.0;
}

static double normal(uint64_t *seed)
{
	double u = uniform(seed) + 1e-300, v = uniform(seed);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* ---- the scene ---- */

struct scene {
	struct qr_symbol symbol;
	double u[3], v[3], n[3], middle[3]; /* the card's plane, in modules */
	double focal;			    /* px */
	double smear_x, smear_y, smear_r;   /* modules */
	int side;			    /* px */
};

static double dot(const double a[3], const double b[3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void turned(double out[3], double x, double y, double turn, double tilt, double towards)
{
	/* in the plane, then about an axis of the plane */
	double px = x * cos(turn) - y * sin(turn), py = x * sin(turn) + y * cos(turn);
	double ax = cos(towards), ay = sin(towards);
	double along = px * ax + py * ay, across = -px * ay + py * ax;

	out[0] = along * ax - across * cos(tilt) * ay;
	out[1] = along * ay + across * cos(tilt) * ax;
	out[2] = across * sin(tilt);
}

static void scene_set(struct scene *s, const struct shot *shot, uint64_t *seed)
{
	double turn = (uniform(seed) - 0.5) * 2 * shot->turn_deg * M_PI / 180;
	double towards = 2 * M_PI * uniform(seed);
	double tilt = shot->tilt_deg * M_PI / 180, modules = s->symbol.side;

	s->side = (int)ceil((2 * CARD + 24) * shot->px_per_module);
	s->focal = shot->distance_mm / MODULE_MM * shot->px_per_module;
	turned(s->u, 1, 0, turn, tilt, towards);
	turned(s->v, 0, 1, turn, tilt, towards);
	s->n[0] = s->u[1] * s->v[2] - s->u[2] * s->v[1];
	s->n[1] = s->u[2] * s->v[0] - s->u[0] * s->v[2];
	s->n[2] = s->u[0] * s->v[1] - s->u[1] * s->v[0];
	s->middle[0] = (uniform(seed) - 0.5) * 6;
	s->middle[1] = (uniform(seed) - 0.5) * 6;
	s->middle[2] = s->focal / shot->px_per_module;
	s->smear_r = sqrt(shot->covered / M_PI) * modules;
	s->smear_x = (uniform(seed) - 0.5) * (modules / 2);
	s->smear_y = (uniform(seed) - 0.5) * (modules / 2);
}

static double grey_at(const struct scene *s, const struct shot *shot, double x, double y)
{
	double ray[3] = {x - s->side / 2.0, y - s->side / 2.0, s->focal};
	double t = dot(s->middle, s->n) / dot(ray, s->n);
	double p[3] = {t * ray[0] - s->middle[0], t * ray[1] - s->middle[1],
		       t * ray[2] - s->middle[2]};
	double a = dot(p, s->u), b = dot(p, s->v);
	int column = (int)floor(a + s->symbol.side / 2.0);
	int row = (int)floor(b + s->symbol.side / 2.0);

	if (fabs(a) > CARD || fabs(b) > CARD)
		return BACKGROUND;
	if (hypot(a - s->smear_x, b - s->smear_y) < s->smear_r)
		return shot->light;
	if (row < 0 || column < 0 || row >= s->symbol.side || column >= s->symbol.side)
		return shot->light;
	return s->symbol.dark[row * s->symbol.side + column] ? shot->dark : shot->light;
}

/* ---- the camera ---- */

static void expose(float *out, const struct scene *s, const struct shot *shot)
{
	for (int y = 0; y < s->side; y++)
		for (int x = 0; x < s->side; x++) {
			double sum = 0;

			for (int j = 0; j < OVER; j++)
				for (int i = 0; i < OVER; i++)
					sum += grey_at(s, shot, x + (i + 0.5) / OVER,
						       y + (j + 0.5) / OVER);
			out[y * s->side + x] = (float)(sum / (OVER * OVER));
		}
}

static void blur_lines(float *out, const float *in, int side, double sigma, int step, int line)
{
	int reach = (int)ceil(3 * sigma);

	for (int k = 0; k < side; k++)
		for (int i = 0; i < side; i++) {
			double sum = 0, weights = 0;

			for (int d = -reach; d <= reach; d++) {
				int at = i + d < 0 ? 0 : i + d >= side ? side - 1 : i + d;
				double w = exp(-d * d / (2 * sigma * sigma));

				sum += w * (double)in[k * line + at * step];
				weights += w;
			}
			out[k * line + i * step] = (float)(sum / weights);
		}
}

/* False: not enough memory. */
static bool photograph(uint8_t *rgb, const struct scene *s, const struct shot *shot, uint64_t *seed)
{
	size_t px = (size_t)s->side * (size_t)s->side;
	float *a = calloc(px, sizeof(*a)), *b = calloc(px, sizeof(*b));

	if (a && b) {
		expose(a, s, shot);
		if (shot->blur_px > 0) {
			blur_lines(b, a, s->side, shot->blur_px, 1, s->side);
			blur_lines(a, b, s->side, shot->blur_px, s->side, 1);
		}
		for (size_t i = 0; i < px; i++) {
			double v = (double)a[i] + shot->noise * normal(seed);

			memset(rgb + 3 * i, (int)fmax(0, fmin(255, v + 0.5)), 3);
		}
	}
	free(a);
	free(b);
	return a && b;
}

/* What a camera that compresses hands out. */
static tanu_status compress(uint8_t *rgb, const struct scene *s, int quality, tanu_error *err)
{
	const tanu_image_limits limits = image_limits_or_default(NULL);
	size_t rgb_len = (size_t)s->side * (size_t)s->side * 3;
	struct image_info info = {0};
	struct buf jpeg = {0};
	tanu_status st;

	if ((st = image_write_jpeg(&jpeg, &(tanu_pixels){rgb, s->side, s->side, 3L * s->side},
				   quality, err)) == TANU_OK &&
	    (st = image_probe(&info, jpeg.data, jpeg.len, &limits, err)) == TANU_OK)
		st = image_decode_into(rgb, rgb_len, jpeg.data, jpeg.len, &info, err);
	buf_free(&jpeg);
	return st;
}

/* ---- trials ---- */

struct series {
	struct shot shot;
	bool read[TRIALS];
	int64_t ns[TRIALS];
};

static tanu_status try_one(void *self, size_t worker, size_t trial, tanu_error *err)
{
	struct series *series = self;
	struct scene scene = {0};
	struct buf found = {0};
	uint8_t code[PASS_LEN], *rgb = NULL;
	uint64_t seed = 88172645463325252u + 7919 * trial;
	int64_t start;
	tanu_status st;

	(void)worker;
	for (size_t i = 0; i < sizeof(code); i++)
		code[i] = (uint8_t)(256 * uniform(&seed));
	if ((st = qr_encode(&scene.symbol, code, sizeof(code), QR_LEVEL_L, err)) < 0)
		return st;
	scene_set(&scene, &series->shot, &seed);
	rgb = malloc((size_t)scene.side * (size_t)scene.side * 3);
	if (!rgb || !photograph(rgb, &scene, &series->shot, &seed)) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a picture");
		goto out;
	}
	if (series->shot.jpeg && (st = compress(rgb, &scene, series->shot.jpeg, err)) < 0)
		goto out;
	start = os_monotonic_ns();
	st = qr_find(&found, &(tanu_pixels){rgb, scene.side, scene.side, 3L * scene.side}, err);
	series->ns[trial] = os_monotonic_ns() - start;
	series->read[trial] = st == TANU_OK && found.len == sizeof(code) &&
			      memcmp(found.data, code, sizeof(code)) == 0;
	if (st == TANU_NOT_FOUND)
		st = TANU_OK;
out:
	buf_free(&found);
	qr_free(&scene.symbol);
	free(rgb);
	return st;
}

static tanu_status rate(double *out, double *ms, const struct shot *shot, tanu_error *err)
{
	struct series series = {.shot = *shot};
	tanu_status st = os_parallel(0, TRIALS, try_one, &series, err);
	size_t read = 0;
	int64_t ns = 0;

	for (size_t i = 0; i < TRIALS; i++) {
		read += series.read[i];
		ns += series.ns[i];
	}
	*out = 100.0 * (double)read / TRIALS;
	*ms = (double)ns / TRIALS / 1e6;
	return st;
}

static tanu_status print_rate(const struct shot *shot, tanu_error *err)
{
	double percent = 0, ms = 0;
	tanu_status st = rate(&percent, &ms, shot, err);

	if (st == TANU_OK)
		printf(" %5.0f", percent);
	fflush(stdout);
	return st;
}

/* ---- tables ---- */

static tanu_status size_and_blur(const struct shot *as, const double *sizes, size_t sizes_len,
				 tanu_error *err)
{
	static const double blurs[] = {0, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 2.5};
	tanu_status st = TANU_OK;

	printf("read, %% of %d; rows: pixels a module, columns: blur, standard deviation in px\n"
	       "      ",
	       TRIALS);
	for (size_t i = 0; i < ARRAY_LEN(blurs); i++)
		printf(" %5.2f", blurs[i]);
	for (size_t k = 0; k < sizes_len && st == TANU_OK; k++) {
		printf("\n%5.2f ", sizes[k]);
		for (size_t i = 0; i < ARRAY_LEN(blurs) && st == TANU_OK; i++) {
			struct shot shot = *as;

			shot.px_per_module = sizes[k];
			shot.blur_px = blurs[i];
			st = print_rate(&shot, err);
		}
	}
	printf("\n");
	return st;
}

/* One line: the same shot with one thing changed. */
static tanu_status one_thing(const char *what, const double *values, size_t len,
			     void (*set)(struct shot *shot, double value), double px_per_module,
			     tanu_error *err)
{
	tanu_status st = TANU_OK;

	printf("%s, at %.1f px a module and a blur of 0.6 px:\n ", what, px_per_module);
	for (size_t i = 0; i < len; i++)
		printf(" %5g", values[i]);
	printf("\n ");
	for (size_t i = 0; i < len && st == TANU_OK; i++) {
		struct shot shot = good;

		shot.px_per_module = px_per_module;
		shot.blur_px = 0.6;
		set(&shot, values[i]);
		st = print_rate(&shot, err);
	}
	printf("\n");
	return st;
}

static void set_tilt(struct shot *shot, double value)
{
	shot->tilt_deg = value;
}

static void set_near_tilt(struct shot *shot, double value)
{
	shot->distance_mm = 100;
	shot->tilt_deg = value;
}

static void set_noise(struct shot *shot, double value)
{
	shot->noise = value;
}

/* Grey of ink and paper this far apart, around the middle. */
static void set_contrast(struct shot *shot, double value)
{
	shot->dark = 128 - value / 2;
	shot->light = 128 + value / 2;
}

static void set_covered(struct shot *shot, double value)
{
	shot->covered = value / 100;
}

static void set_turn(struct shot *shot, double value)
{
	shot->turn_deg = value;
}

static void set_jpeg(struct shot *shot, double value)
{
	shot->jpeg = (int)value;
}

static tanu_status things(tanu_error *err)
{
	static const double tilts[] = {0, 10, 15, 20, 25, 30, 40};
	static const double turns[] = {0, 15, 45, 90, 180};
	static const double noises[] = {0, 5, 10, 20, 30, 40};
	static const double contrasts[] = {200, 120, 80, 50, 30, 20};
	static const double jpegs[] = {95, 85, 75, 50, 30, 15};
	static const double smears[] = {0, 1, 2, 3, 4, 6};
	static const struct {
		const char *what;
		const double *values;
		size_t len;
		void (*set)(struct shot *shot, double value);
	} of[] = {
	    {"tilt, degrees, at 30 cm", tilts, ARRAY_LEN(tilts), set_tilt},
	    {"tilt, degrees, at 10 cm", tilts, ARRAY_LEN(tilts), set_near_tilt},
	    {"turn, at most, degrees", turns, ARRAY_LEN(turns), set_turn},
	    {"noise, standard deviation", noises, ARRAY_LEN(noises), set_noise},
	    {"contrast, grey of 255", contrasts, ARRAY_LEN(contrasts), set_contrast},
	    {"JPEG quality", jpegs, ARRAY_LEN(jpegs), set_jpeg},
	    {"covered, % of the code", smears, ARRAY_LEN(smears), set_covered},
	};
	tanu_status st = TANU_OK;

	for (int px = 3; px <= 4; px++)
		for (size_t i = 0; i < ARRAY_LEN(of) && st == TANU_OK; i++)
			st = one_thing(of[i].what, of[i].values, of[i].len, of[i].set, px, err);
	return st;
}

static tanu_status tables(tanu_error *err)
{
	static const double sizes[] = {1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 5, 6};
	static const double usual[] = {2, 2.5, 3, 3.5, 4, 5, 6};
	tanu_status st;

	printf("held straight, good light, no compression\n");
	if ((st = size_and_blur(&good, sizes, ARRAY_LEN(sizes), err)) < 0)
		return st;
	printf("in a hand: tilt %.0f degrees, noise %.0f, contrast %.0f, JPEG %d\n",
	       everyday.tilt_deg, everyday.noise, everyday.light - everyday.dark, everyday.jpeg);
	if ((st = size_and_blur(&everyday, usual, ARRAY_LEN(usual), err)) < 0)
		return st;
	return things(err);
}

/* By geometry: what a camera makes of a module, and how large a module must be for 3 and 4 px. */
static void distances(void)
{
	static const double cm[] = {20, 30, 40, 50}, views[] = {50, 60, 75};
	const double modules = 61 + 2 * QR_QUIET, wide_px = 1920;

	printf("a camera %.0f px wide; view in degrees, distance in cm, px a module of %.2f mm,\n"
	       "side of the code with its quiet zone in mm for 3 and for 4 px a module\n",
	       wide_px, MODULE_MM);
	for (size_t v = 0; v < ARRAY_LEN(views); v++)
		for (size_t i = 0; i < ARRAY_LEN(cm); i++) {
			double wide_mm = 20 * cm[i] * tan(views[v] * M_PI / 360);
			double px_mm = wide_px / wide_mm;

			printf("%5.0f %5.0f %7.1f %7.0f %7.0f\n", views[v], cm[i],
			       px_mm * MODULE_MM, 3 / px_mm * modules, 4 / px_mm * modules);
		}
}

static tanu_status times(tanu_error *err)
{
	struct shot shot = good;
	double percent, ms;
	tanu_status st;

	shot.blur_px = 0.6;
	if ((st = rate(&percent, &ms, &shot, err)) < 0)
		return st;
	printf("time to read %d x %d px: %.1f ms", (int)(4 * (2 * CARD + 24)),
	       (int)(4 * (2 * CARD + 24)), ms);
	shot.blur_px = 4;
	if ((st = rate(&percent, &ms, &shot, err)) == TANU_OK)
		printf("; to find that it can't be read: %.1f ms\n", ms);
	return st;
}

int main(void)
{
	tanu_error err = {0};
	tanu_status st = tables(&err);

	if (st == TANU_OK)
		st = times(&err);
	if (st == TANU_OK)
		distances();
	if (st == TANU_UNSUPPORTED) {
		fprintf(stderr, "skipped: %s\n", err.message);
		return 0;
	}
	if (st < 0)
		fprintf(stderr, "%s\n", err.message);
	return st < 0;
}
