/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu gate pad-test`: an installer's own attacks on his own camera, counted. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/gate_pad_test.h"
#include "cli/pad_second.h"
#include "cli/verbs.h"
#include "image/image.h"
#include "sight/sight.h"

#define TRIALS	   20
#define SECONDS	   6
#define PATIENCE_S 15 /* for the first frame of a trial */
#define WAIT_MS	   200
#define QUALITY	   90 /* of frames that are kept */

struct pad_test {
	struct run *run;
	const char *source, *species, *results, *keep;
	double seconds;
	long trials;
	bool ask;  /* somebody sits there who holds things up */
	bool film; /* the first camera's time is a recording's */
	struct pad_second second[SECOND_KINDS];
	struct lab lab;
	struct pad_rows rows;
};

/* ---- one trial ---- */

struct trial {
	struct camera camera;
	struct sight sight;
	tanu_faces faces;
	int64_t begun_ms; /* of the film or clock: the first frame of who stands there */
	int64_t opened_ms, first_ms;
	bool ended;
	int kept;
	struct pad_row row;
};

static tanu_status keep_frame(const struct pad_test *p, struct trial *t, const tanu_pixels *px,
			      tanu_error *err)
{
	char name[160], path[OS_PATH_MAX];
	struct buf jpeg = {0};
	tanu_status st;

	if (!p->keep)
		return TANU_OK;
	snprintf(name, sizeof(name), "%.80s_%lld_%03d.jpg", p->species, (long long)t->row.at_ms,
		 t->kept++);
	if ((st = os_path(path, sizeof(path), p->keep, name, err)) < 0)
		return st;
	st = image_write_jpeg(&jpeg, px, QUALITY, err);
	if (st == TANU_OK)
		st = os_replace_file(path, jpeg.data, jpeg.len, 0600, err);
	buf_wipe(&jpeg);
	return st;
}

static void take_result(struct trial *t, const struct liveness_result *r, int64_t at_ms)
{
	t->row.result = *r;
	t->row.decided_ms = at_ms - t->begun_ms;
	t->row.seen = true;
}

static tanu_status take_frame(struct pad_test *p, struct trial *t, const struct camera_frame *frame,
			      int64_t at_ms, tanu_error *err)
{
	struct liveness_result result;
	const tanu_face *face;
	tanu_status st;

	for (int i = 0; i < SECOND_KINDS; i++)
		if ((st = pad_second_until(&p->second[i], at_ms, err)) < 0)
			return st;
	if ((st = tanu_analyse(p->lab.session, &t->faces, &frame->pixels, err)) < 0 ||
	    (st = keep_frame(p, t, &frame->pixels, err)) < 0 ||
	    (st = sight_frame(&t->sight, &face, &frame->pixels, &t->faces, at_ms, err)) < 0)
		return st;
	if (t->sight.begun)
		t->begun_ms = at_ms;
	if (!face)
		return TANU_OK;
	sight_judge(&t->sight, &result, at_ms);
	take_result(t, &result, at_ms);
	return TANU_OK;
}

static bool is_decided(const struct trial *t)
{
	return t->row.seen &&
	       (t->row.result.state == LIVENESS_LIVE || t->row.result.state == LIVENESS_ATTACK);
}

static bool is_over(const struct pad_test *p, const struct trial *t, int64_t now_ms)
{
	if (t->ended || is_decided(t))
		return true;
	if (t->first_ms == 0)
		return now_ms - t->opened_ms > PATIENCE_S * 1000;
	return (double)(now_ms - t->first_ms) > p->seconds * 1000;
}

/* A recorded film has its own time; what a camera shows is of now. */
static tanu_status take_event(struct pad_test *p, struct trial *t, const struct camera_event *event,
			      int64_t now_ms, tanu_error *err)
{
	switch (event->kind) {
	case CAMERA_OFFLINE:
		return tanu_fail(err, TANU_ERR_DEVICE, "camera", "%s", event->why);
	case CAMERA_ENDED:
		t->ended = true;
		return TANU_OK;
	case CAMERA_FRAME:
		if (t->first_ms == 0)
			t->first_ms = now_ms;
		return take_frame(p, t, &event->frame,
				  p->film ? event->frame.media_ms : event->frame.at_ms, err);
	default:
		return TANU_OK;
	}
}

/* As a gate has it, but for the challenge: what is held up is to be judged as it is. */
static tanu_status trial_open(struct pad_test *p, struct trial *t, tanu_error *err)
{
	const struct camera_options camera = {.pace = CAMERA_EVERY};
	struct sight_options options = {.life = {.challenge_off = true}};
	struct random_source random = os_random();
	struct liveness judge = {.ops = NULL};
	tanu_status st = liveness_open(&judge, &random, err);

	for (int i = 0; i < SECOND_KINDS && st == TANU_OK; i++) {
		if (!p->second[i].source)
			continue;
		st = pad_second_open(&p->second[i], p->lab.engine, err);
		options.second[i] = &p->second[i].second;
		options.life.need |= 1U << second_kind_part((enum second_kind)i);
	}
	sight_open(&t->sight, judge, &options);
	t->row.at_ms = os_clock().now_ms(NULL);
	snprintf(t->row.species, sizeof(t->row.species), "%s", p->species);
	return st < 0 ? st : camera_open(&t->camera, p->source, &camera, err);
}

static void trial_close(struct pad_test *p, struct trial *t)
{
	camera_close(&t->camera);
	sight_close(&t->sight);
	for (int i = 0; i < SECOND_KINDS; i++)
		pad_second_close(&p->second[i]);
	mem_wipe(&t->faces, sizeof(t->faces));
}

static tanu_status run_trial(struct pad_test *p, struct trial *t, tanu_error *err)
{
	int64_t now_ms = os_monotonic_ns() / 1000000;
	tanu_status st = trial_open(p, t, err);

	t->opened_ms = now_ms;
	while (st == TANU_OK && !is_over(p, t, now_ms)) {
		struct camera_event event;

		st = camera_next(&t->camera, &event, now_ms, err);
		if (st == TANU_OK)
			st = take_event(p, t, &event, now_ms, err);
		if (st == TANU_OK && event.kind == CAMERA_NOTHING)
			camera_wait(&t->camera, WAIT_MS);
		now_ms = os_monotonic_ns() / 1000000;
	}
	trial_close(p, t);
	return st;
}

/* ---- all of them ---- */

/* False: enough. */
static bool ready(const struct pad_test *p, long trial)
{
	char line[16] = "";

	if (!p->ask)
		return true;
	fprintf(stderr,
		"Trial %ld of %ld, %s: take it away, press Enter, then hold it up (q ends) ",
		trial + 1, p->trials, p->species);
	return fgets(line, sizeof(line), stdin) && line[0] != 'q';
}

static void say_row(const struct pad_row *row)
{
	const struct liveness_result *r = &row->result;

	if (!row->seen)
		fprintf(stderr, "  no face stood before the camera: not counted\n");
	else if (r->state == LIVENESS_ATTACK)
		fprintf(stderr, "  attack (%s) after %.1f s\n", liveness_part_word(r->reason),
			(double)row->decided_ms / 1000);
	else
		fprintf(stderr, "  %s after %.1f s\n", liveness_state_word(r->state),
			(double)row->decided_ms / 1000);
}

static tanu_status run_trials(struct pad_test *p, tanu_error *err)
{
	static struct trial trial;
	tanu_status st = TANU_OK;

	for (long i = 0; i < p->trials && st == TANU_OK && ready(p, i); i++) {
		memset(&trial, 0, sizeof(trial));
		st = run_trial(p, &trial, err);
		if (st < 0)
			break;
		say_row(&trial.row);
		if (trial.row.seen)
			st = pad_rows_add(&p->rows, &trial.row, err);
		/* After each one: nothing is lost when somebody pulls the plug. */
		if (st == TANU_OK && p->results && trial.row.seen)
			st = pad_rows_save(&p->rows, p->results, err);
	}
	return st;
}

static tanu_status read_options(struct pad_test *p, const struct args *args, tanu_error *err)
{
	double trials = TRIALS;
	tanu_status st;

	p->source = args_get(args, "camera");
	p->species = args_get(args, "species");
	p->results = args_get(args, "results");
	p->keep = args_get(args, "keep-frames");
	p->seconds = SECONDS;
	p->film = os_exists(p->source) && !camera_is_device(p->source);
	p->ask = isatty(STDIN_FILENO) && !args_has(args, "no-wait");
	if (strlen(p->species) >= PAD_SPECIES_LEN || !utf8_plain(p->species, strlen(p->species)) ||
	    strpbrk(p->species, ",;\"/") || !*p->species)
		return tanu_fail(err, TANU_ERR_USAGE, "species",
				 "a short plain name, such as print-matt or phone-video; or live");
	if ((args_has(args, "trials") &&
	     (st = args_real(&trials, args, "trials", 1, 10000, err)) < 0) ||
	    (args_has(args, "seconds") &&
	     (st = args_real(&p->seconds, args, "seconds", 1, 60, err)) < 0))
		return st;
	p->trials = (long)trials;
	for (int i = 0; i < SECOND_KINDS; i++)
		if ((st = pad_second_read(&p->second[i], (enum second_kind)i, args, p->film, err)) <
		    0)
			return st;
	return p->keep ? os_make_dir(p->keep, 0700, err) : TANU_OK;
}

static tanu_status pad_test(struct run *run, tanu_error *err)
{
	struct pad_test p = {.run = run};
	tanu_status st;

	if ((st = read_options(&p, &run->args, err)) < 0 ||
	    (p.results && (st = pad_rows_load(&p.rows, p.results, err)) < 0) ||
	    (st = lab_open(&p.lab, NULL, err)) < 0 || (st = run_trials(&p, err)) < 0)
		goto out;
	pad_rows_tell(run, &p.rows);
out:
	lab_close(&p.lab);
	pad_rows_free(&p.rows);
	return st;
}

const struct verb verb_gate_pad_test = {
    .group = "gate",
    .action = "pad-test",
    .brief = "Attack your own camera, and count what passes",
    .about =
	"Each trial opens the camera, waits until a face stands before it, and judges it over "
	"frames as a gate does, without a challenge, until the evidence says live or attack or "
	"the seconds are over. Hold up prints, screens and masks of your own; name what you hold "
	"up with --species, and \"live\" for real people, whose refusals are BPCER.\n\nTold is "
	"APCER of each species (ISO/IEC 30107-3) with its upper bound: that none of 20 passed "
	"means only that fewer than 17 in a hundred do. With --results the numbers of each trial "
	"are added to a CSV file, and all trials in it are counted together. No picture is kept "
	"unless --keep-frames asks for it; those are faces, so mind where they lie.\n\nAt a "
	"terminal it waits for Enter before each trial. The exit code is 0; 1: an attack has "
	"passed.",
    .example = "tanu gate pad-test --camera rtsp://192.0.2.10/stream1 --species phone-video "
	       "--results pad.csv",
    .options = {{"camera", VALUE_FILE, "SOURCE", NULL, true,
		 "rtsp:// or http:// address, device, video file or folder of pictures"},
		{"species", VALUE_WORD, "NAME", NULL, true,
		 "What is held up: print-matt, phone-video, mask-paper, ...; live: real people"},
		{"infrared", VALUE_FILE, "SOURCE", NULL, false,
		 "A second camera that sees infrared, likewise"},
		{"infrared-view", VALUE_WORD, "VIEW", NULL, false,
		 "Where its picture lies, as infrared.view of a gate; \"100 0 0\" if not given"},
		{"depth", VALUE_FILE, "SOURCE", NULL, false,
		 "A camera that gives distances (16 bit), likewise"},
		{"depth-view", VALUE_WORD, "VIEW", NULL, false, "As depth.view of a gate"},
		{"depth-unit", VALUE_WORD, "MM", NULL, false,
		 "One step of distance, 1 if not given"},
		{"trials", VALUE_WORD, "N", NULL, false, "How many, 20 if not given"},
		{"seconds", VALUE_WORD, "SECONDS", NULL, false,
		 "Longest time for one, 6 if not given"},
		{"results", VALUE_FILE, "FILE", NULL, false,
		 "CSV file that the numbers are added to; made if missing"},
		{"keep-frames", VALUE_DIR, "DIR", NULL, false,
		 "Keep the frames of each trial in this folder"},
		{"no-wait", VALUE_NONE, NULL, NULL, false, "Go on without waiting for Enter"}},
    .fields = {{"species[].species", "as it was named"},
	       {"species[].trials", "with a face before the camera"},
	       {"species[].live", "decided live"},
	       {"species[].attack", "decided to be an attack"},
	       {"species[].thin", "neither, when the time was over"},
	       {"species[].rate_name", "APCER; of live BPCER"},
	       {"species[].rate", "attacks taken for live; live faces not taken for live"},
	       {"species[].interval", "95%, Clopper-Pearson"},
	       {"species[].median_ms", "from the first sight to the decision"}},
    .run = pad_test,
};
