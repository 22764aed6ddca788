/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu calibrate`: which score stands for which false match rate. */
#include "cli/calibrate.h"
#include "cli/eval.h"
#include "cli/verbs.h"

#include <stdlib.h>
#include <string.h>

static const struct boot_options resampling = {.replicates = 500, .seed = 1, .confidence = 0.95};

static tanu_status all_scores(struct scores *out, const struct crowd *crowd, tanu_error *err)
{
	struct scores exact = {0};
	tanu_status st = all_pairs(out, &exact, crowd->sample, crowd->person, crowd->len, err);

	scores_free(&exact);
	return st;
}

/* Whom the photographs show: as the user says it, else no more than that it is somebody else. */
static tanu_status population_of(struct run *run, char out[], size_t out_len, tanu_error *err)
{
	const char *text = args_get(&run->args, "population");

	if (!text)
		text = "another population, which was not described";
	if (!*text || strlen(text) >= out_len || !utf8_plain(text, strlen(text)))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--population wants 1 to %zu bytes of text on one line",
				 out_len - 1);
	memcpy(out, text, strlen(text) + 1);
	return TANU_OK;
}

static tanu_status write_text(const char *path, const tanu_calibration *cal, tanu_error *err)
{
	struct buf text = {0};
	tanu_status st;

	service_calibration_text(&text, cal);
	st = buf_check(&text, err);
	if (st == TANU_OK)
		st = os_replace_file(path, text.data, text.len, 0644, err);
	buf_free(&text);
	return st;
}

static tanu_status keep(struct run *run, const tanu_calibration *cal, const uint8_t *model,
			tanu_error *err)
{
	const char *manifest = args_get(&run->args, "manifest");
	const char *path = manifest ? manifest : args_get(&run->args, "out");
	tanu_status st = TANU_OK;

	if (manifest)
		st = service_calibration_save(manifest, cal, model, err);
	else if (path)
		st = write_text(path, cal, err);
	if (st < 0)
		return st;
	jw_clean(&run->jw, "population", cal->population);
	if (path) {
		jw_clean(&run->jw, "written", path);
		say(run, "\nWritten to ");
		say_clean(run, path);
		say(run, "\n");
	} else {
		jw_null(&run->jw, "written");
	}
	return TANU_OK;
}

static tanu_status measure(struct run *run, const struct experiment *e, const char *population,
			   tanu_error *err)
{
	struct crowd crowd = {0};
	struct scores scores = {0};
	struct curve curve = {0};
	tanu_calibration cal;
	tanu_status st;

	if ((st = crowd_gather(&crowd, e, err)) < 0 ||
	    (st = all_scores(&scores, &crowd, err)) < 0 ||
	    (st = curve_measure(&curve, &scores, crowd.person, crowd.len, &resampling, err)) < 0)
		goto out;
	answer_curve(run, &curve);
	curve_calibration(&cal, &curve, population);
	st = keep(run, &cal, crowd.sample[0].model, err);
out:
	crowd_free(&crowd);
	scores_free(&scores);
	return st;
}

static tanu_status calibrate_images(struct run *run, tanu_error *err)
{
	struct experiment e = {.images = args_get(&run->args, "images")};
	char population[sizeof(((tanu_calibration *)NULL)->population)];
	tanu_status st;

	if ((st = population_of(run, population, sizeof(population), err)) < 0 ||
	    (st = walk_photos(&e.photos, e.images, err)) < 0)
		goto out;
	if (e.photos.len == 0) {
		st = tanu_fail(err, TANU_ERR_FILE_MISSING, e.images,
			       "no photographs: the folder must hold one folder a person");
		goto out;
	}
	if ((st = photos_look(&e, &run->args, err)) < 0)
		goto out;
	answer_photographs(run, &e);
	run->keep_answer = true;
	st = measure(run, &e, population, err);
out:
	service_eval_free(&e.samples, e.photos.len);
	name_list_free(&e.photos);
	return st;
}

/* The site stores its curve itself; nothing else is asked for. */
static tanu_status calibrate_site(struct run *run, tanu_error *err)
{
	struct curve curve = {0};
	tanu_calibration cal;
	tanu_status st;

	if ((st = run_site(run, err)) < 0 ||
	    (st = service_calibrate(run->service, &curve, err)) < 0 ||
	    (st = service_calibration(run->service, &cal, err)) < 0)
		return st;
	answer_curve(run, &curve);
	say(run,
	    "\nStored. From now on no threshold here is lower than this curve asks for, and every "
	    "stated FMR\nspeaks of ");
	say_clean(run, cal.population);
	say(run, ".\n");
	jw_clean(&run->jw, "population", cal.population);
	jw_null(&run->jw, "written");
	return TANU_OK;
}

static tanu_status check_options(const struct args *args, tanu_error *err)
{
	static const char *const for_images[] = {"face", "population", "out", "manifest"};

	if (args_has(args, "images") == args_has(args, "site"))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "give --images DIR for a folder of photographs, or --site");
	if (args_has(args, "out") && args_has(args, "manifest"))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "--out and --manifest do not go together");
	for (size_t i = 0; args_has(args, "site") && i < ARRAY_LEN(for_images); i++)
		if (args_has(args, for_images[i]))
			return tanu_fail(err, TANU_ERR_USAGE, NULL,
					 "--%s is for --images: a site keeps its curve itself",
					 for_images[i]);
	return TANU_OK;
}

static tanu_status calibrate(struct run *run, tanu_error *err)
{
	tanu_status st = check_options(&run->args, err);

	if (st < 0)
		return st;
	return args_has(&run->args, "site") ? calibrate_site(run, err) : calibrate_images(run, err);
}

const struct verb verb_calibrate = {
    .group = "calibrate",
    .flags = VERB_SITE,
    .brief = "Measure which score stands for which false match rate",
    .about =
	"Compares every photograph of a folder with every other one, and draws the curve from "
	"score to false match rate (FMR): counted as far down as other people of that kind would "
	"agree on it within 30%, beyond that taken from a generalised Pareto tail fitted to the "
	"highest scores, and then marked as extrapolated. The fit is checked: made from one half "
	"of the people, it predicts the false matches among the other half.\n\n"
	"--manifest puts the curve into the manifest of the embedder that was measured, --out "
	"writes it to a file of its own. Say with --population whom the photographs show: every "
	"stated FMR repeats it.\n\n"
	"--images is for collections of test photographs. --site measures the site on itself, "
	"since people of one age, one origin and one family are more alike than those of any "
	"collection: the references of everybody whose consent covers calibration are compared "
	"with each other, at least 50 people. Only the curve is kept, and it only ever raises "
	"thresholds. Everybody concerned finds it in her history.",
    .example = "tanu calibrate --images lfw --population \"adults of another population (LFW)\" "
	       "--manifest models/fr-feature.json",
    .options = {{"images", VALUE_DIR, "DIR", NULL, false, "Folder with one folder a person"},
		{"site", VALUE_NONE, NULL, NULL, false, "The people of this site instead"},
		OPTION_FACE,
		{"population", VALUE_WORD, "TEXT", NULL, false,
		 "Whom the photographs show, in words"},
		{"out", VALUE_FILE, "FILE", NULL, false, "Write the curve to this file"},
		{"manifest", VALUE_FILE, "FILE", NULL, false,
		 "Put the curve into this manifest, in place of the one that it has"}},
    .fields = {WALK_FIELDS,
	       CURVE_FIELDS,
	       {"population", "whom it was measured on"},
	       {"written", "the file that now holds the curve, or null"}},
    .run = calibrate,
};
