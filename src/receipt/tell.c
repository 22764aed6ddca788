/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt/tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_MS ((int64_t)60 * 1000)
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  (24 * HOUR_MS)
#define PPB	  INT64_C(1000000000)

void tell_time(struct buf *out, int64_t unix_ms)
{
	char text[TIME_TEXT_LEN];

	time_text(text, unix_ms);
	buf_printf(out, "%.10s %.5s UTC", text, text + 11);
}

/* "event." + word, and the word itself where there is no text. */
static void put_word(struct buf *out, enum tell_language language, const char *group,
		     const char *word)
{
	char key[96];

	snprintf(key, sizeof(key), "%s.%s", group, word);
	if (!tell_text(out, language, key))
		buf_str(out, word);
}

void tell_event(struct buf *out, enum tell_language language, const struct receipt_event *event)
{
	put_word(out, language, "event", event->type);
}

/* 10000 -> "10,000", and with a space that doesn't break in the other languages. */
static void put_count(struct buf *out, enum tell_language language, int64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_str(out, language == TELL_EN ? "," : "\xC2\xA0");
		buf_u8(out, (uint8_t)digits[i]);
	}
}

/* ---- details ---- */

struct details {
	struct buf *out;
	enum tell_language language;
	bool any;
};

/* One more, with `value`; an empty one is left out. */
static void detail(struct details *d, const char *key, const char *value)
{
	if (!*value)
		return;
	if (d->any)
		buf_str(d->out, "; ");
	d->any = true;
	tell_with(d->out, d->language, key, value);
}

static void detail_word(struct details *d, const char *key, const char *group, const char *word)
{
	struct buf text = {0};

	if (*word)
		put_word(&text, d->language, group, word);
	detail(d, key, buf_cstr(&text));
	buf_free(&text);
}

static void detail_purposes(struct details *d, const char *purposes)
{
	struct buf text = {0};
	char word[64];

	while (*purposes) {
		size_t len = strcspn(purposes, ",");

		snprintf(word, sizeof(word), "%.*s", (int)len, purposes);
		if (text.len)
			buf_str(&text, ", ");
		put_word(&text, d->language, "purpose", word);
		purposes += len + (purposes[len] == ',');
	}
	detail(d, "detail.for", buf_cstr(&text));
	buf_free(&text);
}

static void detail_fmr(struct details *d, const struct receipt_event *event)
{
	struct buf text = {0};

	if (event->fmr_ppb > 0)
		put_count(&text, d->language, (PPB + event->fmr_ppb / 2) / event->fmr_ppb);
	detail(d, "detail.fmr", buf_cstr(&text));
	if (event->fmr_ppb > 0 && event->fmr_extrapolated)
		detail(d, "detail.fitted", " ");
	buf_free(&text);
}

void tell_details(struct buf *out, enum tell_language language, const struct receipt_event *event)
{
	struct details d = {.out = out, .language = language};
	struct buf text = {0};

	detail_purposes(&d, event->purposes);
	detail_word(&d, "detail.by", "by", event->by);
	utf8_put_clean(&text, event->recipient);
	detail(&d, "detail.to", buf_cstr(&text));
	text.len = 0;
	if (event->due_ms)
		tell_time(&text, event->due_ms);
	/* A court's order has a first day, everything else a last one. */
	detail(&d, event->event == TANU_EVENT_GUARDIAN_BARRED ? "detail.since" : "detail.until",
	       buf_cstr(&text));
	detail_word(&d, "detail.reason", "reason", event->reason);
	detail_fmr(&d, event);
	buf_free(&text);
}

/* ---- times ---- */

static void put_duration(struct buf *out, enum tell_language language, int64_t ms, bool up)
{
	static const struct {
		int64_t from, unit;
		const char *key;
	} units[] = {{2 * DAY_MS, DAY_MS, "unit.days"},
		     {2 * HOUR_MS, HOUR_MS, "unit.hours"},
		     {0, MINUTE_MS, "unit.minutes"}};
	char n[24];
	size_t i = 0;

	while (ms < units[i].from)
		i++;
	snprintf(n, sizeof(n), "%" PRId64, (ms + (up ? units[i].unit - 1 : 0)) / units[i].unit);
	tell_with(out, language, units[i].key, n);
}

void tell_published(struct buf *out, enum tell_language language, const tanu_report_leaf *leaf,
		    int64_t at_ms)
{
	int64_t least = leaf->after_ms - at_ms, most = leaf->before_ms - at_ms;
	bool late = leaf->after_ms && least >= MINUTE_MS, bounded = leaf->before_ms && most >= 0;
	struct buf low = {0}, high = {0};

	if (late)
		put_duration(&low, language, least, false);
	if (bounded)
		put_duration(&high, language, most, true);
	if (late && bounded)
		tell_with_two(out, language, "detail.between", buf_cstr(&low), buf_cstr(&high));
	else if (late)
		tell_with(out, language, "detail.late", buf_cstr(&low));
	else if (bounded)
		tell_with(out, language, "detail.within", buf_cstr(&high));
	buf_free(&low);
	buf_free(&high);
}

/* ---- findings ---- */

void tell_finding(struct buf *out, enum tell_language language, const tanu_finding *finding)
{
	struct details d = {.out = out, .language = language};
	char n[24] = "", index[24] = "";

	put_word(out, language, "finding", tanu_finding_name(finding->code));
	if (finding->n < 0 && finding->index < 0)
		return;
	if (finding->n >= 0)
		snprintf(n, sizeof(n), "%" PRId64, finding->n + 1);
	if (finding->index >= 0)
		snprintf(index, sizeof(index), "%" PRId64, finding->index);
	buf_str(out, " (");
	detail(&d, "detail.place", n);
	detail(&d, "detail.entry", index);
	buf_str(out, ")");
}

/* ---- gates ---- */

void tell_gate(struct buf *out, enum tell_language language, const tanu_report_gate *gate)
{
	struct buf when = {0};
	char key[32];

	utf8_put_clean(out, gate->name);
	buf_str(out, ": ");
	tell_time(&when, gate->at_ms ? gate->at_ms : gate->until_ms);
	snprintf(key, sizeof(key), "gate.%s", tanu_gate_word_name(gate->word));
	tell_with(out, language, key, buf_cstr(&when));
	buf_free(&when);
}
