/* SPDX-License-Identifier: Apache-2.0 */
/* Use-tickets: one form, read strictly, and a signature that tools of others can check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lease/ticket.h"
#include "os/os.h"
#include "tlog/tlog.h"

#include <string.h>

static struct gate_ticket sample(void)
{
	struct gate_ticket t = {.site = {{1, 2}},
				.gate = {{3, 4}},
				.subject = {{5, 6}},
				.spool = {{7, 8}},
				.number = 42,
				.at_ms = 1790578800123,
				.admitted = true,
				.way = "card+face",
				.features = 2};

	return t;
}

static struct buf text_of(const struct gate_ticket *t)
{
	struct buf text = {0};

	gate_ticket_text(&text, t);
	assert_false(text.failed);
	return text;
}

static void it_has_one_form_and_is_read(void **state)
{
	static const char form[] = "tanu gate use 1\n"
				   "site 01020000000000000000000000000000\n"
				   "gate 03040000000000000000000000000000\n"
				   "subject 05060000000000000000000000000000\n"
				   "event 07080000000000000000000000000000 42\n"
				   "at 2026-09-28T07:00:00.123Z\n"
				   "decision entry admitted\n"
				   "way card+face\n"
				   "features 2\n";
	struct gate_ticket in = sample(), out = {.number = 0};
	struct buf text = text_of(&in);

	(void)state;
	assert_int_equal(text.len, sizeof(form) - 1);
	assert_memory_equal(text.data, form, text.len);
	assert_true(gate_ticket_begins(text.data, text.len));
	assert_int_equal(gate_ticket_read(&out, form, sizeof(form) - 1, NULL), TANU_OK);
	assert_memory_equal(&out.subject, &in.subject, sizeof(in.subject));
	assert_memory_equal(&out.spool, &in.spool, sizeof(in.spool));
	assert_int_equal(out.number, 42);
	assert_int_equal(out.at_ms, in.at_ms);
	assert_true(out.admitted && !out.outwards);
	assert_string_equal(out.way, "card+face");
	assert_int_equal(out.features, 2);
	buf_free(&text);
	in = (struct gate_ticket){.way = "none", .outwards = true}; /* nor a known time */
	text = text_of(&in);
	assert_int_equal(gate_ticket_read(&out, (const char *)text.data, text.len, NULL), TANU_OK);
	assert_int_equal(out.at_ms, 0);
	assert_true(out.outwards && !out.admitted);
	buf_free(&text);
}

/* Cut anywhere, or with any byte changed, it is another ticket or none; never this one. */
static void damaged_ones_are_refused(void **state)
{
	struct gate_ticket in = sample(), out = {.number = 0};
	struct buf text = text_of(&in), again = {0};

	(void)state;
	for (size_t cut = 0; cut < text.len; cut++)
		assert_true(gate_ticket_read(&out, (const char *)text.data, cut, NULL) ==
			    TANU_INPUT);
	for (size_t i = 0; i < text.len; i++) {
		text.data[i] ^= 1;
		if (gate_ticket_read(&out, (const char *)text.data, text.len, NULL) == TANU_OK) {
			gate_ticket_text(&again, &out);
			assert_int_equal(again.len, text.len);
			assert_memory_equal(again.data, text.data, text.len);
			buf_free(&again);
		}
		text.data[i] ^= 1;
	}
	buf_str(&text, "more\n");
	assert_true(gate_ticket_read(&out, (const char *)text.data, text.len, NULL) == TANU_INPUT);
	buf_free(&text);
}

static void bad(const char *from, const char *to)
{
	struct gate_ticket in = sample(), out = {.number = 0};
	struct buf text = text_of(&in), changed = {0};
	const char *at = strstr(buf_cstr(&text), from);
	tanu_error err = {0};

	assert_non_null(at);
	buf_put(&changed, text.data, (size_t)(at - (const char *)text.data));
	buf_str(&changed, to);
	buf_str(&changed, at + strlen(from));
	assert_int_equal(gate_ticket_read(&out, (const char *)changed.data, changed.len, &err),
			 TANU_INPUT);
	assert_true(strlen(err.message) > 10);
	buf_free(&text);
	buf_free(&changed);
}

static void each_field_is_checked(void **state)
{
	(void)state;
	bad("use 1", "use 2");
	bad("site 01", "site 0A");
	bad("gate 03", "gate 3");
	bad("subject 05", "subject x5");
	bad("event 0708", "event 708");
	bad(" 42", " 042");
	bad(" 42", " -2");
	bad(" 42", " 99999999999999999999");
	bad("at 2026-09-28", "at 2026-09-31");
	bad("at 2026", "at 1969");
	bad("entry", "inside");
	bad("admitted", "perhaps");
	bad("features 2", "features two");
	bad("features 2", "features 5000000000");
	bad("way card+face", "way ");
}

static void its_signature_is_that_of_a_signed_note(void **state)
{
	struct gate_ticket in = sample();
	struct buf note = text_of(&in);
	struct random_source random = os_random();
	struct secret key;
	uint8_t pub[PUBLIC_KEY_LEN], signature[SIGNATURE_LEN];
	tanu_verifier verifier = {.kind = TANU_KEY_ED25519};
	tanu_note split;

	(void)state;
	assert_int_equal(crypto_init(NULL), TANU_OK);
	random.fill(random.self, &key, sizeof(key));
	sign_public_key(pub, &key);
	sign(signature, &key, note.data, note.len);
	gate_note_end(&note, &in.gate, pub, signature);
	assert_true(note.len < GATE_TICKET_MAX);
	gate_key_name(verifier.name, &in.gate);
	memcpy(verifier.key, pub, sizeof(pub));
	verifier.key_id = key_id_of(verifier.name, verifier.kind, pub);
	assert_int_equal(tanu_note_split(&split, buf_cstr(&note), note.len, NULL), TANU_OK);
	assert_int_equal(tanu_note_verify(&split, &verifier, NULL, NULL), TANU_OK);
	note.data[20] ^= 1;
	assert_true(tanu_note_verify(&split, &verifier, NULL, NULL) == TANU_DAMAGED);
	buf_free(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_has_one_form_and_is_read),
	    cmocka_unit_test(damaged_ones_are_refused),
	    cmocka_unit_test(each_field_is_checked),
	    cmocka_unit_test(its_signature_is_that_of_a_signed_note),
	};

	return cmocka_run_group_tests_name("lease/ticket", tests, NULL, NULL);
}
