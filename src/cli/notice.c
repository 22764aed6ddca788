/* SPDX-License-Identifier: Apache-2.0 */
/* The text that a person agrees to: a file of the operator's, or the one shipped with Tanu. */
#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static tanu_status file_read(struct notice *out, struct buf *text, const char *path,
			     tanu_error *err)
{
	tanu_status st = version_from(out->version, path, err);

	return st < 0 ? st : service_notice_read(out, text, path, err);
}

/* The registered one of this name, if it is one. */
static tanu_status registered_read(struct run *run, struct notice *out, struct buf *text,
				   const char *version, tanu_error *err)
{
	struct notice_view view = {0};
	tanu_status st = service_notice_get(run->service, &view, text, version, out->language, err);

	if (st < 0)
		return st;
	memcpy(out->version, view.version, sizeof(out->version));
	out->text = (const char *)text->data;
	out->text_len = text->len;
	return TANU_OK;
}

static void language_option(struct notice *out, struct run *run)
{
	snprintf(out->language, sizeof(out->language), "%s", run_language(run));
}

const char *run_language(struct run *run)
{
	const char *language = args_get(&run->args, "language");

	return language ? language
			: settings_text(service_setting_values(run->service), "site.language");
}

tanu_status notice_load(struct run *run, struct notice *out, struct buf *text, const char *path,
			bool children, tanu_error *err)
{
	struct notice notice = {0};
	tanu_status st;

	language_option(&notice, run);
	if (!path)
		st = service_notice_shipped(run->service, &notice, text, children, err);
	else if ((st = file_read(&notice, text, path, err)) == TANU_OK)
		st = service_notice_prepare(run->service, &notice, text, false, err);
	if (st == TANU_OK)
		*out = notice;
	return st;
}

tanu_status notice_option(struct run *run, struct notice *out, struct buf *text, tanu_error *err)
{
	const char *name = args_get(&run->args, "notice");
	struct notice notice = {0};
	tanu_error why = {0};
	tanu_status st;

	if (!name)
		return notice_load(run, out, text, NULL, false, err);
	language_option(&notice, run);
	st = registered_read(run, &notice, text, name, &why);
	if (st == TANU_NOT_FOUND)
		return notice_load(run, out, text, name, false, err);
	if (st == TANU_OK)
		*out = notice;
	else if (err)
		*err = why;
	return st;
}

void answer_notice(struct run *run, const struct notice *notice)
{
	enum storage_mode storage = service_storage(run->service);
	struct json_w *w = &run->jw;

	say(run, storage == STORAGE_PASS
		     ? "The reference is kept on the person's own pass and nowhere else "
		       "(storage.mode = pass).\n"
		     : "The reference is kept at this site, sealed (storage.mode = vault).\n");
	jw_text(w, "storage", service_storage_name(storage));

	jw_object(w, "notice");
	jw_clean(w, "version", notice->version);
	jw_text(w, "language", notice->language);
	jw_end_object(w);
}
