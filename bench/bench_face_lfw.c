/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All photographs of LFW View 1 through the engine: faces found, accuracy on the published pairs,
 * FNMR at FMR over every pair, for float and for 8-bit references, and how many photographs each
 * quality bound would refuse. The figures of bench/README.md and the calibration of the default
 * embedder come from here.
 */
#include "eval/eval.h"
#include "face/face.h"

#include "photo.h"

#include <math.h>

#define WORKERS 2

struct lfw {
	char folder[1024];
	struct name_list photos; /* "PERSON/PHOTO" */
	tanu_engine *engine;
	tanu_session *session[WORKERS];
	tanu_embedding *sample; /* one per photograph that shows a face */
	bool *found;
	tanu_quality *quality;
	float *liveness;
};

static tanu_status look_at(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct lfw *l = self;
	tanu_image *image = NULL;
	char path[1500];
	tanu_faces faces;
	tanu_pixels px;
	tanu_status st;

	snprintf(path, sizeof(path), "%s/images/%s", l->folder, l->photos.names[item]);
	if ((st = photo_read(&image, path, err)) < 0)
		return st;
	px = tanu_image_pixels(image);
	st = tanu_analyse(l->session[worker], &faces, &px, err);
	if (st == TANU_OK && faces.count > 0) {
		const tanu_face *face = &faces.face[faces.chosen];

		l->found[item] = true;
		l->quality[item] = face->quality;
		l->liveness[item] = face->liveness;
		st = tanu_embed(l->session[worker], &l->sample[item], &px, face, err);
	}
	tanu_image_free(&image);
	return st;
}

static tanu_status look_at_all(struct lfw *l, tanu_error *err)
{
	/* LFW is cut around its subject, who is not always the largest face. */
	const tanu_session_options options = {.central = true};
	char images[1100];
	size_t n, found = 0;
	int64_t start;
	tanu_status st;

	snprintf(images, sizeof(images), "%s/images", l->folder);
	if ((st = walk_photos(&l->photos, images, err)) < 0 ||
	    (st = tanu_engine_open(&l->engine, NULL, err)) < 0)
		return st;
	for (size_t i = 0; i < WORKERS; i++)
		if ((st = tanu_session_open(&l->session[i], l->engine, &options, err)) < 0)
			return st;
	n = l->photos.len;
	l->sample = calloc(n, sizeof(*l->sample));
	l->found = calloc(n, sizeof(*l->found));
	l->quality = calloc(n, sizeof(*l->quality));
	l->liveness = calloc(n, sizeof(*l->liveness));
	if (!l->sample || !l->found || !l->quality || !l->liveness)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "samples", "not enough memory");
	start = os_monotonic_ns();
	if ((st = os_parallel(WORKERS, n, look_at, l, err)) < 0)
		return st;
	for (size_t i = 0; i < n; i++)
		found += l->found[i];
	printf("a face in %zu of %zu photographs, %.1f s on %d threads\n", found, n,
	       (double)(os_monotonic_ns() - start) / 1e9, WORKERS);
	return TANU_OK;
}

/* Score of a pair, in float or as references would be compared. */
static tanu_status score(float *out, const struct lfw *l, const struct pair *p, bool quantised,
			 tanu_error *err)
{
	tanu_reference a, b;
	tanu_status st;

	if (!quantised)
		return tanu_compare_float(out, &l->sample[p->a], &l->sample[p->b], err);
	if ((st = tanu_reference_from(&a, &l->sample[p->a], err)) < 0 ||
	    (st = tanu_reference_from(&b, &l->sample[p->b], err)) < 0)
		return st;
	return tanu_compare(out, &a, &b, err);
}

static tanu_status score_list(struct labelled_score **out, size_t *len, struct lfw *l,
			      const char *list, bool quantised, tanu_error *err)
{
	struct pair_list pairs = {0};
	struct labelled_score *scores = NULL;
	struct buf text = {0};
	size_t photos = l->photos.len;
	char path[1100];
	tanu_status st;

	snprintf(path, sizeof(path), "%s/%s", l->folder, list);
	if ((st = os_read_file(&text, path, 1 << 20, err)) < 0 ||
	    (st = pair_list_parse(&pairs, &l->photos, text.data, text.len, list, err)) < 0)
		goto out;
	if (l->photos.len != photos) {
		st = tanu_fail(err, TANU_ERR_FILE_MISSING, list, "names photographs not there");
		goto out;
	}
	scores = calloc(pairs.len, sizeof(*scores));
	if (!scores) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, list, "not enough memory");
		goto out;
	}
	for (size_t i = 0; i < pairs.len && st == TANU_OK; i++) {
		scores[i].same = pairs.pairs[i].same;
		/* Without a face there is no score: the pair counts as different. */
		scores[i].score = -1;
		if (l->found[pairs.pairs[i].a] && l->found[pairs.pairs[i].b])
			st = score(&scores[i].score, l, &pairs.pairs[i], quantised, err);
	}
	*len = pairs.len;
	*out = scores;
	scores = NULL;
out:
	free(scores);
	pair_list_free(&pairs);
	buf_free(&text);
	return st;
}

static tanu_status report_pairs(struct lfw *l, bool quantised, tanu_error *err)
{
	struct labelled_score *train = NULL, *test = NULL;
	size_t train_len, test_len;
	struct accuracy a;
	double threshold;
	tanu_status st;

	if ((st = score_list(&train, &train_len, l, "pairsDevTrain.txt", quantised, err)) < 0 ||
	    (st = score_list(&test, &test_len, l, "pairsDevTest.txt", quantised, err)) < 0 ||
	    (st = best_accuracy_threshold(&threshold, train, train_len, err)) < 0)
		goto out;
	a = accuracy_at(test, test_len, threshold);
	printf("%s: DevTest %llu of %llu right = %.2f%% (95%%: %.2f to %.2f%%) at %.3f, from "
	       "DevTrain\n",
	       quantised ? "int8 " : "float", (unsigned long long)a.right,
	       (unsigned long long)a.pairs, 100 * a.share, 100 * a.ci.low, 100 * a.ci.high,
	       threshold);
out:
	free(train);
	free(test);
	return st;
}

static tanu_status report_rates(struct scores *s, const char *what, tanu_error *err)
{
	static const double fmrs[] = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
	tanu_status st = scores_sort(s, err);

	printf("%s, %zu genuine and %zu impostor pairs:\n", what, s->genuine_len, s->impostor_len);
	for (size_t i = 0; i < ARRAY_LEN(fmrs) && st == TANU_OK; i++) {
		struct error_rates r;
		double threshold;

		if ((st = threshold_at_fmr(&threshold, s, fmrs[i], err)) < 0)
			return st;
		r = rates_at(s, threshold);
		printf("  FMR %-5g (%llu) at %.4f: FNMR %.2f%% (%llu; 95%%: %.2f to %.2f%%)\n",
		       fmrs[i], (unsigned long long)r.false_matches, threshold, 100 * r.fnmr,
		       (unsigned long long)r.false_non_matches, 100 * r.fnmr_ci.low,
		       100 * r.fnmr_ci.high);
	}
	return st;
}

/* Who is on each photograph that shows a face; those without one move out of the way. */
static tanu_status number_people(size_t *subject, size_t *len, struct lfw *l, tanu_error *err)
{
	struct name_list people = {0};
	tanu_status st = TANU_OK;

	*len = 0;
	for (size_t i = 0; i < l->photos.len && st == TANU_OK; i++) {
		char person[256];

		if (!l->found[i])
			continue;
		snprintf(person, sizeof(person), "%.*s", (int)strcspn(l->photos.names[i], "/"),
			 l->photos.names[i]);
		st = name_list_add(&people, &subject[*len], person, err);
		l->sample[(*len)++] = l->sample[i];
	}
	name_list_free(&people);
	return st;
}

static tanu_status report_all_pairs(struct lfw *l, tanu_error *err)
{
	struct scores quantised = {0}, exact = {0};
	size_t *subject = calloc(l->photos.len, sizeof(*subject));
	struct score_error off;
	size_t len;
	tanu_status st;

	if (!subject)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "subjects", "not enough memory");
	if ((st = number_people(subject, &len, l, err)) < 0 ||
	    (st = all_pairs(&quantised, &exact, l->sample, subject, len, err)) < 0)
		goto out;
	off = scores_compare(&quantised, &exact);
	if ((st = report_rates(&exact, "float", err)) < 0 ||
	    (st = report_rates(&quantised, "int8", err)) < 0)
		goto out;
	printf("score error of int8: %.6f root mean square, %.6f at worst\n", off.rms, off.worst);
out:
	scores_free(&quantised);
	scores_free(&exact);
	free(subject);
	return st;
}

/* How many photographs each bound refuses, at a door and for enrolment. */
static void report_quality(const struct lfw *l)
{
	tanu_quality_bounds bounds[2];
	size_t refused[2][TANU_QUALITY_COUNT] = {{0}}, any[2] = {0}, faces = 0, live = 0;

	tanu_quality_bounds_door(&bounds[0]);
	tanu_quality_bounds_enrol(&bounds[1]);
	for (size_t i = 0; i < l->photos.len; i++) {
		if (!l->found[i])
			continue;
		faces++;
		live += l->liveness[i] >= 0.5F;
		for (int b = 0; b < 2; b++) {
			bool out = false;

			for (int m = 0; m < TANU_QUALITY_COUNT; m++) {
				float v = l->quality[i].value[m];
				bool beyond = !(v >= bounds[b].min[m] && v <= bounds[b].max[m]);

				refused[b][m] += beyond;
				out |= beyond;
			}
			any[b] += out;
		}
	}
	printf("refused by quality:   door  enrol\n");
	for (int m = 0; m < TANU_QUALITY_COUNT; m++)
		printf("  %-16s %6.2f%% %6.2f%%\n", tanu_quality_name((tanu_quality_measure)m),
		       100 * (double)refused[0][m] / (double)faces,
		       100 * (double)refused[1][m] / (double)faces);
	printf("  %-16s %6.2f%% %6.2f%%\n", "any", 100 * (double)any[0] / (double)faces,
	       100 * (double)any[1] / (double)faces);
	printf("liveness of at least 0.5: %.2f%% (photographs, not live faces)\n",
	       100 * (double)live / (double)faces);
}

static void lfw_close(struct lfw *l)
{
	for (size_t i = 0; i < WORKERS; i++)
		tanu_session_close(&l->session[i]);
	tanu_engine_close(&l->engine);
	name_list_free(&l->photos);
	free(l->sample);
	free(l->found);
	free(l->quality);
	free(l->liveness);
}

int main(void)
{
	static struct lfw l;
	tanu_error err = {0};
	tanu_status st;

	if (!data_folder(l.folder, sizeof(l.folder), "lfw-dev"))
		return 0;
	if ((st = look_at_all(&l, &err)) == TANU_OK &&
	    (st = report_pairs(&l, false, &err)) == TANU_OK &&
	    (st = report_pairs(&l, true, &err)) == TANU_OK) {
		report_quality(&l);
		st = report_all_pairs(&l, &err);
	}
	lfw_close(&l);
	return st < 0 ? bench_fail(&err) : 0;
}
