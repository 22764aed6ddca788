/* SPDX-License-Identifier: Apache-2.0 */
/* Words and checks of OSDP. */
#include "codec/osdp.h"

/* Annex C: CRC-16/AUG-CCITT, polynomial 0x1021, first value 0x1d0f, highest bit first. */
uint16_t osdp_crc16(const uint8_t *bytes, size_t bytes_len)
{
	unsigned crc = 0x1d0f;

	for (size_t i = 0; i < bytes_len; i++) {
		crc ^= (unsigned)bytes[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
		crc &= 0xffff;
	}
	return (uint16_t)crc;
}

/* The byte that makes the sum of the frame zero. */
uint8_t osdp_checksum(const uint8_t *bytes, size_t bytes_len)
{
	unsigned sum = 0;

	for (size_t i = 0; i < bytes_len; i++)
		sum += bytes[i];
	return (uint8_t)(0 - sum);
}

const char *osdp_command_word(uint8_t code)
{
	switch (code) {
#define X(name, number, word) \
	case (number):        \
		return word;
		OSDP_COMMAND_LIST(X)
#undef X
	default:
		return "another";
	}
}

const char *osdp_reply_word(uint8_t code)
{
	switch (code) {
#define X(name, number, word) \
	case (number):        \
		return word;
		OSDP_REPLY_LIST(X)
#undef X
	default:
		return "another";
	}
}

const char *osdp_nak_words(uint8_t reason)
{
	switch (reason) {
#define X(name, number, words) \
	case (number):         \
		return words;
		OSDP_NAK_LIST(X)
#undef X
	default:
		return "a reason of its maker";
	}
}
