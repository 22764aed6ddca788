/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <stdlib.h>

#define PAIR 2

/* What is needed of one photograph after it is gone. */
struct side {
	const char *path;
	tanu_reference features;
	float liveness;
	float quality;
	size_t faces;
	tanu_choice choice;
};

static tanu_status look(struct lab *lab, struct side *out, const char *path, tanu_error *err)
{
	struct photo photo = {0};
	tanu_embedding embedding = {0};
	const tanu_face *face;
	tanu_pixels pixels;
	tanu_status st;

	if ((st = photo_read(&photo, path, err)) < 0 || (st = photo_analyse(lab, &photo, err)) < 0)
		goto out;
	face = &photo.faces.face[photo.faces.chosen];
	pixels = tanu_image_pixels(photo.image);
	if ((st = tanu_embed(lab->session, &embedding, &pixels, face, err)) < 0 ||
	    (st = tanu_reference_from(&out->features, &embedding, err)) < 0)
		goto out;
	out->path = path;
	out->liveness = face->liveness;
	out->quality = face->quality.unified;
	out->faces = photo.faces.count;
	out->choice = photo.faces.choice;
out:
	tanu_embedding_wipe(&embedding);
	photo_free(&photo);
	return st;
}

/* The site's default, from the settings table, unless --fmr names another. */
static tanu_status target_fmr(double *out, const struct args *args, tanu_error *err)
{
	const struct setting_row *rows;
	struct settings defaults = {0};
	size_t count = 0;
	tanu_status st;

	if (args_has(args, "fmr"))
		return args_real(out, args, "fmr", 1e-9, 0.1, err);
	rows = service_settings(&count);
	if ((st = settings_init(&defaults, rows, count, err)) < 0)
		return st;
	*out = settings_float(&defaults, "match.fmr");
	settings_free(&defaults);
	return TANU_OK;
}

static void answer(struct run *run, const struct side side[PAIR], const tanu_decision *d,
		   const char *population)
{
	struct json_w *w = &run->jw;
	bool match = d->result == TANU_MATCH;

	say_tint(run, match ? TINT_GOOD : TINT_BAD, match ? "match" : "no match");
	say(run, ": score %.3f, threshold %.3f\n  ", (double)d->score, (double)d->threshold);
	say_fmr(run, d->fmr, d->extrapolated, population);
	say(run, "\n  liveness %.2f and %.2f (pad: frame), quality %.2f and %.2f\n",
	    (double)side[0].liveness, (double)side[1].liveness, (double)side[0].quality,
	    (double)side[1].quality);
	for (size_t i = 0; i < PAIR; i++) {
		if (side[i].faces < 2)
			continue;
		say(run, "  note: %zu faces in ", side[i].faces);
		say_clean(run, side[i].path);
		say(run, "; the %s one was taken\n", tanu_choice_name(side[i].choice));
	}
	jw_float(w, "score", d->score);
	jw_float(w, "threshold", d->threshold);
	jw_real(w, "fmr", d->fmr);
	jw_bool(w, "fmr_extrapolated", d->extrapolated);
	jw_bool(w, "match", match);
	jw_array(w, "liveness");
	for (size_t i = 0; i < PAIR; i++)
		jw_float(w, NULL, side[i].liveness);
	jw_end_array(w);
	jw_array(w, "quality");
	for (size_t i = 0; i < PAIR; i++)
		jw_float(w, NULL, side[i].quality);
	jw_end_array(w);
	jw_array(w, "faces");
	for (size_t i = 0; i < PAIR; i++)
		jw_int(w, NULL, (int64_t)side[i].faces);
	jw_end_array(w);
	jw_text(w, "pad", "frame");
	jw_clean(w, "population", population);
	jw_text(w, "kernel", tanu_match_kernel());
	run->exit = match ? TANU_EXIT_YES : TANU_EXIT_NO_MATCH;
}

static tanu_status compare(struct run *run, tanu_error *err)
{
	char **paths = run->args.operands;
	struct side side[PAIR] = {0};
	struct lab lab = {0};
	const tanu_calibration *calibration;
	tanu_decision decision;
	tanu_threshold threshold = {0};
	float score = 0;
	double fmr = 0;
	tanu_status st;

	if ((st = photo_paths_check(paths, PAIR, err)) < 0 ||
	    (st = target_fmr(&fmr, &run->args, err)) < 0 || (st = lab_open(&lab, NULL, err)) < 0)
		goto out;
	calibration = tanu_engine_calibration(lab.engine);
	if ((st = tanu_threshold_for_fmr(&threshold, calibration, fmr, err)) < 0 ||
	    (st = look(&lab, &side[0], paths[0], err)) < 0 ||
	    (st = look(&lab, &side[1], paths[1], err)) < 0 ||
	    (st = tanu_compare(&score, &side[0].features, &side[1].features, err)) < 0)
		goto out;
	decision = tanu_decide(score, &threshold);
	answer(run, side, &decision, calibration->population);
out:
	mem_wipe(side, sizeof(side));
	lab_close(&lab);
	return st;
}

const struct verb verb_compare = {
    .group = "compare",
    .brief = "Do two photographs show the same person? (stores nothing)",
    .about =
	"Compares the faces of two photographs and forgets them: no site is needed and nothing is "
	"stored. Of several faces in a photograph the largest is taken, of similar ones the "
	"central one, "
	"and that is told. Exit code 0: match; 1: no match.\n\nIt asks for no consent, since it "
	"knows no "
	"person: use it on photographs whose owners agreed.",
    .example = "tanu compare passport.jpg selfie.jpg",
    .operands = {{"A", VALUE_FILE, 1, 1, "A photograph; \"-\" is standard input"},
		 {"B", VALUE_FILE, 1, 1, "Another photograph"}},
    .options = {{"fmr", VALUE_WORD, "RATE", NULL, false,
		 "False match rate to decide at, like 1e-4 (default: that of match.fmr)"}},
    .fields = {{"score", "comparison score, a cosine from -1 to 1; never a percentage"},
	       {"threshold", "score at or above which it is a match"},
	       {"fmr", "false match rate that this threshold stands for, per comparison"},
	       {"fmr_extrapolated", "true: that rate was not counted, it rests on a fitted tail"},
	       {"match", "true or false"},
	       {"liveness", "array of two: probability that A, B shows a live face"},
	       {"quality", "array of two: quality of A, B, 0 to 1"},
	       {"faces", "array of two: faces found in A, B"},
	       {"pad", "attack detection behind `liveness`: frame"},
	       {"population", "whom the FMR was measured on"},
	       {"kernel", "comparison code picked for this processor"}},
    .run = compare,
};
