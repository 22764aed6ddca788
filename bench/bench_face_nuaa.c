/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single-frame liveness on NUAA's webcam frames: live faces against printed photographs. For each
 * subject the threshold is chosen on all others, so that nobody is judged by a threshold that has
 * seen her. APCER: attack presentations taken for live; BPCER: live faces taken for attacks
 * (ISO/IEC 30107-3). Frames of one session are near-duplicates, so errors are shown by subject and
 * session.
 */
#include "eval/eval.h"
#include "face/face.h"

#include "photo.h"

#define WORKERS 2

struct frame {
	char path[1200];
	char session[64]; /* SUBJECT_GLASSES_POSITION_SESSION */
	size_t subject;
	bool live, found;
	float liveness;
	double threshold; /* chosen on the other subjects */
};

struct nuaa {
	struct name_list subjects;
	struct frame *frame;
	size_t len, cap;
	tanu_engine *engine;
	tanu_session *session[WORKERS];
};

static tanu_status add_frame(struct nuaa *n, const char *folder, const char *name, bool live,
			     tanu_error *err)
{
	const char *file = strchr(name, '/') + 1;
	struct frame *f;
	char subject[64];

	if (n->len == n->cap) {
		n->cap = 2 * n->cap + 1024;
		f = realloc(n->frame, n->cap * sizeof(*f));
		if (!f)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, name, "not enough memory");
		n->frame = f;
	}
	f = &n->frame[n->len++];
	*f = (struct frame){.live = live};
	snprintf(f->path, sizeof(f->path), "%s/%s", folder, name);
	snprintf(f->session, sizeof(f->session), "%.*s", (int)(strrchr(file, '_') - file), file);
	snprintf(subject, sizeof(subject), "%.*s", (int)strcspn(name, "/"), name);
	return name_list_add(&n->subjects, &f->subject, subject, err);
}

static tanu_status add_folder(struct nuaa *n, const char *folder, const char *kind, bool live,
			      tanu_error *err)
{
	struct name_list photos = {0};
	char dir[1100];
	tanu_status st;

	snprintf(dir, sizeof(dir), "%s/%s", folder, kind);
	st = walk_photos(&photos, dir, err);
	for (size_t i = 0; i < photos.len && st == TANU_OK; i++)
		st = add_frame(n, dir, photos.names[i], live, err);
	name_list_free(&photos);
	return st;
}

static tanu_status look_at(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct nuaa *n = self;
	struct frame *f = &n->frame[item];
	tanu_image *image = NULL;
	tanu_faces faces;
	tanu_pixels px;
	tanu_status st;

	if ((st = photo_read(&image, f->path, err)) < 0)
		return st;
	px = tanu_image_pixels(image);
	st = tanu_analyse(n->session[worker], &faces, &px, err);
	if (st == TANU_OK && faces.count > 0) {
		f->found = true;
		f->liveness = faces.face[faces.chosen].liveness;
	}
	tanu_image_free(&image);
	return st;
}

/* Liveness as a score: frames of everybody but one subject. */
static tanu_status threshold_without(double *threshold, const struct nuaa *n, size_t subject,
				     tanu_error *err)
{
	struct scores s = {.genuine = calloc(n->len, sizeof(float)),
			   .impostor = calloc(n->len, sizeof(float))};
	double rate;
	tanu_status st = TANU_OK;

	if (!s.genuine || !s.impostor)
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, "scores", "not enough memory");
	for (size_t i = 0; i < n->len && st == TANU_OK; i++) {
		const struct frame *f = &n->frame[i];

		if (f->subject == subject || !f->found)
			continue;
		if (f->live)
			s.genuine[s.genuine_len++] = f->liveness;
		else
			s.impostor[s.impostor_len++] = f->liveness;
	}
	if (st == TANU_OK && (st = scores_sort(&s, err)) == TANU_OK)
		st = equal_error_rate(&rate, threshold, &s, err);
	/* Where both are zero any threshold between them serves: the middle of the gap. */
	if (st == TANU_OK && s.impostor[s.impostor_len - 1] < s.genuine[0])
		*threshold = ((double)s.genuine[0] + (double)s.impostor[s.impostor_len - 1]) / 2;
	free(s.genuine);
	free(s.impostor);
	return st;
}

static tanu_status set_thresholds(struct nuaa *n, tanu_error *err)
{
	for (size_t subject = 0; subject < n->subjects.len; subject++) {
		double threshold;
		tanu_status st = threshold_without(&threshold, n, subject, err);

		if (st < 0)
			return st;
		for (size_t i = 0; i < n->len; i++)
			if (n->frame[i].subject == subject)
				n->frame[i].threshold = threshold;
	}
	return TANU_OK;
}

/* A face that is not found can't pass for live: an attack fails, a live face is refused. */
static bool is_error(const struct frame *f, double threshold)
{
	return (f->found && (double)f->liveness >= threshold) != f->live;
}

static void report_total(const struct nuaa *n, bool live, bool fixed)
{
	size_t frames = 0, errors = 0, with_face = 0;
	struct interval ci;

	for (size_t i = 0; i < n->len; i++) {
		if (n->frame[i].live != live)
			continue;
		frames++;
		with_face += n->frame[i].found;
		errors += is_error(&n->frame[i], fixed ? 0.5 : n->frame[i].threshold);
	}
	ci = clopper_pearson(errors, frames, 0.95);
	printf("%s: %s %zu of %zu frames = %.2f%% (95%% were they independent: %.2f to %.2f%%); a "
	       "face in %zu\n",
	       fixed ? "threshold 0.5" : "leave one subject out", live ? "BPCER" : "APCER", errors,
	       frames, 100 * (double)errors / (double)frames, 100 * ci.low, 100 * ci.high,
	       with_face);
}

/* Sessions with an error, of all sessions of this subject and kind. */
static void report_subject(const struct nuaa *n, size_t subject, bool live)
{
	struct name_list sessions = {0};
	size_t frames = 0, errors = 0, wrong[256] = {0}, wrong_sessions = 0, at;
	double threshold = 0;

	for (size_t i = 0; i < n->len; i++) {
		const struct frame *f = &n->frame[i];
		bool error;

		if (f->subject != subject || f->live != live ||
		    name_list_add(&sessions, &at, f->session, NULL) < 0)
			continue;
		error = is_error(f, f->threshold);
		threshold = f->threshold;
		frames++;
		errors += error;
		if (error && at < ARRAY_LEN(wrong) && wrong[at]++ == 0)
			wrong_sessions++;
	}
	if (frames)
		printf("  %s %s: %zu of %zu frames, %zu of %zu sessions, threshold %.3f\n",
		       n->subjects.names[subject], live ? "live " : "print", errors, frames,
		       wrong_sessions, sessions.len, threshold);
	name_list_free(&sessions);
}

static void report(const struct nuaa *n)
{
	report_total(n, true, true);
	report_total(n, false, true);
	report_total(n, true, false);
	report_total(n, false, false);
	printf("errors by subject, the threshold chosen on the others:\n");
	for (int live = 1; live >= 0; live--)
		for (size_t i = 0; i < n->subjects.len; i++)
			report_subject(n, i, live);
}

int main(void)
{
	static struct nuaa n;
	char folder[1024];
	tanu_error err = {0};
	tanu_status st;

	if (!data_folder(folder, sizeof(folder), "nuaa-train"))
		return 0;
	if ((st = add_folder(&n, folder, "live", true, &err)) < 0 ||
	    (st = add_folder(&n, folder, "print", false, &err)) < 0 ||
	    (st = tanu_engine_open(&n.engine, NULL, &err)) < 0)
		goto out;
	for (size_t i = 0; i < WORKERS && st == TANU_OK; i++)
		st = tanu_session_open(&n.session[i], n.engine, NULL, &err);
	if (st == TANU_OK && (st = os_parallel(WORKERS, n.len, look_at, &n, &err)) == TANU_OK &&
	    (st = set_thresholds(&n, &err)) == TANU_OK)
		report(&n);
out:
	for (size_t i = 0; i < WORKERS; i++)
		tanu_session_close(&n.session[i]);
	tanu_engine_close(&n.engine);
	name_list_free(&n.subjects);
	free(n.frame);
	return st < 0 ? bench_fail(&err) : 0;
}
