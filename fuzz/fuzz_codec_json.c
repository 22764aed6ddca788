/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as JSON: what is accepted can be walked, and its strings can be written and read again.
 */
#include "codec/codec.h"

#include <stdlib.h>
#include <string.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void write_and_read_again(const char *text)
{
	struct json_doc *doc = NULL;
	struct buf out = {0};
	const char *back = NULL;
	struct json_w w;

	jw_init(&w, &out);
	jw_object(&w, NULL);
	jw_text(&w, "t", text);
	jw_end_object(&w);
	must(json_parse(&doc, out.data, out.len, out.len, "again", NULL) == TANU_OK);
	must(json_text(&back, json_root(doc), "t", NULL) == TANU_OK);
	must(strcmp(back, text) == 0);
	json_free(&doc);
	buf_free(&out);
}

static void walk(json_value v)
{
	const char *text;
	tanu_error err;
	int64_t i;
	double d;
	bool b;

	for (size_t k = 0; k < json_len(v); k++) {
		json_number_at(&d, v, k, &err);
		walk(json_at(v, k));
	}
	for (const char *key = json_next_key(v, NULL); key; key = json_next_key(v, key)) {
		if (json_text(&text, v, key, &err) == TANU_OK)
			write_and_read_again(text);
		if (json_int(&i, v, key, &err) == TANU_OK)
			must(i < JSON_INT_END && i > -JSON_INT_END);
		json_bool(&b, v, key, &err);
		walk(json_get(v, key));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_doc *doc = NULL;
	tanu_error err = {0};

	if (json_parse(&doc, data, size, 1 << 16, "fuzz", &err) == TANU_OK)
		walk(json_root(doc));
	else
		must(err.status < 0 && err.message[0]);
	json_free(&doc);
	return 0;
}
