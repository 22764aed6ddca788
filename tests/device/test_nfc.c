/* SPDX-License-Identifier: Apache-2.0 */
/* Reading cards, against cards that are not there. */
#include "codec/pass.h"
#include "device/vcard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct nfc_file own_file = {
    .aid = {0xf0, 'T', 'A', 'N', 'U'}, .aid_len = 5, .id = {0xe1, 0x04}};

static void put_pass(struct vcard *card)
{
	struct pass pass = {.head = {.generation = 1, .until = {2030, 1, 1}}};
	struct buf message = {0};

	for (size_t i = 0; i < PASS_SEALED_LEN; i++)
		pass.sealed[i] = (uint8_t)i;
	pass_put_ndef(&message, &pass);
	memcpy(card->data, message.data, message.len);
	card->len = message.len;
	buf_free(&message);
}

static tanu_status read_card(struct vcard *card, uint8_t *out, size_t *len,
			     const struct nfc_file *file, tanu_error *err)
{
	const struct chip chip = vcard_chip(card);

	return nfc_read(&chip, out, len, file, err);
}

static void a_pass_on_each_kind_of_card(void **state)
{
	static const enum vcard_kind kinds[] = {VCARD_TYPE4, VCARD_TYPE2};
	uint8_t out[READER_BYTES_MAX];
	struct pass pass;
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct vcard card = {.kind = kinds[i], .read_max = 59};

		put_pass(&card);
		assert_int_equal(read_card(&card, out, &len, NULL, NULL), TANU_OK);
		assert_int_equal(len, card.len);
		assert_memory_equal(out, card.data, len);
		assert_int_equal(pass_read(&pass, out, len, NULL), TANU_OK);
	}
}

static void pieces_of_every_size(void **state)
{
	uint8_t out[READER_BYTES_MAX];
	size_t len;

	(void)state;
	for (size_t read_max = 15; read_max < 400; read_max += 7) {
		struct vcard card = {.kind = VCARD_TYPE4, .read_max = read_max};

		put_pass(&card);
		card.short_by = (uint8_t)(read_max % 5);
		assert_int_equal(read_card(&card, out, &len, NULL, NULL), TANU_OK);
		assert_memory_equal(out, card.data, len);
	}
}

static void a_file_of_another_application(void **state)
{
	uint8_t out[READER_BYTES_MAX];
	struct vcard card = {.kind = VCARD_FILE, .len = 1000};
	size_t len;

	(void)state;
	for (size_t i = 0; i < card.len; i++)
		card.data[i] = (uint8_t)(i * 7);
	for (size_t file_len = 1; file_len <= 960; file_len += 239) { /* 240 is a piece */
		card.len = file_len;
		assert_int_equal(read_card(&card, out, &len, &own_file, NULL), TANU_OK);
		assert_int_equal(len, file_len);
		assert_memory_equal(out, card.data, len);
	}
	card.len = READER_BYTES_MAX + 1;
	assert_int_equal(read_card(&card, out, &len, &own_file, NULL), TANU_INPUT);
}

static void cards_without_a_pass(void **state)
{
	static const enum vcard_kind kinds[] = {VCARD_BARE, VCARD_FILE};
	uint8_t out[READER_BYTES_MAX];
	struct nfc_file other = own_file;
	size_t len = 77;
	tanu_error err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct vcard card = {.kind = kinds[i]};

		assert_int_equal(read_card(&card, out, &len, NULL, &err), TANU_NOT_FOUND);
		assert_int_equal(len, 77);
	}
	other.aid[4] = 'X';
	struct vcard card = {.kind = VCARD_FILE, .len = 10};

	assert_int_equal(read_card(&card, out, &len, &other, &err), TANU_NOT_FOUND);
	card.kind = VCARD_TYPE4;
	card.len = 0;
	card.read_max = 59;
	assert_int_equal(read_card(&card, out, &len, NULL, &err), TANU_NOT_FOUND);
}

/* Taken away after each number of commands: never half a pass. */
static void cards_that_are_taken_away(void **state)
{
	static const enum vcard_kind kinds[] = {VCARD_TYPE4, VCARD_TYPE2};
	uint8_t out[READER_BYTES_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		for (size_t after = 1;; after++) {
			struct vcard card = {.kind = kinds[i], .read_max = 59, .gone_after = after};
			size_t len = 0;
			tanu_error err = {0};
			tanu_status st;

			put_pass(&card);
			st = read_card(&card, out, &len, NULL, &err);
			if (st == TANU_OK)
				break;
			assert_int_equal(st, TANU_SYSTEM);
			assert_int_equal(err.code, TANU_ERR_DEVICE);
			assert_int_equal(len, 0);
			assert_true(after < 100);
		}
	}
}

static void damaged_messages_are_refused(void **state)
{
	uint8_t out[READER_BYTES_MAX];
	struct vcard card = {.kind = VCARD_TYPE4, .read_max = 59};
	size_t len;

	(void)state;
	put_pass(&card);
	card.len--; /* one byte short of its record */
	assert_int_equal(read_card(&card, out, &len, NULL, NULL), TANU_INPUT);
	card.len = 5000; /* longer than any pass */
	assert_int_equal(read_card(&card, out, &len, NULL, NULL), TANU_INPUT);
	card.kind = VCARD_TYPE2;
	card.len = 900; /* longer than the card */
	assert_int_equal(read_card(&card, out, &len, NULL, NULL), TANU_INPUT);
}

static void numbers_of_cards(void **state)
{
	struct vcard card = {.kind = VCARD_BARE};
	const struct chip chip = vcard_chip(&card);
	uint8_t uid[NFC_UID_MAX];
	size_t len = 0;

	(void)state;
	assert_int_equal(nfc_uid(&chip, uid, &len, NULL), TANU_OK);
	assert_int_equal(len, 7);
	assert_int_equal(uid[0], 4);
	card.gone_after = 1;
	assert_int_equal(nfc_uid(&chip, uid, &len, NULL), TANU_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pass_on_each_kind_of_card),
	    cmocka_unit_test(pieces_of_every_size),
	    cmocka_unit_test(a_file_of_another_application),
	    cmocka_unit_test(cards_without_a_pass),
	    cmocka_unit_test(cards_that_are_taken_away),
	    cmocka_unit_test(damaged_messages_are_refused),
	    cmocka_unit_test(numbers_of_cards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
