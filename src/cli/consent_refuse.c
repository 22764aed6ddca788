/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status consent_refuse(struct run *run, tanu_error *err)
{
	struct erasure_receipt receipt = {0};
	struct consent_say saying = {0};
	char purposes[PURPOSES_WORDS_LEN];
	tanu_status st;

	if ((st = purposes_option(&saying.purposes, &run->args, err)) < 0 ||
	    (st = run_subject(run, &saying.subject, err)) < 0 ||
	    (st = giver_parse(run, &saying.by, &saying.guardian, err)) < 0 ||
	    (st = service_consent_refuse(run->service, &receipt, &saying, err)) < 0)
		return st;
	say(run,
	    "The no is written down. Nothing matches for %s, and nobody is to ask again soon.\n",
	    saying.purposes ? purposes_words(purposes, saying.purposes) : "any purpose");
	answer_receipt(run, &receipt);
	return TANU_OK;
}

const struct verb verb_consent_refuse = {
    .group = "consent",
    .action = "refuse",
    .flags = VERB_SITE,
    .brief = "Record a no, before or after a yes",
    .about =
	"Whoever is asked may say no. Live consents to these purposes end at once, whoever "
	"gave them, and with the last one the reference of the face is erased. The no is "
	"remembered, so that nobody asks again for consent.ask_again_days.\n\nOf a child the "
	"own no counts most (--by child), at any age: no guardian can turn it into a yes, only "
	"the child herself. One guardian's no stops all others, until she herself consents.",
    .example = "tanu consent refuse 3f9a41c2 --by child",
    .operands = {OPERAND_SUBJECT},
    .options = {{"by", VALUE_CHOICE, "WHO", "self child guardian", true,
		 "Who says it: the person, the child herself, or a guardian"},
		OPTION_GUARDIAN,
		{"purpose", VALUE_WORD, "PURPOSE[,...]", NULL, false,
		 "Only these purposes; without it all of them"}},
    .fields = {RECEIPT_FIELDS},
    .run = consent_refuse,
};
