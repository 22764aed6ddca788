/* SPDX-License-Identifier: Apache-2.0 */
/* Lists in pages. A cursor is the number of what came before, not to be made up by hand. */
#include "api/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tanu_status page_read(const struct call *c, struct page *out, tanu_error *err)
{
	const char *limit = http_query(c->request, "limit"),
		   *cursor = http_query(c->request, "cursor");
	struct buf text = {.max = 64};
	char *end = NULL;
	tanu_status st = TANU_OK;

	*out = (struct page){.limit = limit ? (size_t)strtoul(limit, NULL, 10) : PAGE_STANDARD};
	if (!cursor)
		return TANU_OK;
	if (base64url_get(&text, cursor, strnlen(cursor, 64), NULL) == TANU_OK)
		out->from = strtoul(buf_cstr(&text), &end, 10);
	if (!end || *end || out->from > 100000000)
		st = tanu_fail(err, TANU_ERR_JSON, "cursor", "this is not a cursor of this list");
	buf_free(&text);
	return st;
}

void page_next(struct call *c, size_t next_from)
{
	struct buf text = {0};
	char number[24];
	int len = snprintf(number, sizeof(number), "%zu", next_from);

	base64url_put(&text, number, (size_t)len);
	jw_text(&c->w, "next", buf_cstr(&text));
	buf_free(&text);
}
