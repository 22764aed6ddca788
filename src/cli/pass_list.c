/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pass.h"
#include "cli/verbs.h"

#include <string.h>

void answer_pass(struct run *run, const struct pass_view *v)
{
	static const enum tint tints[] = {
	    [PASS_REVOKED] = TINT_BAD, [PASS_VALID] = TINT_GOOD, [PASS_EXPIRED] = TINT_WARN};
	char number[PASS_NUMBER_TEXT_LEN], hex[2 * PASS_NUMBER_LEN + 1], until[DATE_TEXT_LEN];
	char when[MINUTE_TEXT_LEN];
	struct json_w *w = &run->jw;

	pass_number_text(number, v->number);
	hex_encode(hex, v->number, sizeof(v->number));
	date_text(until, v->until);
	say(run, "%s  ", number);
	say_tint(run, tints[v->state], service_pass_state_name(v->state));
	say(run, ", to %s, issued %s%s", until, minute_text(when, v->issued_ms),
	    v->spare ? ", spare" : "");
	if (v->revoked_ms)
		say(run, ", revoked %s", minute_text(when, v->revoked_ms));
	say(run, "\n");
	jw_object(w, NULL);
	jw_text(w, "number", hex);
	jw_id(w, "paper", &v->id);
	jw_text(w, "state", service_pass_state_name(v->state));
	jw_bool(w, "spare", v->spare);
	jw_int(w, "generation", v->generation);
	jw_text(w, "until", until);
	jw_int(w, "issued_ms", v->issued_ms);
	if (v->revoked_ms)
		jw_int(w, "revoked_ms", v->revoked_ms);
	else
		jw_null(w, "revoked_ms");
	jw_end_object(w);
}

tanu_status pass_number_parse(uint8_t out[PASS_NUMBER_LEN], const char *text, tanu_error *err)
{
	char hex[2 * PASS_NUMBER_LEN + 1];
	size_t len = 0;

	for (const char *p = text; *p; p++) {
		if (*p == ' ')
			continue;
		if (len == 2 * PASS_NUMBER_LEN)
			len++;
		if (len > 2 * PASS_NUMBER_LEN)
			break;
		hex[len++] = *p >= 'A' && *p <= 'F' ? (char)(*p - 'A' + 'a') : *p;
	}
	if (len == 2 * PASS_NUMBER_LEN) {
		hex[len] = '\0';
		if (hex_decode(out, PASS_NUMBER_LEN, hex))
			return TANU_OK;
	}
	return tanu_fail(err, TANU_ERR_USAGE, "--pass",
			 "a pass has a number of 16 hex digits, as printed on it: \"5f12 09ab 77c0 "
			 "31de\"");
}

struct list {
	struct run *run;
	size_t len;
};

static tanu_status list_one(void *self, const struct pass_view *v, tanu_error *err)
{
	struct list *list = self;

	(void)err;
	answer_pass(list->run, v);
	list->len++;
	return TANU_OK;
}

static tanu_status pass_list(struct run *run, tanu_error *err)
{
	struct list list = {.run = run};
	tanu_id id;
	tanu_status st = run_subject(run, &id, err);

	if (st < 0)
		return st;
	jw_id(&run->jw, "subject", &id);
	jw_array(&run->jw, "passes");
	st = service_pass_each(run->service, &id, list_one, &list, err);
	jw_end_array(&run->jw);
	if (st == TANU_OK && list.len == 0)
		say(run, "No pass was ever issued to this person.\n");
	return st;
}

const struct verb verb_pass_list = {
    .group = "pass",
    .action = "list",
    .flags = VERB_SITE,
    .brief = "Every pass that was issued to a person",
    .about = "Numbers, states and dates of all passes of a person, the oldest first. What is on a "
	     "pass the site does not have.",
    .example = "tanu pass list 3f9a41c2",
    .operands = {OPERAND_SUBJECT},
    .fields = {{"subject", "the person's id"}, PASS_FIELDS},
    .run = pass_list,
};
