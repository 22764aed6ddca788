/* SPDX-License-Identifier: Apache-2.0 */
/* Receipt files from outside, parsed and checked; events as texts. */
#include "receipt/receipt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every report can be written as JSON. */
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
	struct receipt_event event;
	tanu_receipt *receipt = NULL;
	tanu_report *report = NULL;
	const tanu_receipt *twice[2];

	(void)receipt_event_parse(&event, (const char *)data, size, NULL);
	if (tanu_receipt_parse(&receipt, data, size, NULL) < 0)
		return 0;
	twice[0] = twice[1] = receipt;
	if (tanu_receipt_verify(&report, twice, 2, NULL, NULL) == TANU_OK)
		try_report(report);
	tanu_report_free(&report);
	tanu_receipt_free(&receipt);
	return 0;
}
