/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <stdio.h>
#include <string.h>

void hex_encode(char *out, const uint8_t *bytes, size_t bytes_len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes_len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * bytes_len] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool hex_decode(uint8_t *out, size_t out_len, const char *hex)
{
	if (strlen(hex) != 2 * out_len)
		return false;
	for (size_t i = 0; i < 2 * out_len; i++)
		if (hex_digit(hex[i]) < 0)
			return false;
	for (size_t i = 0; i < out_len; i++)
		out[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
	return true;
}

void id_hex(char out[ID_HEX_LEN], const tanu_id *id)
{
	hex_encode(out, id->b, sizeof(id->b));
}

bool id_parse(tanu_id *out, const char *hex)
{
	return hex_decode(out->b, sizeof(out->b), hex);
}

bool id_equal(const tanu_id *a, const tanu_id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool id_is_zero(const tanu_id *id)
{
	static const tanu_id zero;

	return id_equal(id, &zero);
}

/* Days from civil and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
int64_t date_to_days(tanu_date d)
{
	int64_t y = d.year - (d.month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

tanu_date date_from_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	tanu_date d;

	d.day = (int8_t)(doy - (153 * mp + 2) / 5 + 1);
	d.month = (int8_t)(mp < 10 ? mp + 3 : mp - 9);
	d.year = (int16_t)(yoe + era * 400 + (d.month <= 2));
	return d;
}

tanu_date date_from_ms(int64_t unix_ms)
{
	int64_t days = unix_ms / 86400000;

	return date_from_days(unix_ms % 86400000 < 0 ? days - 1 : days);
}

bool date_valid(tanu_date d)
{
	tanu_date back;

	if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31)
		return false;
	back = date_from_days(date_to_days(d));
	return back.month == d.month && back.day == d.day;
}

bool date_parse(tanu_date *out, const char *text)
{
	static const char shape[] = "dddd-dd-dd";
	tanu_date d;

	if (strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	d.year = (int16_t)((text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 +
			   (text[3] - '0'));
	d.month = (int8_t)((text[5] - '0') * 10 + (text[6] - '0'));
	d.day = (int8_t)((text[8] - '0') * 10 + (text[9] - '0'));
	if (!date_valid(d))
		return false;
	*out = d;
	return true;
}

const char *date_text(char out[DATE_TEXT_LEN], tanu_date date)
{
	if (!date_valid(date))
		date = (tanu_date){1970, 1, 1};
	snprintf(out, DATE_TEXT_LEN, "%04u-%02u-%02u", (unsigned)date.year % 10000,
		 (unsigned)date.month % 100, (unsigned)date.day % 100);
	return out;
}

void time_text(char out[TIME_TEXT_LEN], int64_t unix_ms)
{
	tanu_date d = date_from_ms(unix_ms);
	int64_t ms = unix_ms - date_to_days(d) * 86400000;
	char text[64];

	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", d.year, d.month, d.day,
		 (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60),
		 (int)(ms % 1000));
	memcpy(out, text, TIME_TEXT_LEN - 1);
	out[TIME_TEXT_LEN - 1] = '\0';
}

/* Two digits at `at`, below `end`. */
static bool two_digits(int64_t *out, const char *at, int64_t end)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return false;
	*out = (at[0] - '0') * 10 + (at[1] - '0');
	return *out < end;
}

bool time_parse(int64_t *out, const char *text)
{
	char day[11], again[TIME_TEXT_LEN];
	int64_t hour, minute, second, hundredths;
	tanu_date date;

	if (strlen(text) != TIME_TEXT_LEN - 1)
		return false;
	snprintf(day, sizeof(day), "%.10s", text);
	if (!date_parse(&date, day) || !two_digits(&hour, text + 11, 24) ||
	    !two_digits(&minute, text + 14, 60) || !two_digits(&second, text + 17, 60) ||
	    !two_digits(&hundredths, text + 20, 100) || text[22] < '0' || text[22] > '9')
		return false;
	*out = ((date_to_days(date) * 24 + hour) * 60 + minute) * 60 + second;
	*out = *out * 1000 + hundredths * 10 + (text[22] - '0');
	time_text(again, *out);
	return *out > 0 && strcmp(again, text) == 0;
}
