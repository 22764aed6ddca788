/* SPDX-License-Identifier: Apache-2.0 */
/* The holder's file: lines "name value"; what begins with # is for people. */
#include "cli/recovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX 4096
#define DAY_MS	 ((int64_t)86400000)

int64_t period_begin_ms(int64_t from_ms, int days, uint32_t period)
{
	return from_ms + (int64_t)period * days * DAY_MS;
}

int64_t period_turn_ms(int64_t from_ms, int days, uint32_t period)
{
	return period_begin_ms(from_ms, days, period + 1) + RECOVERY_GRACE_DAYS * DAY_MS;
}

/* The value of "name value" in the text, up to its line's end, or NULL. */
static const char *find_field(const char *text, const char *name, size_t *len)
{
	const size_t name_len = strlen(name);

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, name, name_len) != 0 || at[name_len] != ' ')
			continue;
		at += name_len + 1;
		*len = strcspn(at, "\r\n");
		return at;
	}
	return NULL;
}

static void copy_field(char *out, size_t out_len, const char *text, const char *name)
{
	size_t len = 0;
	const char *value = find_field(text, name, &len);

	snprintf(out, out_len, "%.*s", value ? (int)(len < out_len ? len : out_len - 1) : 0,
		 value ? value : "");
}

static void read_calendar(struct holder_file *out, const char *text)
{
	char from[16], days[8];
	tanu_date date;

	copy_field(from, sizeof(from), text, "from");
	copy_field(days, sizeof(days), text, "days");
	if (!date_parse(&date, from))
		return;
	out->from_ms = date_to_days(date) * DAY_MS;
	out->days = (int)strtol(days, NULL, 10);
}

tanu_status holder_read(struct holder_file *out, const char *path, tanu_error *err)
{
	struct buf bytes = {0};
	uint32_t period = 0;
	const char *text, *code;
	size_t len = 0;
	tanu_status st = os_read_file(&bytes, path, FILE_MAX, err);

	if (st < 0)
		return st;
	*out = (struct holder_file){0};
	text = buf_cstr(&bytes);
	code = find_field(text, "code", &len);
	if (!code) {
		code = text;
		len = strlen(text);
	}
	while (len > 0 && (code[len - 1] == '\n' || code[len - 1] == '\r' || code[len - 1] == ' '))
		len--;
	if (len < sizeof(out->code)) {
		memcpy(out->code, code, len);
		read_calendar(out, text);
		copy_field(out->site, sizeof(out->site), text, "site");
	}
	if ((st = service_recovery_period(&period, out->code, err)) < 0)
		error_prefix_place(err, path);
	buf_wipe(&bytes);
	return st;
}

tanu_status holder_write(const struct holder_file *h, const char *path, tanu_error *err)
{
	char from[DATE_TEXT_LEN];
	struct buf text = {0};
	tanu_status st;

	buf_str(&text,
		"# Recovery key of a site of Tanu. Keep it away from the site, and where nobody "
		"else\n# reads it. With it and a backup the site comes back, without faces. "
		"docs/backup.md\n");
	buf_printf(&text, "site %s\nfrom %s\ndays %d\ncode %s\n", h->site,
		   date_text(from, date_from_ms(h->from_ms)), h->days, h->code);
	if ((st = buf_check(&text, err)) == TANU_OK)
		st = os_replace_file(path, text.data, text.len, 0600, err);
	buf_wipe(&text);
	return st;
}
