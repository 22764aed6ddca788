/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/folder.h"
#include "demo/forge.h"
#include "demo/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* These pictures are of parties, not of a desk: looser than the default, and told so. */
static const char *const demo_settings[][2] = {
    {"quality.enrol.eyes_open", "0"},
};

static const char notice_text[] =
    "Simulated notice of the demo. A real one says what is stored, why, how long, how to withdraw, "
    "and which equal way in needs no face.";

static tanu_status path_in(char out[DEMO_PATH], const char *dir, const char *name, tanu_error *err)
{
	return os_path(out, DEMO_PATH, dir, name, err);
}

tanu_status demo_open_site(struct demo *d, tanu_error *err)
{
	const struct service_options options = {.data_dir = d->site};

	return service_open(&d->service, &options, err);
}

tanu_status demo_verify(struct demo *d, struct verify_result *out, const tanu_id *subject,
			const char *photo, tanu_error *err)
{
	return service_verify(d->service, out, subject, TANU_PURPOSE_ACCESS, photo, err);
}

/* The temporary site's settings differ from the defaults only where the small pictures need it. */
static tanu_status loosen_settings(struct demo *d, tanu_error *err)
{
	char path[DEMO_PATH];
	struct buf ini = {0};
	tanu_status st;

	if ((st = path_in(path, d->site, "tanu.ini", err)) < 0 ||
	    (st = os_read_file(&ini, path, 1 << 20, err)) < 0)
		goto out;
	for (size_t i = 0; i < ARRAY_LEN(demo_settings); i++) {
		const char *name = demo_settings[i][0];
		const char *key = strrchr(name, '.');

		buf_printf(&ini, "\n[%.*s]\n%s = %s\n", (int)(key - name), name, key + 1,
			   demo_settings[i][1]);
	}
	if ((st = buf_check(&ini, err)) < 0)
		goto out;
	st = os_replace_file(path, ini.data, ini.len, 0600, err);
out:
	buf_free(&ini);
	return st;
}

static tanu_status create_site(struct demo *d, tanu_error *err)
{
	const struct service_options options = {.data_dir = d->site};
	tanu_status st;

	tell_heading(d, "1. A site, and people who have agreed to nothing");
	tell_command(d, "init %s --site \"Demo school\"", d->site);
	if ((st = service_create(&options, "Demo school", err)) < 0)
		return st;
	tell(d, "One quality bound is loosened: people at parties laugh, and laughing eyes look "
		"closed.");
	if ((st = loosen_settings(d, err)) < 0 || (st = demo_open_site(d, err)) < 0)
		return st;
	tell_outcome(d, true, "the site stands: a database, a folder of keys, a settings file");
	return TANU_OK;
}

static tanu_status add_people(struct demo *d, tanu_error *err)
{
	struct person person = {.name = "Person A", .born = {1980, 1, 1}};
	tanu_status st;

	tell_command(d, "subject add --name \"Person A\" --born 1980-01-01");
	if ((st = service_subject_add(d->service, &d->man, &person, err)) < 0)
		return st;
	for (size_t i = 0; i < DEMO_OTHERS; i++) {
		snprintf(person.name, sizeof(person.name), "Person %c", 'B' + (char)i);
		tell_command(d, "subject add --name \"%s\" --born 1980-01-01", person.name);
		if ((st = service_subject_add(d->service, &d->other[i], &person, err)) < 0)
			return st;
	}
	return TANU_OK;
}

/* Write the photographs as files, as a user has them. */
static tanu_status cut_photos(struct demo *d, tanu_error *err)
{
	tanu_image *sheet = NULL;
	char path[DEMO_PATH], name[64];
	tanu_status st;

	if ((st = tanu_image_read(&sheet, d->options->sheet, NULL, err)) < 0 ||
	    (st = sheet_check(sheet, err)) < 0 || (st = path_in(path, d->dir, "photos", err)) < 0 ||
	    (st = os_make_dir(path, 0700, err)) < 0)
		goto out;
	for (size_t i = 0; i < sheet_same_len + sheet_strangers_len; i++) {
		bool same = i < sheet_same_len;
		struct sheet_tile tile = same ? sheet_same[i] : sheet_strangers[i - sheet_same_len];
		struct demo_score *row = &d->scores[d->scores_len++];

		snprintf(name, sizeof(name), "photos/%s-%d-%02d.jpg", same ? "A" : "stranger",
			 tile.row + 1, tile.column + 1);
		row->same = same;
		if ((st = path_in(row->photo, d->dir, name, err)) < 0 ||
		    (st = sheet_write_tile(sheet, tile, row->photo, err)) < 0)
			goto out;
	}
	memcpy(d->man_photo, d->scores[0].photo, sizeof(d->man_photo));
	for (size_t i = 0; i < DEMO_OTHERS; i++)
		memcpy(d->other_photo[i], d->scores[sheet_same_len + 1 + i].photo,
		       sizeof(d->other_photo[i]));
out:
	tanu_image_free(&sheet);
	return st;
}

static const char *short_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static tanu_status refuse_without_consent(struct demo *d, tanu_error *err)
{
	struct enrol_result enrol = {0};
	struct service_report report = {0};
	const char *photos[] = {d->man_photo};
	tanu_error refusal = {0};
	tanu_status st;

	tell_heading(d, "2. No consent, no face");
	tell_command(d, "enrol \"Person A\" %s", short_name(d->man_photo));
	st = service_enrol(d->service, &enrol, &d->man, photos, 1, &refusal);
	tell(d, "%s", st < 0 ? refusal.message : "enrolled");
	tell_outcome(d, st < 0 && refusal.code == TANU_ERR_NO_CONSENT,
		     "enrolment without consent is refused by a rule");
	if ((st = service_report(d->service, &report, err)) < 0)
		return st;
	tell_outcome(d, report.embeddings == 0 && report.permits == 0,
		     "embeddings made so far: %llu, permits opened: %llu",
		     (unsigned long long)report.embeddings, (unsigned long long)report.permits);
	return TANU_OK;
}

static tanu_status give_and_enrol(struct demo *d, const tanu_id *subject, const char *photo,
				  char letter, tanu_error *err)
{
	const char *photos[] = {photo};
	struct enrol_result enrol = {0};
	struct consent_order order = {
	    .subject = *subject,
	    .purposes = TANU_PURPOSE_ACCESS,
	    .giver = TANU_GIVER_SELF,
	    .notice = {.text = notice_text,
		       .text_len = sizeof(notice_text) - 1,
		       .language = "en",
		       .version = "demo"},
	};
	char until[DATE_TEXT_LEN];
	tanu_status st;

	order.until = date_from_ms(os_clock().now_ms(NULL) + (int64_t)180 * 86400000);
	tell_command(d, "consent give \"Person %c\" --purpose access --by self --until %s", letter,
		     date_text(until, order.until));
	if ((st = service_consent_give(d->service, &order, err)) < 0)
		return st;
	tell_command(d, "enrol \"Person %c\" %s", letter, short_name(photo));
	if ((st = service_enrol(d->service, &enrol, subject, photos, 1, err)) < 0)
		return st;
	tell_outcome(d, enrol.used == 1, "enrolled from one photograph under a live consent");
	return TANU_OK;
}

static tanu_status enrol_everybody(struct demo *d, tanu_error *err)
{
	tanu_status st;

	tell_heading(d, "3. Consent (simulated), then enrolment from one photograph each");
	st = give_and_enrol(d, &d->man, d->man_photo, 'A', err);
	for (size_t i = 0; st >= 0 && i < DEMO_OTHERS; i++)
		st = give_and_enrol(d, &d->other[i], d->other_photo[i], 'B' + (char)i, err);
	return st;
}

/* Compare every other photograph with Person A's reference; one that no face is found in counts
 * too. */
static void verify_all(struct demo *d, size_t counts[2][2], size_t refused[2])
{
	for (size_t i = 1; i < d->scores_len && !folder_interrupted(); i++) {
		struct demo_score *row = &d->scores[i];
		struct verify_result result = {0};
		tanu_error err = {0};

		row->status = demo_verify(d, &result, &d->man, row->photo, &err);
		row->decision = result.decision;
		snprintf(row->why, sizeof(row->why), "%.120s", row->status < 0 ? err.message : "");
		if (row->status < 0)
			refused[row->same]++;
		else
			counts[row->same][row->decision.result == TANU_MATCH]++;
	}
}

static tanu_status verify_everybody(struct demo *d, tanu_error *err)
{
	size_t counts[2][2] = {{0}}, refused[2] = {0};
	size_t genuine = sheet_same_len - 1;
	int64_t start = os_monotonic_ns();
	double each_ms;

	(void)err;
	tell_heading(d, "4. Everybody claims to be Person A");
	tell_command(d, "verify \"Person A\" PHOTO   # %zu photographs, one after the other",
		     d->scores_len - 1);
	verify_all(d, counts, refused);
	each_ms = (double)(os_monotonic_ns() - start) / 1e6 / (double)(d->scores_len - 1);
	tell(d, "threshold %.3f, for a false match rate of 1 in %.0f%s; %.0f ms a photograph",
	     (double)d->scores[1].decision.threshold, 1 / d->scores[1].decision.fmr,
	     demo_extrapolated(&d->scores[1].decision), each_ms);
	tell(d, "his other photographs: %zu match, %zu do not, %zu refused for quality",
	     counts[1][1], counts[1][0], refused[1]);
	tell(d, "strangers:             %zu match, %zu do not, %zu refused for quality",
	     counts[0][1], counts[0][0], refused[0]);
	tell_outcome(d, (double)counts[1][1] >= DEMO_MATCH_SHARE * (double)genuine,
		     "the same man is recognised in %zu of %zu other photographs (asked: %.0f%%)",
		     counts[1][1], genuine, DEMO_MATCH_SHARE * 100);
	tell_outcome(
	    d, counts[0][1] == 0 && counts[0][0] > 0,
	    "none of %zu strangers passes as him; %zu say little about rates: docs/models.md",
	    counts[0][0], counts[0][0]);
	return TANU_OK;
}

static tanu_status refuse_identify(struct demo *d, tanu_error *err)
{
	struct verify_result result = {0};
	tanu_error refusal = {0};
	tanu_status st;

	(void)err;
	tell_command(d, "identify %s", short_name(d->man_photo));
	st = service_identify(d->service, &result, TANU_PURPOSE_ACCESS, d->man_photo, &refusal);
	tell(d, "%s", refusal.message);
	tell_outcome(d, st < 0 && refusal.code == TANU_ERR_IDENTIFY_OFF,
		     "1:N is off: nobody is searched for who has claimed nothing");
	return TANU_OK;
}

static tanu_status count_uses(struct demo *d, tanu_error *err)
{
	struct service_report report = {0};
	tanu_status st;

	tell_heading(d, "5. Counted: embeddings = permits");
	tell_command(d, "doctor");
	if ((st = service_report(d->service, &report, err)) < 0)
		return st;
	d->embeddings = report.embeddings;
	d->permits = report.permits;
	tell_outcome(d, report.embeddings > 0 && report.embeddings == report.permits,
		     "embeddings made: %llu, permits opened: %llu",
		     (unsigned long long)report.embeddings, (unsigned long long)report.permits);
	return TANU_OK;
}

static void tell_lists(const struct demo *d)
{
	tell_heading(d, "What this has shown");
	tell(
	    d,
	    "- without consent nothing is computed; with it, one photograph is enough to be known");
	tell(d,
	     "- a stolen database opens nothing; an old backup does not bring an erased face back");
	tell(d, "- every embedding had a permit; who withdraws is gone at that instant");
	tell(d, "- what is forged is noticed: by the site, by an auditor, or by the person alone");
	tell(
	    d,
	    "- who said no comes in through the same lane; a withdrawal is at the gate in seconds");
	tell_heading(d, "What it has not shown");
	tell(
	    d,
	    "- error rates: these few pictures of adults prove none (docs/accuracy.md has measured "
	    "ones)");
	tell(d, "- liveness: photographs are not live faces, and opened no door by a face");
	tell(d, "- children, masks, darkness, other cameras, a real door; witnesses of the log");
	tell_heading(d, "What cannot be shown");
	tell(d, "- that nobody copied database and keys together before the erasure: such a copy "
		"opens");
	tell(d, "- that an operator with full power over the machine never looked");
	tell(d, "- that a picture was not kept elsewhere");
}

static tanu_status run_camera(struct demo *d, tanu_error *err)
{
	return d->options->camera ? demo_camera(d, err) : TANU_OK;
}

static tanu_status write_report(struct demo *d, tanu_error *err)
{
	return d->options->report ? demo_report(d, err) : TANU_OK;
}

static tanu_status run_steps(struct demo *d, tanu_error *err)
{
	static tanu_status (*const steps[])(struct demo *, tanu_error *) = {
	    create_site,     add_people,       cut_photos,	refuse_without_consent,
	    enrol_everybody, verify_everybody, refuse_identify, count_uses,
	    demo_steal,	     run_camera,       write_report,	demo_forge,
	    demo_lane,
	};
	tanu_status st = TANU_OK;

	if (d->options->forge_only)
		return demo_forge(d, err);
	if (d->options->lane_only)
		return (st = cut_photos(d, err)) < 0 ? st : demo_lane(d, err);
	for (size_t i = 0; i < ARRAY_LEN(steps) && st >= 0 && !folder_interrupted(); i++)
		st = steps[i](d, err);
	if (st >= 0 && !folder_interrupted())
		tell_lists(d);
	return st;
}

static void tell_banner(const struct demo_options *options)
{
	if (options->forge_only) {
		fprintf(options->out, "Tanu demo: forge it\n\nEverything happens in a temporary "
				      "folder that is removed at the end.\n");
		return;
	}
	fprintf(
	    options->out,
	    "Tanu demo\n\n"
	    "The pictures come from an open-source package and show people who were never asked.\n"
	    "So consent is SIMULATED here. Everything happens in a temporary site that is removed\n"
	    "at the end; nothing leaves this machine. Do not publish the report%s%s.\n",
	    options->report ? " " : "", options->report ? options->report : "");
}

static void tell_end(const struct demo *d)
{
	fprintf(d->options->out, "\n%s  (%.1f s)\n",
		d->all_right ? "All of it came out right." : "Something came out WRONG: see above.",
		(double)(os_monotonic_ns() - d->start_ns) / 1e9);
}

/* Everything in the temporary folder, and the folder's end. */
static tanu_status run_in_folder(struct demo *d, tanu_error *err)
{
	tanu_status st = os_scratch_make(d->dir, sizeof(d->dir), "tanu-demo", err), removed;

	if (st < 0)
		return st;
	if ((st = path_in(d->site, d->dir, "site", err)) >= 0)
		st = run_steps(d, err);
	service_close(&d->service);
	if (d->options->keep) {
		fprintf(d->options->out, "\nThe temporary site is kept in %s\n", d->dir);
		return st;
	}
	removed = os_scratch_remove(d->dir, st < 0 ? NULL : err);
	return st < 0 ? st : removed;
}

tanu_status demo_run(bool *all_right, const struct demo_options *options, tanu_error *err)
{
	struct demo *d = calloc(1, sizeof(*d));
	tanu_status st;

	if (!d)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for the demo");
	d->options = options;
	d->start_ns = os_monotonic_ns();
	d->all_right = true;
	tell_banner(options);
	folder_watch();
	st = run_in_folder(d, err);
	folder_watch_end();
	if (st >= 0) {
		tell_end(d);
		*all_right = d->all_right;
	}
	free(d);
	return st;
}
