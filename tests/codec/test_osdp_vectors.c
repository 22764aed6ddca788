/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OSDP frames of others: check characters as the standard prints them, and captures of a bus. The
 * files are not ours to give away; where they are absent the test is skipped.
 */
#include "codec/codec.h"
#include "codec/osdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SKIP	 77
#define FILE_MAX ((size_t)1 << 16)

static const char *data_dir(void)
{
	const char *dir = getenv("TANU_TEST_DATA");

	return dir ? dir : TANU_SOURCE_DIR "/../shared/data";
}

static FILE *open_data(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/osdp/%s", data_dir(), name);
	return fopen(path, "r");
}

/* "ff 53 00" or "ff5300" -> bytes. */
static size_t from_hex(uint8_t *out, size_t out_len, const char *text)
{
	char digits[3] = {0};
	size_t len = 0;

	for (; *text; text++) {
		if (*text == ' ')
			continue;
		digits[0] = text[0];
		digits[1] = text[1];
		assert_true(len < out_len && hex_decode(out + len, 1, digits));
		len++;
		text++;
	}
	return len;
}

static void check_vectors(json_value list, const char *key, bool crc)
{
	assert_true(json_len(list) > 0);
	for (size_t i = 0; i < json_len(list); i++) {
		uint8_t bytes[64], want[2];
		const char *msg, *sum;
		size_t len;

		assert_int_equal(json_text(&msg, json_at(list, i), "msg", NULL), TANU_OK);
		assert_int_equal(json_text(&sum, json_at(list, i), key, NULL), TANU_OK);
		len = from_hex(bytes, sizeof(bytes), msg);
		from_hex(want, sizeof(want), sum);
		if (crc)
			assert_int_equal(osdp_crc16(bytes, len), want[0] | want[1] << 8);
		else
			assert_int_equal(osdp_checksum(bytes, len), want[0]);
	}
}

static void agrees_with_the_checks_of_the_standard(void **state)
{
	char text[FILE_MAX];
	struct json_doc *doc = NULL;
	FILE *f = open_data("sia_annex_e_vectors.json");
	size_t len;

	(void)state;
	assert_non_null(f);
	len = fread(text, 1, sizeof(text), f);
	fclose(f);
	assert_int_equal(json_parse(&doc, text, len, FILE_MAX, "vectors", NULL), TANU_OK);
	check_vectors(json_get(json_root(doc), "crc16"), "crc_le", true);
	check_vectors(json_get(json_root(doc), "checksum"), "sum", false);
	json_free(&doc);
}

/* One line of a capture: a frame that is understood, and that is written again to the same bytes.
 */
static void replay_line(const char *line, bool *was_reply)
{
	struct osdp_stream stream = {0};
	struct osdp_frame frame;
	struct json_doc *doc = NULL;
	uint8_t bytes[OSDP_FRAME_MAX], again[OSDP_FRAME_MAX];
	const char *hex;
	size_t len;

	assert_int_equal(json_parse(&doc, line, strlen(line), FILE_MAX, "capture", NULL), TANU_OK);
	assert_int_equal(json_text(&hex, json_root(doc), "data", NULL), TANU_OK);
	len = from_hex(bytes, sizeof(bytes), hex);
	json_free(&doc);
	assert_int_equal(osdp_stream_put(&stream, bytes, len), len);
	assert_true(osdp_stream_next(&stream, &frame));
	assert_int_equal(osdp_encode_end(again, osdp_encode_body(again, &frame), &frame, NULL),
			 len - 1);
	assert_memory_equal(again, bytes + 1, len - 1); /* behind the mark */
	*was_reply = frame.reply;
	if (frame.reply) {
		struct osdp_reply reply;

		assert_int_equal(
		    osdp_reply_read(&reply, frame.code, frame.data, frame.data_len, NULL), TANU_OK);
		if (reply.code == OSDP_R_LSTATR)
			assert_true(!reply.local.tamper && reply.local.power);
	} else {
		struct osdp_command command;

		assert_int_equal(
		    osdp_command_read(&command, frame.code, frame.data, frame.data_len, NULL),
		    TANU_OK);
	}
}

static void replay(const char *name)
{
	size_t commands = 0, answers = 0;
	char line[4096];
	FILE *f = open_data(name);

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		bool reply;

		replay_line(line, &reply);
		*(reply ? &answers : &commands) += 1;
	}
	fclose(f);
	printf("%s: %zu commands, %zu replies\n", name, commands, answers);
	assert_true(answers > 0);
}

static void understands_captures_of_a_bus(void **state)
{
	(void)state;
	replay("1-poll-cycle.osdpcap");
	replay("2-lstatr-power.osdpcap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_the_checks_of_the_standard),
	    cmocka_unit_test(understands_captures_of_a_bus),
	};
	FILE *f = open_data("sia_annex_e_vectors.json");

	if (!f) {
		printf("skipped: no osdp/ in %s (set TANU_TEST_DATA)\n", data_dir());
		return SKIP;
	}
	fclose(f);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
