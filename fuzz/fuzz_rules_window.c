/* SPDX-License-Identifier: Apache-2.0 */
/* Hours and ways as a line of text: what is read is written again to what reads the same. */
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules_zone zone = {.windows_len = 1};
	struct rules_window again;
	char line[512], text[RULES_WINDOW_TEXT];

	if (size >= sizeof(line))
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	if (rules_window_parse(&zone.windows[0], line, NULL) < 0)
		return 0;
	rules_window_text(text, &zone.windows[0]);
	if (rules_window_parse(&again, text, NULL) < 0 ||
	    memcmp(&again, &zone.windows[0], sizeof(again)) != 0)
		abort();
	(void)rules_zone_check(&zone, NULL);
	return 0;
}
