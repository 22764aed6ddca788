/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#define GUARDIAN "guardian:"

/* "self", or "guardian:" and a person. */
static tanu_status parse_giver(struct run *run, struct consent_order *order, tanu_error *err)
{
	const char *by = args_get(&run->args, "by");

	if (strcmp(by, "self") == 0) {
		order->giver = TANU_GIVER_SELF;
		return TANU_OK;
	}
	if (strncmp(by, GUARDIAN, strlen(GUARDIAN)) != 0 || !by[strlen(GUARDIAN)])
		return tanu_fail(
		    err, TANU_ERR_USAGE, NULL,
		    "--by wants \"self\" or \"guardian:ID\", the id of the guardian, who is "
		    "added as a person of her own");
	order->giver = TANU_GIVER_GUARDIAN;
	return service_subject_find(run->service, &order->guardian, by + strlen(GUARDIAN), err);
}

static void answer(struct run *run, const struct consent_order *order)
{
	struct json_w *w = &run->jw;
	char hex[ID_HEX_LEN], until[DATE_TEXT_LEN], purposes[PURPOSES_WORDS_LEN];

	id_hex(hex, &order->subject);
	date_text(until, order->until);
	say(run, "Consent to %s is given until %s (UTC, that day included), by %s, under notice ",
	    purposes_words(purposes, order->purposes), until, tanu_giver_name(order->giver));
	say_clean(run, order->notice.version);
	say(run, " (%s).\nNext: tanu enrol %.8s PHOTO...\n", order->notice.language, hex);

	jw_id(w, "subject", &order->subject);
	jw_purposes(w, "purposes", order->purposes);
	jw_text(w, "by", tanu_giver_name(order->giver));
	if (order->giver == TANU_GIVER_GUARDIAN)
		jw_id(w, "guardian", &order->guardian);
	else
		jw_null(w, "guardian");
	jw_text(w, "until", until);
	jw_object(w, "notice");
	jw_clean(w, "version", order->notice.version);
	jw_text(w, "language", order->notice.language);
	jw_end_object(w);
}

static tanu_status consent_give(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	const char *language = args_get(args, "language");
	struct consent_order order = {0};
	struct buf text = {0};
	tanu_status st;

	if ((st = tanu_purposes_parse(&order.purposes, args_get(args, "purpose"), err)) < 0 ||
	    (st = args_date(&order.until, args, "until", err)) < 0 ||
	    (st = notice_read(&order.notice, &text, args_get(args, "notice"),
			      language ? language : "en", err)) < 0 ||
	    (st = run_subject(run, &order.subject, err)) < 0 ||
	    (st = parse_giver(run, &order, err)) < 0 ||
	    (st = service_consent_give(run->service, &order, err)) < 0)
		goto out;
	answer(run, &order);
out:
	buf_free(&text);
	return st;
}

const struct verb verb_consent_give = {
    .group = "consent",
    .action = "give",
    .flags = VERB_SITE,
    .brief = "Record that a person agreed",
    .about =
	"Records a consent: who agreed to which purposes, until when, under which notice. The text "
	"of the "
	"notice is kept with the consent. It holds until the end of the last day, UTC, and can be "
	"withdrawn at any moment.\n\nCalibration is another kind of purpose: it lets the person's "
	"reference be compared with those of others who agreed to it, so that the site knows its "
	"error rates (\"tanu calibrate --site\") and who needs a second factor. It covers no "
	"enrolment by itself.\n\nBelow the age of majority a guardian consents (--by "
	"guardian:ID), "
	"from then on only the person herself.",
    .example =
	"tanu consent give 3f9a41c2 --purpose access --by self --until 2027-06-30 --language kk",
    .operands = {OPERAND_SUBJECT},
    .options = {{"purpose", VALUE_WORD, "PURPOSE[,...]", NULL, true,
		 "One or more of access, attendance, visit, identity, calibration"},
		{"by", VALUE_WORD, "GIVER", NULL, true,
		 "Who agreed: \"self\", or \"guardian:\" and the guardian's id"},
		{"until", VALUE_WORD, "DATE", NULL, true, "The last day on which it holds"},
		{"notice", VALUE_FILE, "FILE", NULL, false,
		 "The text that was read and agreed to; its name without extension is kept as its "
		 "version. Without it the notice shipped with Tanu"},
		{"language", VALUE_CHOICE, "LANGUAGE", "kk ru en", false,
		 "Language of the notice: kk, ru or en (default)"}},
    .fields = {{"subject", "the person's id"},
	       {"purposes", "what was agreed to, array of words"},
	       {"by", "self or guardian"},
	       {"guardian", "the guardian's id, or null"},
	       {"until", "last day, YYYY-MM-DD, UTC"},
	       {"notice.version", "version of the notice"},
	       {"notice.language", "kk, ru or en"}},
    .run = consent_give,
};
