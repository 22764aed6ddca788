/* SPDX-License-Identifier: Apache-2.0 */
/* What a form's QR code holds, the code as people type it, and the paper of a form. */
#include "service/internal.h"

#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 4096

static void link_read(const struct buf *text)
{
	struct form_scan scan = {0};
	char again[FORM_LINK_LEN];
	struct buf link = {0};

	if (form_link_parse(&scan, text, NULL) < 0)
		return;
	/* What was understood can be said again, and means the same. */
	service_form_link(again, scan.code, scan.page, scan.pages);
	buf_str(&link, again);
	if (form_link_parse(&scan, &link, NULL) != TANU_OK)
		abort();
	buf_free(&link);
}

static void code_read(struct buf *text)
{
	char tidy[FORM_CODE_TEXT_LEN], twice[FORM_CODE_TEXT_LEN];
	size_t len = 0, again = 0;

	if (!service_form_code_tidy(tidy, &len, buf_cstr(text)))
		return;
	if (!service_form_code_tidy(twice, &again, tidy) || again != len ||
	    strcmp(tidy, twice) != 0)
		abort();
}

static void paper_read(const struct buf *text)
{
	struct form_view form = {0}, again = {0};
	struct buf out = {0};

	if (form_decode(&form, text, NULL) < 0)
		return;
	if (form_encode(&out, &form, NULL) == TANU_OK && form_decode(&again, &out, NULL) < 0)
		abort();
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = {0};

	if (size > INPUT_MAX)
		return 0;
	buf_put(&text, data, size);
	link_read(&text);
	code_read(&text);
	paper_read(&text);
	buf_free(&text);
	return 0;
}
