/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

void say_samples(struct run *run, const struct sample_result *samples, size_t samples_len,
		 const char *const *photos)
{
	for (size_t i = 0; i < samples_len; i++) {
		const struct sample_result *s = &samples[i];

		say(run, "  ");
		say_clean(run, photos[i]);
		if (s->status == TANU_OK)
			say(run, ": used, quality %.2f, liveness %.2f\n", (double)s->quality,
			    (double)s->liveness);
		else
			say(run, ": not used: %s\n", s->advice);
	}
}

void jw_samples(struct json_w *w, const struct sample_result *samples, size_t samples_len,
		const char *const *photos)
{
	jw_array(w, "photos");
	for (size_t i = 0; i < samples_len; i++) {
		const struct sample_result *s = &samples[i];

		jw_object(w, NULL);
		jw_clean(w, "photo", photos[i]);
		jw_text(w, "status", tanu_status_name(s->status));
		jw_clean(w, "advice", s->advice);
		jw_float(w, "quality", s->quality);
		jw_float(w, "liveness", s->liveness);
		jw_end_object(w);
	}
	jw_end_array(w);
}

void answer_samples(struct run *run, const struct enrol_result *r, const char *const *photos)
{
	say_samples(run, r->samples, r->samples_len, photos);
	jw_samples(&run->jw, r->samples, r->samples_len, photos);
}

static tanu_status enrol_one(struct run *run, tanu_error *err)
{
	char **photos = run->args.operands + 1;
	size_t photos_len = run->args.operands_len - 1;
	struct enrol_result result = {0};
	char hex[ID_HEX_LEN];
	tanu_id id;
	tanu_status st;

	if (photos_len > SAMPLES_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "at most %d photographs a person",
				 SAMPLES_MAX);
	if ((st = photo_paths_check(photos, photos_len, err)) < 0)
		return st;
	if ((st = run_subject(run, &id, err)) < 0)
		return st;
	st =
	    service_enrol(run->service, &result, &id, (const char *const *)photos, photos_len, err);
	answer_samples(run, &result, (const char *const *)photos);
	if (st < 0) {
		run->keep_answer = true;
		return st;
	}
	id_hex(hex, &id);
	say(run,
	    "Enrolled from %zu of %zu photographs, quality %.2f.\nNext: tanu verify %.8s PHOTO\n",
	    result.used, photos_len, (double)result.quality, hex);
	jw_id(&run->jw, "subject", &id);
	jw_id(&run->jw, "reference", &result.reference);
	jw_int(&run->jw, "used", (int64_t)result.used);
	jw_float(&run->jw, "quality", result.quality);
	answer_second_factor(run, result.second_factor);
	return TANU_OK;
}

static tanu_status enrol(struct run *run, tanu_error *err)
{
	const char *from = args_get(&run->args, "from");

	return from ? enrol_batch(run, from, err) : enrol_one(run, err);
}

const struct verb verb_enrol = {
    .group = "enrol",
    .flags = VERB_SITE,
    .brief = "Store a sealed reference of a person's face",
    .about =
	"Computes one reference from up to 16 photographs of one person and stores it sealed. A "
	"live "
	"consent is asked for before a photograph is opened. A photograph that is not good enough, "
	"or "
	"does not show the same person as the others, is not used, and the reason is told; several "
	"photographs of different days make a better reference. An earlier reference is replaced. "
	"The "
	"photographs themselves are not kept. Where storage.mode is pass nothing is stored, and "
	"\"tanu pass issue\" takes the place of this command.\n\nWith --from a whole list is "
	"enrolled: a CSV file "
	"with the "
	"columns \"subject\" and \"photo\". Several photographs of a person stand in one field, "
	"parted by a "
	"semicolon, or in several rows. A path that does not begin with a slash is looked for "
	"beside the "
	"list. Who is refused is told at the end; the others are enrolled. The exit code is then "
	"that of "
	"the gravest refusal.",
    .example = "tanu enrol 3f9a41c2 may.jpg june.jpg",
    .instead = "from",
    .operands = {OPERAND_SUBJECT,
		 {"PHOTO", VALUE_FILE, 1, 0,
		  "Photographs of this person; \"-\" is standard input"}},
    .options = {{"from", VALUE_FILE, "FILE", NULL, false,
		 "Enrol everybody in this CSV file; \"-\" is standard input"}},
    .fields = {{"subject", "the person's id"},
	       {"reference", "id of the reference"},
	       {"used", "how many photographs went into it"},
	       {"quality", "quality of the reference, 0 to 1"},
	       FIELD_SECOND_FACTOR,
	       SAMPLE_FIELDS,
	       {"people", "with --from: how many people the list names"},
	       {"enrolled", "with --from: how many of them were enrolled"},
	       {"seconds", "with --from: how long it took"},
	       {"refused[].row", "with --from: row of the list, the header is row 1"},
	       {"refused[].code", "with --from: error code"},
	       {"refused[].place", "with --from: photograph, or empty"},
	       {"refused[].message", "with --from: why, in words"},
	       {"refused[].photos[]", "with --from: each photograph, as above"}},
    .run = enrol,
};
