/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static void answer(struct run *run, const struct consent_order *order)
{
	struct json_w *w = &run->jw;
	char hex[ID_HEX_LEN], until[DATE_TEXT_LEN], purposes[PURPOSES_WORDS_LEN];

	id_hex(hex, &order->subject);
	date_text(until, order->until);
	say(run, "Consent to %s is given until %s (UTC, that day included), by %s, under notice ",
	    purposes_words(purposes, order->purposes), until, tanu_giver_name(order->giver));
	say_clean(run, order->notice.version);
	say(run, " (%s).\n", order->notice.language);
	answer_notice(run, &order->notice);
	if (order->paper)
		say(run, "The signed paper is kept with the person's papers.\n");
	if (service_storage(run->service) == STORAGE_PASS)
		say(run, "Next: tanu pass issue %.8s PHOTO... --out FILE.pdf\n", hex);
	else
		say(run, "Next: tanu enrol %.8s PHOTO...\n", hex);

	jw_id(w, "subject", &order->subject);
	jw_purposes(w, "purposes", order->purposes);
	jw_text(w, "by", tanu_giver_name(order->giver));
	if (order->giver == TANU_GIVER_GUARDIAN)
		jw_id(w, "guardian", &order->guardian);
	else
		jw_null(w, "guardian");
	jw_text(w, "until", until);
	jw_bool(w, "assent", order->assent);
	jw_bool(w, "written", order->paper != NULL);
}

/* A scan that --paper names; `bytes` owns it, and the caller wipes that. */
static tanu_status paper_option(struct run *run, struct consent_order *order,
				struct consent_paper *paper, struct buf *bytes, tanu_error *err)
{
	const char *path = args_get(&run->args, "paper");
	tanu_status st;

	if (!path)
		return TANU_OK;
	if ((st = os_read_file(bytes, path, CONSENT_PAPER_MAX, err)) < 0)
		return st;
	*paper = (struct consent_paper){.bytes = bytes->data, .len = bytes->len};
	order->paper = paper;
	return TANU_OK;
}

static tanu_status consent_give(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	struct consent_order order = {.assent = args_has(args, "assent")};
	struct consent_paper paper = {0};
	struct buf text = {0}, scan = {0};
	tanu_status st;

	if ((st = tanu_purposes_parse(&order.purposes, args_get(args, "purpose"), err)) < 0 ||
	    (st = args_date(&order.until, args, "until", err)) < 0 ||
	    (st = run_subject(run, &order.subject, err)) < 0 ||
	    (st = notice_option(run, &order.notice, &text, err)) < 0 ||
	    (st = giver_parse(run, &order.giver, &order.guardian, err)) < 0 ||
	    (st = paper_option(run, &order, &paper, &scan, err)) < 0 ||
	    (st = service_consent_give(run->service, &order, err)) < 0)
		goto out;
	answer(run, &order);
out:
	buf_free(&text);
	buf_wipe(&scan);
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
	"enrolment by itself.\n\nBelow the age of majority a registered guardian consents "
	"(\"tanu guardian add\"), from then on only the person herself. From "
	"consent.assent_years of age on the child is asked as well, and --assent says that she "
	"agreed. While a no of the child or of another guardian stands, it is refused. Below "
	"enrol.min_years no face is taken, so no consent is either.\n\nWhere consent.written is on "
	"(profiles kz and ru), a consent is taken only with the signed form: --paper names its "
	"scan, "
	"which is kept sealed with the person's papers, and whose SHA-256 stands in the record.",
    .example =
	"tanu consent give 3f9a41c2 --purpose access --by self --until 2027-06-30 --language kk",
    .operands = {OPERAND_SUBJECT},
    .options = {{"purpose", VALUE_WORD, "PURPOSE[,...]", NULL, true,
		 "One or more of access, attendance, visit, identity, calibration"},
		{"by", VALUE_CHOICE, "WHO", "self guardian", true,
		 "Who agreed: the person herself, or a guardian"},
		OPTION_GUARDIAN,
		{"assent", VALUE_NONE, NULL, NULL, false,
		 "The child was asked as well, and agreed"},
		{"paper", VALUE_FILE, "FILE", NULL, false, "The signed form as a PDF, JPEG or PNG"},
		{"until", VALUE_WORD, "DATE", NULL, true, "The last day on which it holds"},
		OPTION_NOTICE,
		OPTION_LANGUAGE},
    .fields = {{"subject", "the person's id"},
	       {"purposes", "what was agreed to, array of words"},
	       {"by", "self or guardian"},
	       {"guardian", "the guardian's id, or null"},
	       {"until", "last day, YYYY-MM-DD, UTC"},
	       {"assent", "true: the child agreed too"},
	       {"written", "true: the signed paper is kept"},
	       NOTICE_FIELDS},
    .run = consent_give,
};
