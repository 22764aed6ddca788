/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as CSV: row numbers rise, every field of a row is there, reading comes to an end. */
#include "codec/codec.h"

#include <stdlib.h>
#include <string.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv *csv = NULL;
	tanu_error err = {0};
	size_t row = 1, rows = 0;
	int got;

	if (csv_open(&csv, data, size, "fuzz", &err) < 0) {
		must(err.message[0]);
		return 0;
	}
	while ((got = csv_next(csv, &err)) != 0) {
		must(csv_row(csv) > row);
		row = csv_row(csv);
		must(rows++ <= size);
		for (int i = 0; i < CSV_COLUMNS_MAX + 1; i++)
			must(utf8_valid(csv_field(csv, i), strlen(csv_field(csv, i))));
		if (got < 0)
			must(got == TANU_INPUT && err.code == TANU_ERR_CSV);
	}
	csv_close(&csv);
	return 0;
}
