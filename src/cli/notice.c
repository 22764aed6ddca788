/* SPDX-License-Identifier: Apache-2.0 */
/* The text that a person agrees to: a file of the operator's, or the one shipped with Tanu. */
#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTICE_MAX_BYTES (64 * 1024)
#define SHIPPED_VERSION	 "tanu-1" /* "version 1" in the texts of packaging/notices */

/* $TANU_NOTICES, beside the installed program, else the place the build names. */
static tanu_status shipped_path(char *out, size_t out_len, const char *language, tanu_error *err)
{
	const char *set = getenv("TANU_NOTICES");
	char program[512], installed[600], name[32];
	tanu_status st = os_program_dir(program, sizeof(program), err);

	if (st < 0)
		return st;
	snprintf(installed, sizeof(installed), "%s/../share/tanu/notices", program);
	snprintf(name, sizeof(name), "notice-%s.txt", language);
	if (!set || !*set)
		set = os_is_dir(installed) ? installed : TANU_NOTICES_DIR;
	return os_path(out, out_len, set, name, err);
}

/* "/papers/school-2026-09.txt" -> "school-2026-09": the version is the file's name. */
static tanu_status version_from(char out[33], const char *path, tanu_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t len = dot && dot != name ? (size_t)(dot - name) : strlen(name);

	if (len == 0 || len > 32 || !utf8_plain(name, len))
		return tanu_fail(err, TANU_ERR_USAGE, path,
				 "the notice's file name is its version: 1 to 32 bytes before the "
				 "extension");
	memcpy(out, name, len);
	out[len] = '\0';
	return TANU_OK;
}

tanu_status notice_read(struct notice *out, struct buf *text, const char *path,
			const char *language, tanu_error *err)
{
	struct notice notice = {0};
	char shipped[1024];
	tanu_status st = TANU_OK;

	if (!path)
		st = shipped_path(shipped, sizeof(shipped), language, err);
	if (st < 0)
		return st;
	if (path)
		st = version_from(notice.version, path, err);
	else
		snprintf(notice.version, sizeof(notice.version), "%s", SHIPPED_VERSION);
	path = path ? path : shipped;
	if (st < 0 || (st = os_read_file(text, path, NOTICE_MAX_BYTES, err)) < 0)
		return st;
	if (text->len == 0 || !utf8_valid(text->data, text->len))
		return tanu_fail(err, TANU_ERR_FORMAT, path,
				 "a notice is a text in UTF-8, and not empty");
	notice.text = (const char *)text->data;
	notice.text_len = text->len;
	snprintf(notice.language, sizeof(notice.language), "%s", language);
	*out = notice;
	return TANU_OK;
}

void answer_notice(struct run *run, const struct notice *notice)
{
	struct json_w *w = &run->jw;

	jw_object(w, "notice");
	jw_clean(w, "version", notice->version);
	jw_text(w, "language", notice->language);
	jw_end_object(w);
}
