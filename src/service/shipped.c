/* SPDX-License-Identifier: Apache-2.0 */
/* The notices that come with Tanu, for a site that has none of its own. */
#include "service/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTICE_MAX_BYTES (64 * 1024)
#define SHIPPED_VERSION	 "tanu-2" /* "version 2" in the texts of packaging/notices */
#define SHIPPED_CHILDREN "tanu-2-children"
/* where no reference is stored: */
#define SHIPPED_PASS	      "tanu-pass-1"
#define SHIPPED_PASS_CHILDREN "tanu-pass-1-children"

tanu_status service_notices_path(char *out, size_t out_len, const char *name, tanu_error *err)
{
	const char *set = getenv("TANU_NOTICES");
	char program[512], installed[600];
	tanu_status st = os_program_dir(program, sizeof(program), err);

	if (st < 0)
		return st;
	snprintf(installed, sizeof(installed), "%s/../share/tanu/notices", program);
	if (!set || !*set)
		set = os_is_dir(installed) ? installed : TANU_NOTICES_DIR;
	return os_path(out, out_len, set, name, err);
}

tanu_status service_notice_read(struct notice *out, struct buf *text, const char *path,
				tanu_error *err)
{
	tanu_status st = os_read_file(text, path, NOTICE_MAX_BYTES, err);

	if (st < 0)
		return st;
	if (text->len == 0 || !utf8_valid(text->data, text->len))
		return tanu_fail(err, TANU_ERR_FORMAT, path,
				 "a notice is a text in UTF-8, and not empty");
	out->text = (const char *)text->data;
	out->text_len = text->len;
	return TANU_OK;
}

tanu_status service_notice_shipped(struct service *s, struct notice *out, struct buf *text,
				   bool children, tanu_error *err)
{
	static const char *const versions[2][2] = {{SHIPPED_VERSION, SHIPPED_CHILDREN},
						   {SHIPPED_PASS, SHIPPED_PASS_CHILDREN}};
	bool pass = service_storage(s) == STORAGE_PASS;
	char path[1024], name[48];
	tanu_status st;

	snprintf(name, sizeof(name), "notice-%s%s%s.txt", pass ? "pass-" : "",
		 children ? "children-" : "", out->language);
	snprintf(out->version, sizeof(out->version), "%s", versions[pass][children]);
	st = service_notices_path(path, sizeof(path), name, err);
	if (st == TANU_OK)
		st = service_notice_read(out, text, path, err);
	return st < 0 ? st : service_notice_prepare(s, out, text, true, err);
}

static tanu_status count(void *self, const struct notice_view *v, tanu_error *err)
{
	(void)v;
	(void)err;
	++*(size_t *)self;
	return TANU_OK;
}

static tanu_status add_one(struct service *s, const char *language, bool children, tanu_error *err)
{
	struct notice notice = {.text_len = 0};
	struct notice_view view;
	struct buf text = {0};
	tanu_status st;

	snprintf(notice.language, sizeof(notice.language), "%s", language);
	st = service_notice_shipped(s, &notice, &text, children, err);
	if (st == TANU_OK)
		st = service_notice_add(s, &view, &notice, err);
	buf_free(&text);
	return st;
}

tanu_status service_notices_begin(struct service *s, tanu_error *err)
{
	static const char *const languages[] = {"kk", "ru", "en"};
	size_t there = 0;
	tanu_status st = service_notice_each(s, count, &there, err);

	for (size_t i = 0; i < ARRAY_LEN(languages) && st == TANU_OK && there == 0; i++)
		if ((st = add_one(s, languages[i], false, err)) == TANU_OK)
			st = add_one(s, languages[i], true, err);
	return st;
}
