/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs about breaches share. */
#include "cli/breach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS ((int64_t)60000)
#define DAY_MS	  ((int64_t)86400000)

tanu_status run_breach(struct run *run, struct breach_view *out, tanu_error *err)
{
	const char *text = run->args.operands_len ? run->args.operands[0] : NULL;
	tanu_status st = run_site(run, err);

	return st < 0 ? st : service_breach_find(run->service, out, text, err);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "2026-01-31 08:00", or with a T. */
static bool read_time(int64_t *out, const char *text)
{
	char day[DATE_TEXT_LEN];
	tanu_date date;
	int hour, minute;

	if (strlen(text) != strlen("2026-01-31 08:00") || (text[10] != ' ' && text[10] != 'T') ||
	    !is_digit(text[11]) || !is_digit(text[12]) || text[13] != ':' || !is_digit(text[14]) ||
	    !is_digit(text[15]))
		return false;
	snprintf(day, sizeof(day), "%.10s", text);
	hour = (text[11] - '0') * 10 + text[12] - '0';
	minute = (text[14] - '0') * 10 + text[15] - '0';
	if (!date_parse(&date, day) || hour > 23 || minute > 59)
		return false;
	*out = date_to_days(date) * DAY_MS + (hour * 60 + minute) * MINUTE_MS;
	return true;
}

tanu_status args_time(int64_t *out, const struct args *args, const char *option, tanu_error *err)
{
	const char *text = args_get(args, option);

	*out = 0;
	if (!text || read_time(out, text))
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_DATE, option, "write the time as \"YYYY-MM-DD HH:MM\", UTC");
}

static tanu_status take_people(struct run *run, struct breach_order *out, tanu_id **people,
			       size_t first, tanu_error *err)
{
	size_t len = run->args.operands_len > first ? run->args.operands_len - first : 0;
	tanu_status st = TANU_OK;

	if (len == 0)
		return TANU_OK;
	*people = calloc(len, sizeof(**people));
	if (!*people)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < len && st == TANU_OK; i++)
		st = service_subject_find(run->service, &(*people)[i],
					  run->args.operands[first + i], err);
	out->people = *people;
	out->people_len = len;
	return st;
}

tanu_status breach_order_take(struct run *run, struct breach_order *out, tanu_id **people,
			      size_t first, tanu_error *err)
{
	const struct args *args = &run->args;
	const char *kinds = args_get(args, "kinds");
	double about = 0;
	tanu_status st;

	*out = (struct breach_order){.what = args_get(args, "what"),
				     .measures = args_get(args, "measures"),
				     .everybody = args_has(args, "everybody")};
	if ((kinds && (st = service_breach_kinds_parse(&out->kinds, kinds, err)) < 0) ||
	    (st = args_time(&out->noticed_ms, args, "noticed", err)) < 0 ||
	    (args_has(args, "about") && (st = args_real(&about, args, "about", 1, 1e9, err)) < 0))
		return st;
	out->about = (int64_t)about;
	return take_people(run, out, people, first, err);
}

static void say_due(struct run *run, const char *what, int64_t due_ms, int64_t told_ms)
{
	char due[MINUTE_TEXT_LEN], told[MINUTE_TEXT_LEN];

	if (due_ms == 0 && told_ms == 0)
		return;
	say(run, "  %s: ", what);
	if (told_ms)
		say(run, "told on %s%s", minute_text(told, told_ms),
		    due_ms && told_ms > due_ms ? ", too late" : "");
	else
		say(run, "not told yet");
	if (due_ms)
		say(run, "; due by %s", minute_text(due, due_ms));
	say(run, "\n");
}

void say_breach_clock(struct run *run, const struct breach_view *v)
{
	say_due(run, "the authority", v->due_ms, service_breach_told_ms(v, BREACH_TOLD_AUTHORITY));
	say_due(run, "the authority, what was found out", v->result_due_ms,
		service_breach_told_ms(v, BREACH_TOLD_RESULT));
	say_due(run, "the persons", 0, service_breach_told_ms(v, BREACH_TOLD_PERSONS));
}

static void put_notices(struct json_w *w, const struct breach_view *v)
{
	jw_array(w, "notices");
	for (size_t i = 0; i < v->notices_len; i++) {
		jw_object(w, NULL);
		jw_int(w, "at_ms", v->notices[i].at_ms);
		jw_clean(w, "how", v->notices[i].how);
		jw_text(w, "whom", service_breach_told_name(v->notices[i].whom));
		jw_end_object(w);
	}
	jw_end_array(w);
}

void jw_breach(struct json_w *w, const struct breach_view *v)
{
	char kinds[BREACH_KINDS_LEN];

	service_breach_kinds_text(kinds, v->kinds);
	jw_int(w, "about", v->about);
	jw_id(w, "breach", &v->id);
	jw_int(w, "closed_ms", v->closed_ms);
	jw_int(w, "due_ms", v->due_ms);
	jw_text(w, "kinds", kinds);
	jw_clean(w, "measures", v->measures);
	put_notices(w, v);
	jw_int(w, "noticed_ms", v->noticed_ms);
	jw_int(w, "opened_ms", v->opened_ms);
	jw_clean(w, "outcome", v->outcome);
	jw_int(w, "people", (int64_t)v->people);
	jw_int(w, "result_due_ms", v->result_due_ms);
	jw_clean(w, "what", v->what);
}
