/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS	  ((int64_t)86400000)
#define ORDER_MAX ((size_t)64 << 20)

static tanu_status take_text(char out[DISCLOSURE_TEXT_MAX + 1], const struct args *args,
			     const char *option, tanu_error *err)
{
	const char *text = args_get(args, option);

	if (!text)
		return TANU_OK;
	if (strlen(text) > DISCLOSURE_TEXT_MAX)
		return tanu_fail(err, TANU_ERR_USAGE, option, "at most %d bytes",
				 DISCLOSURE_TEXT_MAX);
	snprintf(out, DISCLOSURE_TEXT_MAX + 1, "%s", text);
	return TANU_OK;
}

static tanu_status take_day(int64_t *out, const struct args *args, const char *option, int64_t more,
			    tanu_error *err)
{
	tanu_date date;
	tanu_status st;

	if (!args_get(args, option))
		return TANU_OK;
	if ((st = args_date(&date, args, option, err)) == TANU_OK)
		*out = (date_to_days(date) + more) * DAY_MS;
	return st;
}

static tanu_status take_words(struct disclosure_order *o, const struct args *args, tanu_error *err)
{
	const char *fields = args_get(args, "fields");
	tanu_status st;

	if ((st = take_text(o->authority, args, "authority", err)) < 0 ||
	    (st = take_text(o->basis, args, "basis", err)) < 0 ||
	    (st = take_text(o->due_basis, args, "due-basis", err)) < 0 ||
	    (st = take_day(&o->from_ms, args, "from", 0, err)) < 0 ||
	    (st = take_day(&o->to_ms, args, "to", 1, err)) < 0 ||
	    (st = take_day(&o->due_ms, args, "due", 0, err)) < 0)
		return st;
	return fields ? disclosed_fields_parse(&o->fields, fields, err) : TANU_OK;
}

static tanu_status take_people(struct run *run, struct disclosure_order *o, tanu_error *err)
{
	const char *extends = args_get(&run->args, "extends");
	tanu_status st = TANU_OK;

	if (extends && !id_parse(&o->extends, extends))
		return tanu_fail(err, TANU_ERR_USAGE, "extends",
				 "this is not the number of a disclosure");
	if (run->args.operands_len > DISCLOSURE_PEOPLE_MAX)
		return tanu_fail(
		    err, TANU_ERR_USAGE, "SUBJECT",
		    "at most %d people are named in one order: there is no bulk export",
		    DISCLOSURE_PEOPLE_MAX);
	for (size_t i = 0; i < run->args.operands_len && st == TANU_OK; i++)
		st = service_subject_find(run->service, &o->subjects[o->subjects_len++],
					  run->args.operands[i], err);
	return st;
}

static tanu_status disclosure_request(struct run *run, tanu_error *err)
{
	struct disclosure_order order = {0};
	char hex[ID_HEX_LEN];
	tanu_status st;

	if ((st = run_site(run, err)) < 0 || (st = take_words(&order, &run->args, err)) < 0 ||
	    (st = service_digest_file(order.document, args_get(&run->args, "order"), ORDER_MAX,
				      err)) < 0 ||
	    (st = take_people(run, &order, err)) < 0 ||
	    (st = service_disclosure_request(run->service, &order, err)) < 0)
		return st;
	id_hex(hex, &order.id);
	say(run, "Registered as %s. Nothing is disclosed by this.\n", hex);
	say(run, "Next: tanu disclosure order %s --out order.txt, and have two approvers sign it\n",
	    hex);
	jw_id(&run->jw, "disclosure", &order.id);
	return TANU_OK;
}

const struct verb verb_disclosure_request = {
    .group = "disclosure",
    .action = "request",
    .flags = VERB_SITE,
    .brief = "Register what an authority asks for",
    .about =
	"Writes the request into the register: who asks, by which law, the SHA-256 of the order as "
	"it came, whom it names, which fields, from which day to which. Two different people then "
	"approve it with keys of their own. Fields are profile, consents and history; a face, or "
	"numbers made from one, is never disclosed.\n\nThe persons are told at once, in their own "
	"history. Where the law forbids that, --due names the day on which they will be told, and "
	"--due-basis why: the public log then holds a sealed entry with that day, and everybody "
	"sees when it passes. --extends puts off such a day, by an order of its own.",
    .example =
	"tanu disclosure request 3f9a41c2 --authority \"City police\" --basis \"CPC art. 122\" "
	"--order order.pdf --fields history --from 2026-09-01 --to 2026-09-30",
    .operands = {{"SUBJECT", VALUE_WORD, 0, 0, "Whom it names, one by one; none with --extends"}},
    .options = {{"authority", VALUE_WORD, "TEXT", NULL, true, "Who asks"},
		{"basis", VALUE_WORD, "TEXT", NULL, true, "By which law, article and all"},
		{"order", VALUE_FILE, "FILE", NULL, true,
		 "The order as it came; only its SHA-256 is kept"},
		{"fields", VALUE_WORD, "FIELD[,...]", NULL, false, "profile, consents, history"},
		{"from", VALUE_WORD, "DATE", NULL, false, "First day of the history, UTC"},
		{"to", VALUE_WORD, "DATE", NULL, false, "Last day of it"},
		{"due", VALUE_WORD, "DATE", NULL, false, "Tell the person only on this day"},
		{"due-basis", VALUE_WORD, "TEXT", NULL, false, "Why not at once"},
		{"extends", VALUE_WORD, "NUMBER", NULL, false,
		 "Put off the day of this disclosure"}},
    .fields = {{"disclosure", "number of the disclosure"}},
    .run = disclosure_request,
};
