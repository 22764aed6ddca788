/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <string.h>

tanu_status args_purpose(tanu_purpose *out, const struct args *args, tanu_error *err)
{
	const char *text = args_get(args, "purpose");
	unsigned set = TANU_PURPOSE_ACCESS;
	tanu_status st = text ? tanu_purposes_parse(&set, text, err) : TANU_OK;

	if (st < 0)
		return st;
	if (set & (set - 1))
		return tanu_fail(err, TANU_ERR_USAGE, NULL, "--purpose wants one purpose here");
	*out = (tanu_purpose)set;
	return TANU_OK;
}

void answer_second_factor(struct run *run, bool needed)
{
	if (needed) {
		say(run, "  ");
		say_tint(run, TINT_WARN,
			 "second factor needed: somebody here looks alike, the face alone must not "
			 "decide");
		say(run, "\n");
	}
	jw_bool(&run->jw, "second_factor", needed);
}

void answer_decision(struct run *run, const struct verify_result *r)
{
	const tanu_decision *d = &r->decision;
	struct json_w *w = &run->jw;
	bool match = d->result == TANU_MATCH;

	say_tint(run, match ? TINT_GOOD : TINT_BAD, match ? "match" : "no match");
	say(run, ": score %.3f, threshold %.3f\n  ", (double)d->score, (double)d->threshold);
	say_fmr(run, d->fmr, d->extrapolated, r->population);
	say(run, "\n  liveness %.2f (pad: %s), quality %.2f\n", (double)r->liveness, r->pad,
	    (double)r->quality);

	jw_bool(w, "match", match);
	jw_float(w, "score", d->score);
	jw_float(w, "threshold", d->threshold);
	jw_real(w, "fmr", d->fmr);
	jw_bool(w, "fmr_extrapolated", d->extrapolated);
	jw_float(w, "margin", d->margin);
	jw_float(w, "liveness", r->liveness);
	jw_float(w, "quality", r->quality);
	jw_text(w, "pad", r->pad);
	jw_clean(w, "population", r->population ? r->population : "");
	answer_second_factor(run, r->second_factor);
	run->exit = match ? TANU_EXIT_YES : TANU_EXIT_NO_MATCH;
}

static tanu_status verify(struct run *run, tanu_error *err)
{
	const char *shown = args_get(&run->args, "pass");
	char **photos = run->args.operands + 1;
	size_t photos_len = run->args.operands_len - 1;
	struct verify_result result = {0};
	struct pass pass;
	tanu_purpose purpose;
	tanu_id id;
	tanu_status st;

	if ((st = args_purpose(&purpose, &run->args, err)) < 0 ||
	    (st = photo_paths_check(photos, photos_len, err)) < 0 ||
	    (shown && (st = service_pass_read(&pass, shown, err)) < 0) ||
	    (st = run_subject(run, &id, err)) < 0)
		return st;
	st = shown ? service_verify_pass(run->service, &result, &id, purpose, &pass,
					 (const char *const *)photos, photos_len, err)
		   : service_verify_frames(run->service, &result, &id, purpose,
					   (const char *const *)photos, photos_len, err);
	if (photos_len > 1)
		say_samples(run, result.samples, result.samples_len, (const char *const *)photos);
	jw_samples(&run->jw, result.samples, result.samples_len, (const char *const *)photos);
	if (st < 0) {
		run->keep_answer = true;
		return st;
	}
	answer_decision(run, &result);
	jw_int(&run->jw, "used", (int64_t)result.used);
	jw_id(&run->jw, "subject", &id);
	return TANU_OK;
}

const struct verb verb_verify = {
    .group = "verify",
    .flags = VERB_SITE,
    .brief = "Is this the face of that person?",
    .about =
	"Compares the face in PHOTO with the person's reference, under a live consent. Exit code "
	"0: match; 1: no match; 3: refused, for example because there is no consent.\n\n"
	"Several photographs are frames of one moment and one claim: each that is good enough is "
	"embedded under a permit of its own, and the mean of their scores decides. A frame that is "
	"spoilt, or shows somebody else than most of them, is left out and told; where no majority "
	"shows one face, all is refused.\n\n"
	"Where the site stores no references (storage.mode = pass), --pass names the person's "
	"pass: a picture of its QR code, taken with any camera, or the bytes read from her NFC "
	"card. What is wrong with a pass is told before a photograph is opened.\n\n"
	"A photograph is not a live face: liveness is shown and decides nothing here.",
    .example = "tanu verify 3f9a41c2 today.jpg",
    .operands = {OPERAND_SUBJECT,
		 {"PHOTO", VALUE_FILE, 1, 0,
		  "A photograph, or up to 16 of one moment; \"-\" is standard input"}},
    .options = {OPTION_PURPOSE,
		{"pass", VALUE_FILE, "FILE", NULL, false,
		 "The person's pass: a picture of its QR code, or its bytes"}},
    .fields = {DECISION_FIELDS,
	       {"used", "how many photographs the score is the mean of"},
	       SAMPLE_FIELDS,
	       {"subject", "id of the person claimed"}},
    .run = verify,
};
