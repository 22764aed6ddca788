/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status consent_request(struct run *run, tanu_error *err)
{
	const struct args *args = &run->args;
	struct consent_order order = {0};
	char hex[ID_HEX_LEN], purposes[PURPOSES_WORDS_LEN];
	struct buf text = {0};
	tanu_status st;

	if ((st = purposes_option(&order.purposes, args, err)) < 0 ||
	    (st = run_subject(run, &order.subject, err)) < 0 ||
	    (st = notice_option(run, &order.notice, &text, err)) < 0 ||
	    (st = service_consent_request(run->service, &order, err)) < 0)
		goto out;
	id_hex(hex, &order.subject);
	say(run,
	    "Asked for consent to %s.\nNext: tanu consent give %.8s, or tanu consent refuse %.8s\n",
	    purposes_words(purposes, order.purposes), hex, hex);
	jw_id(&run->jw, "subject", &order.subject);
	jw_purposes(&run->jw, "purposes", order.purposes);
	answer_notice(run, &order.notice);
out:
	buf_free(&text);
	return st;
}

const struct verb verb_consent_request = {
    .group = "consent",
    .action = "request",
    .flags = VERB_SITE,
    .brief = "Record that a person, or a family, was asked",
    .about = "Writes down that consent was asked for, under which notice. The request waits for an "
	     "answer (\"consent give\", \"consent refuse\") and ends by itself after "
	     "consent.request_days.\n\nAfter a no it is refused for consent.ask_again_days: "
	     "nobody is asked every morning. Who changes her mind needs no request; \"consent "
	     "give\" works at any time.",
    .example = "tanu consent request 3f9a41c2 --purpose access,attendance",
    .operands = {OPERAND_SUBJECT},
    .options = {{"purpose", VALUE_WORD, "PURPOSE[,...]", NULL, true,
		 "One or more of access, attendance, visit, identity, calibration"},
		OPTION_NOTICE,
		OPTION_LANGUAGE},
    .fields = {{"subject", "the person's id"},
	       {"purposes", "what was asked for, array of words"},
	       NOTICE_FIELDS},
    .run = consent_request,
};
