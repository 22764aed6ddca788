/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu eval liveness`: attack detection over sequences of frames, decided as a gate decides. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval_liveness.h"
#include "cli/verbs.h"

#define RATE	     20.0 /* frames a second that NUAA's numbers count */
#define KEY_MAX	     1024
#define WORKERS_MAX  16
#define SPECIES_LIVE "live"

/* ---- what the names say ---- */

/* The n-th of the parts that underscores divide, from 1; "" where there are fewer. */
static const char *field_of(const char *name, long n, size_t *len)
{
	while (--n > 0 && *name) {
		name += strcspn(name, "_");
		name += *name == '_';
	}
	*len = strcspn(name, "_.");
	return name;
}

static tanu_status number_species(struct liveness_eval *e, struct frame_file *f, const char *name,
				  const char *dir, tanu_error *err)
{
	char kind[KEY_MAX];
	size_t len;
	const char *field = field_of(name, e->field, &len);
	const char *folder = strrchr(dir, '/') ? strrchr(dir, '/') + 1 : dir;

	if (e->field == 0)
		snprintf(kind, sizeof(kind), "%s", *folder ? folder : "attack");
	else
		snprintf(kind, sizeof(kind), "%s %.*s", *folder ? folder : "attack", (int)len,
			 field);
	return name_number(&e->species, &f->species, kind, strlen(kind), err);
}

static tanu_status add_frame(struct liveness_eval *e, const char *dir, const char *path,
			     bool attack, tanu_error *err)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const char *last = strrchr(name, '_');
	char session[KEY_MAX];
	struct frame_file *f;
	tanu_status st;

	if (!last)
		return TANU_OK; /* no frame of a sequence */
	if (e->frames == e->frames_cap) {
		e->frames_cap = 2 * e->frames_cap + 1024;
		f = realloc(e->frame, e->frames_cap * sizeof(*f));
		if (!f)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		e->frame = f;
	}
	f = &e->frame[e->frames++];
	*f = (struct frame_file){
	    .path = path, .dir = dir, .number = (int)strtol(last + 1, NULL, 10)};
	snprintf(session, sizeof(session), "%c%.*s", attack ? 'a' : 'l', (int)(last - path), path);
	if (attack && (st = number_species(e, f, name, dir, err)) < 0)
		return st;
	if ((st = name_number(&e->subjects, &f->subject, name, strcspn(name, "_"), err)) < 0)
		return st;
	return name_number(&e->sessions, &f->session, session, strlen(session), err);
}

static tanu_status gather(struct liveness_eval *e, const char *dir, bool attack, tanu_error *err)
{
	struct name_list *paths = &e->paths[attack];
	tanu_status st = walk_pictures(paths, dir, err);

	for (size_t i = 0; i < paths->len && st == TANU_OK; i++)
		st = add_frame(e, dir, paths->names[i], attack, err);
	if (st == TANU_OK && paths->len == 0)
		st = tanu_fail(err, TANU_ERR_FILE_MISSING, dir, "no photographs");
	return st;
}

static int by_session(const void *a, const void *b)
{
	const struct frame_file *x = a, *y = b;

	if (x->session != y->session)
		return (x->session > y->session) - (x->session < y->session);
	return (x->number > y->number) - (x->number < y->number);
}

/* ---- sequences ---- */

static tanu_status add_sequence(struct liveness_eval *e, size_t first, size_t len,
				enum simulation simulation, tanu_error *err)
{
	const struct frame_file *f = &e->frame[first];
	struct sequence *s;
	tanu_status st = TANU_OK;

	if (e->sequences == e->sequences_cap) {
		e->sequences_cap = 2 * e->sequences_cap + 64;
		s = realloc(e->sequence, e->sequences_cap * sizeof(*s));
		if (!s)
			return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		e->sequence = s;
	}
	s = &e->sequence[e->sequences++];
	*s = (struct sequence){.first = first,
			       .len = len,
			       .subject = f->subject,
			       .species = f->species,
			       .session = f->session,
			       .simulation = simulation};
	if (simulation != SIMULATION_NONE) {
		const char *name = simulation_name(simulation);
		char session[KEY_MAX];

		snprintf(session, sizeof(session), "%d%s", (int)simulation,
			 e->sessions.names[f->session]);
		st = name_number(&e->species, &s->species, name, strlen(name), err);
		if (st == TANU_OK)
			st = name_number(&e->sessions, &s->session, session, strlen(session), err);
	}
	return st;
}

static tanu_status cut_sequences(struct liveness_eval *e, enum simulation simulation,
				 tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0, end; i < e->frames && st == TANU_OK; i = end) {
		size_t cut;

		for (end = i; end < e->frames && e->frame[end].session == e->frame[i].session;)
			end++;
		if (simulation != SIMULATION_NONE && e->frame[i].species != PAD_LIVE)
			continue;
		cut = e->cut ? e->cut : end - i;
		for (size_t at = i; at + cut <= end && st == TANU_OK; at += cut)
			st = add_sequence(e, at, cut, simulation, err);
	}
	return st;
}

/* ---- looking ---- */

struct crew {
	struct liveness_eval *eval;
	tanu_engine *engine;
	tanu_session *session[WORKERS_MAX];
	struct liveness judge[WORKERS_MAX];
	struct progress progress;
	atomic_size_t done;
};

static tanu_status read_frame(tanu_image **out, const struct frame_file *f, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st = os_path(path, sizeof(path), f->dir, f->path, err);

	return st < 0 ? st : tanu_image_read(out, path, NULL, err);
}

static void judge_frame(struct sequence *s, struct liveness *judge, const tanu_pixels *px,
			const tanu_face *face, int64_t at_ms)
{
	const struct liveness_view view = {.image = px, .face = face, .at_ms = at_ms};
	int64_t started_ns = os_thread_ns();

	if (liveness_observe(judge, &view, NULL) < 0)
		return;
	liveness_judge(judge, &s->last, at_ms);
	s->cpu_ns += os_thread_ns() - started_ns;
	if (s->decided == LIVENESS_UNKNOWN &&
	    (s->last.state == LIVENESS_LIVE || s->last.state == LIVENESS_ATTACK)) {
		s->decided = s->last.state;
		s->reason = s->last.reason;
		s->decided_ms = at_ms;
	}
}

static tanu_status look_at(struct crew *c, size_t worker, struct sequence *s,
			   const tanu_image *still, size_t index, tanu_error *err)
{
	const struct frame_file *f = &c->eval->frame[s->first + index];
	tanu_image *image = NULL, *made = NULL;
	tanu_pixels px, first;
	tanu_faces faces;
	tanu_status st = read_frame(&image, f, err);

	if (st < 0)
		return st;
	px = tanu_image_pixels(image);
	if (s->simulation != SIMULATION_NONE &&
	    (st = image_new(&made, image->width, image->height, err)) == TANU_OK) {
		first = tanu_image_pixels(still);
		simulate(made, s->simulation, &first, &px, (int)index);
		px = tanu_image_pixels(made);
	}
	if (st == TANU_OK)
		st = tanu_analyse(c->session[worker], &faces, &px, err);
	if (st == TANU_OK && faces.count == 0)
		s->without_face++;
	if (st == TANU_OK && faces.count > 0)
		judge_frame(s, &c->judge[worker], &px, &faces.face[faces.chosen],
			    (int64_t)((f->number - c->eval->frame[s->first].number) * 1000 /
				      c->eval->rate));
	tanu_image_free(&image);
	tanu_image_free(&made);
	return st;
}

static tanu_status look_at_sequence(void *self, size_t worker, size_t item, tanu_error *err)
{
	/* What a gate could not have asked for, frames of yesterday don't answer. */
	const struct liveness_options options = {.challenge_off = true};
	struct crew *c = self;
	struct sequence *s = &c->eval->sequence[item];
	tanu_image *still = NULL;
	tanu_status st = TANU_OK;

	liveness_begin(&c->judge[worker], &options, 0);
	if (s->simulation != SIMULATION_NONE)
		st = read_frame(&still, &c->eval->frame[s->first], err);
	for (size_t i = 0; i < s->len && st == TANU_OK; i++)
		st = look_at(c, worker, s, still, i, err);
	tanu_image_free(&still);
	progress_step(&c->progress, atomic_fetch_add(&c->done, 1) + 1);
	return st;
}

static tanu_status look_at_all(struct liveness_eval *e, tanu_error *err)
{
	struct crew c = {.eval = e};
	struct random_source random = os_random();
	size_t workers =
	    (size_t)os_cpu_count() < WORKERS_MAX ? (size_t)os_cpu_count() : WORKERS_MAX;
	tanu_status st = tanu_engine_open(&c.engine, NULL, err);

	for (size_t i = 0; i < workers && st == TANU_OK; i++)
		if ((st = tanu_session_open(&c.session[i], c.engine, NULL, err)) == TANU_OK)
			st = liveness_open(&c.judge[i], &random, err);
	if (st == TANU_OK) {
		progress_start(&c.progress, "sequences", e->sequences);
		st = os_parallel(workers, e->sequences, look_at_sequence, &c, err);
		progress_end(&c.progress);
	}
	for (size_t i = 0; i < workers; i++) {
		liveness_close(&c.judge[i]);
		tanu_session_close(&c.session[i]);
	}
	tanu_engine_close(&c.engine);
	return st;
}

/* ---- the verb ---- */

static tanu_status read_options(struct liveness_eval *e, const struct args *args, tanu_error *err)
{
	double cut = 0, field = 0;
	tanu_status st;

	e->rate = RATE;
	if ((args_has(args, "rate") &&
	     (st = args_real(&e->rate, args, "rate", 0.1, 1000, err)) < 0) ||
	    (args_has(args, "frames") &&
	     (st = args_real(&cut, args, "frames", 2, 10000, err)) < 0) ||
	    (args_has(args, "kind-field") &&
	     (st = args_real(&field, args, "kind-field", 1, 20, err)) < 0))
		return st;
	e->cut = (size_t)cut;
	e->field = (long)field;
	return TANU_OK;
}

static tanu_status gather_all(struct liveness_eval *e, const struct args *args, tanu_error *err)
{
	uint32_t live;
	tanu_status st;

	if ((st = name_number(&e->species, &live, SPECIES_LIVE, strlen(SPECIES_LIVE), err)) < 0 ||
	    (st = gather(e, args_get(args, "live"), false, err)) < 0 ||
	    (st = gather(e, args_get(args, "attack"), true, err)) < 0)
		return st;
	qsort(e->frame, e->frames, sizeof(*e->frame), by_session);
	st = cut_sequences(e, SIMULATION_NONE, err);
	for (int i = 1; i < SIMULATIONS && st == TANU_OK && args_has(args, "simulate"); i++)
		st = cut_sequences(e, (enum simulation)i, err);
	if (st == TANU_OK && e->species.len > PAD_SPECIES_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, "kind-field", "more than %d kinds of attack",
				 PAD_SPECIES_MAX - 1);
	if (st == TANU_OK && e->sequences == 0)
		return tanu_fail(err, TANU_ERR_USAGE, "frames",
				 "no session has so many frames (NAME_NUMBER.jpg)");
	return st;
}

static tanu_status eval_liveness(struct run *run, tanu_error *err)
{
	struct liveness_eval e = {0};
	struct report report = {.json = &run->jw};
	tanu_status st;

	report.sheet.words = &run->text;
	report.sheet.colour = run->colour;
	if ((st = read_options(&e, &run->args, err)) < 0 ||
	    (st = gather_all(&e, &run->args, err)) < 0 || (st = look_at_all(&e, err)) < 0)
		goto out;
	jw_int(&run->jw, "frames", (int64_t)e.frames);
	jw_int(&run->jw, "subjects", (int64_t)e.subjects.len);
	jw_int(&run->jw, "sequences", (int64_t)e.sequences);
	say(run, "%zu frames of %zu people, %zu sequences\n", e.frames, e.subjects.len,
	    e.sequences);
	tell_decisions(&report, &e);
	tell_parts(&report, &e);
	st = tell_left_out(&report, &e, err);
	report_end_warnings(&report);
out:
	free(e.frame);
	free(e.sequence);
	for (int i = 0; i < 2; i++)
		name_list_free(&e.paths[i]);
	name_list_free(&e.species);
	name_list_free(&e.subjects);
	name_list_free(&e.sessions);
	return st;
}

const struct verb verb_eval_liveness = {
    .group = "eval",
    .action = "liveness",
    .brief = "Measure liveness over frames on sessions of live faces and of attacks",
    .about =
	"Frames whose names differ only in the number after the last underscore are a session. "
	"Each is judged as a gate would, frame by frame until the evidence says live or attack, "
	"without a challenge, which a recording can't answer. Told are APCER of each kind of "
	"attack (ISO/IEC 30107-3: taken for live) and BPCER, by sessions with Clopper-Pearson "
	"intervals; the time needed; what each part of the evidence found; and the rates with "
	"thresholds on the summed evidence, without its vetoes, that were chosen without the "
	"person and "
	"without the kind of attack that are judged by them.\n\n"
	"With --simulate three attacks are made of the live sessions, and named so: one frame "
	"waved as a photograph, the same without a border in sight, all frames on a screen. Drawn "
	"ones are no real ones.\n\nNo features are computed and no picture is kept.",
    .example = "tanu eval liveness --live photos/live --attack photos/print --kind-field 3",
    .options = {{"live", VALUE_DIR, "DIR", NULL, true, "Folder of live faces"},
		{"attack", VALUE_DIR, "DIR", NULL, true, "Folder of attacks"},
		{"kind-field", VALUE_WORD, "N", NULL, false,
		 "The N-th part of an attack's name, between underscores, tells its kind; else "
		 "the folder does for all"},
		{"rate", VALUE_WORD, "RATE", NULL, false,
		 "Frames a second that the numbers in the names count, 20 if not given"},
		{"frames", VALUE_WORD, "N", NULL, false,
		 "Cut sessions into sequences of N frames; whole sessions if not given"},
		{"simulate", VALUE_NONE, NULL, NULL, false, "Simulated attacks as well"}},
    .fields = {{"frames", "pictures"},
	       {"subjects", "people in both folders"},
	       {"sequences", "sequences judged"},
	       {"decisions[].species", "live, or a kind of attack"},
	       {"decisions[].sequences", "of it"},
	       {"decisions[].live", "decided live"},
	       {"decisions[].attack", "decided to be an attack"},
	       {"decisions[].thin", "neither, with all frames seen"},
	       {"decisions[].rate_name", "BPCER or APCER"},
	       {"decisions[].rate",
		"of live faces those not decided live, of attacks those that were"},
	       {"decisions[].interval", "95%, Clopper-Pearson"},
	       {"decisions[].median_ms", "from the first frame to the decision, or null"},
	       {"judge_ms", "CPU time of the judge for one frame, without the face engine"},
	       {"parts[].part", "of the evidence"},
	       {"parts[].species[].species", "live, or a kind of attack"},
	       {"parts[].species[].present", "sequences in which it said anything"},
	       {"parts[].species[].attack", "in which it was a clear attack"},
	       {"parts[].species[].support", "in which it spoke for a live face"},
	       {"left_out[].evidence", "which parts were summed"},
	       {"left_out[].left_out", "subject or kind"},
	       {"left_out[].species", "live, or a kind of attack"},
	       {"left_out[].rate_name", "BPCER or APCER"},
	       {"left_out[].errors", "judged wrongly"},
	       {"left_out[].sequences", "judged"},
	       {"left_out[].interval", "95%, Clopper-Pearson"},
	       {"warnings", "what the data cannot support, array of sentences"}},
    .run = eval_liveness,
};
