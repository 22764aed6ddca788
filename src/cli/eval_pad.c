/* SPDX-License-Identifier: Apache-2.0 */
/* `tanu eval pad`: attack detection on photographs of live faces and of attacks. */
#include "cli/eval.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THRESHOLD    0.5
#define KEY_MAX	     1024
#define SPECIES_LIVE "live"

/* Both folders, and their photographs as presentations. */
struct pad_run {
	struct experiment live, attack;
	struct name_list species, subjects, sessions;
	struct presentation *of;
	size_t len;
	bool species_from_folder, subject_from_name;
	const char *one_species; /* the folder of attacks names it */
	struct report report;
	struct buf html;
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static tanu_status gather(struct experiment *e, const char *dir, tanu_error *err)
{
	tanu_status st;

	e->images = dir;
	e->measures_only = true;
	if ((st = walk_pictures(&e->photos, dir, err)) < 0)
		return st;
	if (e->photos.len == 0)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, dir, "no photographs");
	return TANU_OK;
}

/* ---- what a path says ---- */

/* The first folder, where it is asked for; else all attacks are of one species. */
static tanu_status number_species(struct pad_run *p, struct presentation *out, const char *path,
				  tanu_error *err)
{
	size_t len = strcspn(path, "/");

	if (p->species_from_folder && path[len])
		return name_number(&p->species, &out->species, path, len, err);
	return name_number(&p->species, &out->species, p->one_species, strlen(p->one_species), err);
}

/* The folder of the file, unless that names the species or the name is to tell. */
static tanu_status number_subject(struct pad_run *p, struct presentation *out, const char *path,
				  bool attack, tanu_error *err)
{
	const char *name = last_part(path), *folder;
	size_t depth = 0;

	for (const char *c = path; *c; c++)
		depth += *c == '/';
	if (attack && p->species_from_folder && depth > 0)
		depth--;
	if (p->subject_from_name || depth == 0)
		return name_number(&p->subjects, &out->subject, name, strcspn(name, "_."), err);
	for (folder = name - 1; folder > path && folder[-1] != '/';)
		folder--;
	return name_number(&p->subjects, &out->subject, folder, (size_t)(name - 1 - folder), err);
}

/* Frames of one session differ in what follows the last underscore. */
static tanu_status number_session(struct pad_run *p, struct presentation *out, const char *path,
				  bool attack, tanu_error *err)
{
	const char *name = last_part(path), *end = strrchr(name, '_');
	char key[KEY_MAX];
	int len = snprintf(key, sizeof(key), "%c%.*s", attack ? 'a' : 'l',
			   (int)((end ? end : name + strlen(name)) - path), path);

	if (len < 0 || (size_t)len >= sizeof(key))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, NULL, "a path is too long");
	return name_number(&p->sessions, &out->session, key, (size_t)len, err);
}

static tanu_status present(struct pad_run *p, const struct experiment *e, bool attack,
			   tanu_error *err)
{
	for (size_t i = 0; i < e->photos.len; i++) {
		struct presentation *out = &p->of[p->len];
		const char *path = e->photos.names[i];
		tanu_status st = TANU_OK;

		if (e->samples[i].failure.status < 0 &&
		    e->samples[i].failure.code != TANU_ERR_NO_FACE)
			continue; /* a damaged file presents nothing */
		out->answered = e->samples[i].failure.status == TANU_OK;
		out->liveness = e->samples[i].liveness;
		if (attack)
			st = number_species(p, out, path, err);
		if (st < 0 || (st = number_subject(p, out, path, attack, err)) < 0 ||
		    (st = number_session(p, out, path, attack, err)) < 0)
			return st;
		p->len++;
	}
	return TANU_OK;
}

static tanu_status present_all(struct pad_run *p, tanu_error *err)
{
	uint32_t live;
	tanu_status st;

	p->of = calloc(p->live.photos.len + p->attack.photos.len, sizeof(*p->of));
	if (!p->of)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = name_number(&p->species, &live, SPECIES_LIVE, strlen(SPECIES_LIVE), err)) < 0 ||
	    (st = present(p, &p->live, false, err)) < 0 ||
	    (st = present(p, &p->attack, true, err)) < 0)
		return st;
	if (p->species.len > PAD_SPECIES_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, p->attack.images,
				 "%zu species of attack; at most %d", p->species.len - 1,
				 PAD_SPECIES_MAX - 1);
	return TANU_OK;
}

/* ---- what it shows ---- */

static tanu_status at_threshold(struct pad_run *p, const struct presentations *all, const char *key,
				double threshold, tanu_error *err)
{
	struct pad_error errors[PAD_SPECIES_MAX];
	tanu_status st = pad_rates_at(errors, all, threshold, &eval_draws, err);

	if (st == TANU_OK)
		report_pad_at(&p->report, key, threshold, errors, p->species.names, p->species.len);
	return st;
}

/* Live scores and those of one species. */
static tanu_status curve_of(struct set_rates *out, const struct presentations *all,
			    uint32_t species, tanu_error *err)
{
	struct scores s = {.genuine = calloc(all->len + 1, sizeof(float)),
			   .impostor = calloc(all->len + 1, sizeof(float))};
	tanu_status st = TANU_OK;

	*out = (struct set_rates){0};
	if (!s.genuine || !s.impostor) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		goto out;
	}
	for (size_t i = 0; i < all->len; i++) {
		const struct presentation *one = &all->of[i];

		if (one->answered && one->species == PAD_LIVE)
			s.genuine[s.genuine_len++] = one->liveness;
		else if (one->answered && one->species == species)
			s.impostor[s.impostor_len++] = one->liveness;
	}
	if ((st = scores_sort(&s, err)) < 0)
		goto out;
	out->curve_len = rate_curve(out->curve, &s);
	histogram_fill(&out->histogram, &s, 0, 1);
out:
	scores_free(&s);
	return st;
}

static tanu_status draw(struct pad_run *p, const struct presentations *all, tanu_error *err)
{
	struct set_rates *sets = calloc(all->species, sizeof(*sets));
	tanu_status st = TANU_OK;

	if (!sets)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (uint32_t k = 1; k < all->species && st == TANU_OK; k++)
		st = curve_of(&sets[k], all, k, err);
	if (st == TANU_OK)
		report_pad_plots(&p->report, sets, p->species.names, all->species, THRESHOLD);
	free(sets);
	return st;
}

static tanu_status chosen_on_data(struct pad_run *p, const struct presentations *all,
				  tanu_error *err)
{
	struct report *r = &p->report;
	struct pad_left_out left;
	double threshold = 0, rate = 0;
	char text[SHARE_TEXT_LEN];
	tanu_error why = {0};
	tanu_status st;

	if (pad_equal_error(&threshold, &rate, all, PAD_EVERYBODY, &why) < 0) {
		report_warning(r, "%s", why.message);
		return TANU_OK;
	}
	sheet_section(&r->sheet, "At equal error, chosen on these photographs: %s",
		      share_text(text, rate));
	jw_real(r->json, "equal_error_rate", rate);
	if ((st = at_threshold(p, all, "at_equal_error", threshold, err)) < 0)
		return st;
	sheet_section(&r->sheet, "Everybody at a threshold chosen without her");
	if (pad_leave_one_out(&left, all, &why) < 0)
		report_warning(r, "%s", why.message);
	else
		report_pad_left_out(r, &left, p->species.names, p->species.len);
	return TANU_OK;
}

static tanu_status tell(struct pad_run *p, struct run *run, tanu_error *err)
{
	const struct presentations all = {p->of, p->len, p->species.len, p->subjects.len,
					  p->sessions.len};
	struct report *r = &p->report;
	tanu_status st;

	findings_begin(r, run, &p->html, "Attack detection error rates",
		       "Single pictures of live faces and of attacks (ISO/IEC 30107-3). Each "
		       "species of attack has its own rate; they are never averaged.");
	sheet_section(&r->sheet, "%zu people, %zu sessions, %zu species of attack", all.subjects,
		      all.sessions, all.species - 1);
	jw_int(r->json, "subjects", (int64_t)all.subjects);
	jw_int(r->json, "sessions", (int64_t)all.sessions);
	if ((st = at_threshold(p, &all, "at_threshold", THRESHOLD, err)) < 0 ||
	    (st = draw(p, &all, err)) < 0 || (st = chosen_on_data(p, &all, err)) < 0)
		return st;
	if (all.sessions < all.len)
		report_warning(r, "Pictures of one session are near-duplicates: count sessions and "
				  "people, not pictures");
	sheet_note(&r->sheet, "A door never decides by one picture: liveness is evidence over "
			      "several frames, and these rates are of the texture model alone.");
	return findings_end(r, run, &p->live.facts, err);
}

static void answer_both(struct run *run, const struct pad_run *p)
{
	struct json_w *w = &run->jw;

	say(run, "Live faces: ");
	jw_object(w, "live");
	answer_photographs(run, &p->live);
	jw_end_object(w);
	say(run, "Attacks: ");
	jw_object(w, "attack");
	answer_photographs(run, &p->attack);
	jw_end_object(w);
}

static void read_choices(struct pad_run *p, const struct args *args)
{
	const char *species = args_get(args, "species"), *subject = args_get(args, "subject");

	p->species_from_folder = species && strcmp(species, "folder") == 0;
	p->subject_from_name = subject && strcmp(subject, "name") == 0;
	p->one_species = last_part(p->attack.images);
	if (!*p->one_species || strcmp(p->one_species, SPECIES_LIVE) == 0)
		p->one_species = "attack";
}

static tanu_status eval_pad(struct run *run, tanu_error *err)
{
	struct pad_run p = {0};
	tanu_status st;

	if ((st = gather(&p.live, args_get(&run->args, "live"), err)) < 0 ||
	    (st = gather(&p.attack, args_get(&run->args, "attack"), err)) < 0 ||
	    (st = photos_look(&p.live, &run->args, err)) < 0 ||
	    (st = photos_look(&p.attack, &run->args, err)) < 0)
		goto out;
	read_choices(&p, &run->args);
	answer_both(run, &p);
	run->keep_answer = true;
	if ((st = present_all(&p, err)) == TANU_OK)
		st = tell(&p, run, err);
out:
	findings_drop(&p.report);
	free(p.of);
	name_list_free(&p.species);
	name_list_free(&p.subjects);
	name_list_free(&p.sessions);
	experiment_free(&p.live);
	experiment_free(&p.attack);
	return st;
}

/* Of report_pad_at, below `at`. */
#define PAD_FIELDS(at)                                                                \
	{at "threshold", "liveness at or above it counts as live"},                   \
	    {at "species[].species", "live, or a species of attack"},                 \
	    {at "species[].rate_name", "BPCER or APCER"},                             \
	    {at "species[].rate", "share of pictures judged wrongly, or null"},       \
	    {at "species[].errors", "pictures judged wrongly"},                       \
	    {at "species[].presentations", "pictures with a face"},                   \
	    {at "species[].unanswered", "pictures in which no face was found"},       \
	    {at "species[].interval", "95%, pictures independent"},                   \
	    {at "species[].people_interval", "95%, resampling people"},               \
	    {at "species[].wrong_sessions", "sessions whose mean liveness is wrong"}, \
	    {at "species[].sessions", "how many there are"},                          \
	    {at "species[].sessions_interval", "95%"},                                \
	    {at "species[].wrong_subjects", "people with a session judged wrongly"},  \
	    {at "species[].subjects", "how many there are"},                          \
	{                                                                             \
		at "species[].subjects_interval", "95%"                               \
	}

const struct verb verb_eval_pad = {
    .group = "eval",
    .action = "pad",
    .brief = "Measure attack detection on live faces and on attacks",
    .about =
	"Looks at photographs of live faces and of presentation attacks (a print, a screen, a "
	"mask) and tells how many attacks pass for live, for each species by itself (APCER), and "
	"how many live faces are refused (BPCER): at the threshold 0.5, at the threshold of equal "
	"error, and with everybody judged by a threshold that was chosen without her. The same "
	"person may be in both folders, under the same name.\n\n"
	"Photographs of one session, whose names differ only after the last underscore, are "
	"near-duplicates: sessions and people are counted too, and intervals come by resampling "
	"people. A door never decides by one picture; these rates are of the model for one.\n\n"
	"No features are computed. What was seen is remembered for a day, sealed.",
    .example = "tanu eval pad --live photos/live --attack photos/print --report pad.html",
    .options = {{"live", VALUE_DIR, "DIR", NULL, true, "Folder of live faces"},
		{"attack", VALUE_DIR, "DIR", NULL, true, "Folder of attacks"},
		{"species", VALUE_CHOICE, "FROM", "folder one", false,
		 "Where an attack's species is named: in the first folder below --attack, or (one) "
		 "by that folder itself"},
		{"subject", VALUE_CHOICE, "FROM", "folder name", false,
		 "Where a person is named: in the folder of the photograph, or in its name up to "
		 "the first underscore"},
		OPTION_REPORT,
		OPTION_FACE,
		OPTIONS_REMEMBER},
    .fields = {WALK_FIELDS_AT("live."),
	       WALK_FIELDS_AT("attack."),
	       {"subjects", "people in both folders"},
	       {"sessions", "sessions in both folders"},
	       PAD_FIELDS("at_threshold."),
	       {"equal_error_rate", "where BPCER and the highest APCER meet"},
	       PAD_FIELDS("at_equal_error."),
	       {"left_out.subjects", "people judged by a threshold chosen without them"},
	       {"left_out.threshold_lowest", "of those thresholds"},
	       {"left_out.threshold_highest", "likewise"},
	       {"left_out.species[].species", "live, or a species of attack"},
	       {"left_out.species[].rate_name", "BPCER or APCER"},
	       {"left_out.species[].rate", "share judged wrongly"},
	       {"left_out.species[].interval", "95%, pictures independent"},
	       REPORT_FIELDS},
    .run = eval_pad,
};
