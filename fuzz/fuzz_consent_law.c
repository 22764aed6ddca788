/* SPDX-License-Identifier: Apache-2.0 */
/* A list of holidays: whatever it says, the clock goes on and not back. */
#include "consent/law.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t noticed_ms = INT64_C(1795678276614);
	struct breach_calendar calendar = {.utc_hours = 5};
	char text[256];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	calendar.holidays = text;
	if (breach_calendar_check(text, NULL) == TANU_OK &&
	    breach_business_due(noticed_ms, 1, &calendar) < noticed_ms)
		abort();
	return 0;
}
