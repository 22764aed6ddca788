/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A person's history over a log from outside. The input is a row of files, each its path (length in
 * a byte), its length (u32, lowest byte first) and its bytes; those called "receipt" are hers.
 */
#include "receipt/receipt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES_MAX 32

struct packed {
	size_t len;
	struct {
		char path[256];
		const uint8_t *bytes;
		size_t len;
	} file[FILES_MAX];
};

static void unpack(struct packed *out, const uint8_t *data, size_t size)
{
	struct rd r;

	rd_init(&r, data, size);
	out->len = 0;
	while (rd_left(&r) > 0 && out->len < FILES_MAX) {
		size_t path_len = rd_u8(&r);
		const uint8_t *path = rd_bytes(&r, path_len);
		size_t len = rd_u32le(&r);
		const uint8_t *bytes = rd_bytes(&r, len);

		if (!rd_ok(&r))
			return;
		memcpy(out->file[out->len].path, path, path_len);
		out->file[out->len].path[path_len] = '\0';
		out->file[out->len].bytes = bytes;
		out->file[out->len++].len = len;
	}
}

static tanu_status read_packed(void *self, struct buf *out, const char *path, size_t max_bytes,
			       tanu_error *err)
{
	const struct packed *p = self;

	buf_wipe(out);
	for (size_t i = 0; i < p->len; i++) {
		if (strcmp(p->file[i].path, path) != 0)
			continue;
		if (p->file[i].len > max_bytes)
			return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, path, "too large");
		buf_put(out, p->file[i].bytes, p->file[i].len);
		return buf_check(out, err);
	}
	return tanu_fail(err, TANU_ERR_FILE_MISSING, path, "no such file");
}

static void try_report(const tanu_report *report)
{
	struct buf json = {0};
	struct json_w w;

	jw_init(&w, &json);
	jw_object(&w, NULL);
	report_put(&w, report);
	jw_end_object(&w);
	if (json.failed)
		abort();
	buf_free(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct packed packed;
	struct log_files files = {.read = read_packed, .self = &packed};
	tanu_receipt *receipts[TANU_RECEIPTS_MAX] = {0};
	tanu_report *report = NULL;
	size_t len = 0;

	unpack(&packed, data, size);
	for (size_t i = 0; i < packed.len && len < TANU_RECEIPTS_MAX; i++)
		if (strcmp(packed.file[i].path, "receipt") == 0 &&
		    tanu_receipt_parse(&receipts[len], packed.file[i].bytes, packed.file[i].len,
				       NULL) == TANU_OK)
			len++;
	if (receipt_history(&report, (const tanu_receipt *const *)receipts, len, &files, NULL, NULL,
			    NULL) == TANU_OK)
		try_report(report);
	tanu_report_free(&report);
	for (size_t i = 0; i < len; i++)
		tanu_receipt_free(&receipts[i]);
	return 0;
}
