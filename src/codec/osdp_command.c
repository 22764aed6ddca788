/* SPDX-License-Identifier: Apache-2.0 */
/* Data of OSDP commands: one reader and one writer a command, found in a table. */
#include "codec/osdp_put.h"

typedef bool (*read_fn)(struct osdp_command *out, struct rd *r);
typedef void (*put_fn)(struct put *p, const struct osdp_command *command);

static bool read_nothing(struct osdp_command *out, struct rd *r)
{
	(void)out;
	(void)r;
	return true;
}

static void put_nothing(struct put *p, const struct osdp_command *command)
{
	(void)p;
	(void)command;
}

/* ID and CAP: the one byte says which report; 0 is the standard's. */
static bool read_report(struct osdp_command *out, struct rd *r)
{
	(void)out;
	return rd_u8(r) == 0;
}

static void put_report(struct put *p, const struct osdp_command *command)
{
	(void)command;
	put_u8(p, 0);
}

static struct osdp_blink read_blink(struct rd *r)
{
	struct osdp_blink blink = {0};

	blink.on = rd_u8(r);
	blink.off = rd_u8(r);
	blink.on_colour = rd_u8(r);
	blink.off_colour = rd_u8(r);
	return blink;
}

static void put_blink(struct put *p, const struct osdp_blink *blink)
{
	put_u8(p, blink->on);
	put_u8(p, blink->off);
	put_u8(p, blink->on_colour);
	put_u8(p, blink->off_colour);
}

static bool read_led(struct osdp_command *out, struct rd *r)
{
	out->led.reader = rd_u8(r);
	out->led.light = rd_u8(r);
	out->led.temporary = rd_u8(r);
	out->led.brief = read_blink(r);
	out->led.tenths = rd_u16le(r);
	uint8_t permanent = rd_u8(r);

	out->led.permanent = permanent == 1;
	out->led.always = read_blink(r);
	return out->led.temporary <= 2 && permanent <= 1;
}

static void put_led(struct put *p, const struct osdp_command *command)
{
	put_u8(p, command->led.reader);
	put_u8(p, command->led.light);
	put_u8(p, command->led.temporary);
	put_blink(p, &command->led.brief);
	put_u16(p, command->led.tenths);
	put_u8(p, command->led.permanent);
	put_blink(p, &command->led.always);
}

static bool read_buzzer(struct osdp_command *out, struct rd *r)
{
	out->buzzer.reader = rd_u8(r);
	out->buzzer.tone = rd_u8(r);
	out->buzzer.on = rd_u8(r);
	out->buzzer.off = rd_u8(r);
	out->buzzer.count = rd_u8(r);
	return true;
}

static void put_buzzer(struct put *p, const struct osdp_command *command)
{
	put_u8(p, command->buzzer.reader);
	put_u8(p, command->buzzer.tone);
	put_u8(p, command->buzzer.on);
	put_u8(p, command->buzzer.off);
	put_u8(p, command->buzzer.count);
}

static bool read_out(struct osdp_command *out, struct rd *r)
{
	out->out.len = 0;
	while (rd_left(r) > 0 && rd_ok(r)) {
		if (out->out.len == OSDP_OUTPUTS_MAX)
			return false;
		size_t i = out->out.len++;

		out->out.one[i].output = rd_u8(r);
		out->out.one[i].act = rd_u8(r);
		out->out.one[i].tenths = rd_u16le(r);
		if (out->out.one[i].act > OSDP_OUT_OFF_FOR)
			return false;
	}
	return out->out.len > 0;
}

static void put_out(struct put *p, const struct osdp_command *command)
{
	for (size_t i = 0; i < command->out.len; i++) {
		put_u8(p, command->out.one[i].output);
		put_u8(p, command->out.one[i].act);
		put_u16(p, command->out.one[i].tenths);
	}
}

/* Commands 1 and 2 are permanent text without and with wrapping, 3 and 4 text for a time. */
#define TEXT_PERMANENT 1
#define TEXT_TEMPORARY 3

static bool read_text(struct osdp_command *out, struct rd *r)
{
	out->text.reader = rd_u8(r);
	uint8_t how = rd_u8(r);

	out->text.seconds = rd_u8(r);
	out->text.row = rd_u8(r);
	out->text.column = rd_u8(r);
	size_t len = rd_u8(r);
	const uint8_t *words = rd_bytes(r, len);

	if (!words || len > OSDP_TEXT_MAX || how < 1 || how > 4)
		return false;
	for (size_t i = 0; i < len; i++)
		if (words[i] < 0x20 || words[i] > 0x7e)
			return false;
	memcpy(out->text.words, words, len);
	out->text.words[len] = '\0';
	return true;
}

static void put_text(struct put *p, const struct osdp_command *command)
{
	size_t len = strnlen(command->text.words, OSDP_TEXT_MAX);

	put_u8(p, command->text.reader);
	put_u8(p, command->text.seconds ? TEXT_TEMPORARY : TEXT_PERMANENT);
	put_u8(p, command->text.seconds);
	put_u8(p, command->text.row);
	put_u8(p, command->text.column);
	put_u8(p, (uint8_t)len);
	put_bytes(p, command->text.words, len);
}

static bool read_comset(struct osdp_command *out, struct rd *r)
{
	out->comset.address = rd_u8(r);
	out->comset.baud = rd_u32le(r);
	return out->comset.address < OSDP_EVERYONE;
}

static void put_comset(struct put *p, const struct osdp_command *command)
{
	put_u8(p, command->comset.address);
	put_u32(p, command->comset.baud);
}

/* Type 1 is the secure channel's base key. */
static bool read_keyset(struct osdp_command *out, struct rd *r)
{
	uint8_t type = rd_u8(r), len = rd_u8(r);

	rd_copy(r, out->key, sizeof(out->key));
	return type == 1 && len == OSDP_KEY_LEN;
}

static void put_keyset(struct put *p, const struct osdp_command *command)
{
	put_u8(p, 1);
	put_u8(p, OSDP_KEY_LEN);
	put_bytes(p, command->key, sizeof(command->key));
}

static bool read_chlng(struct osdp_command *out, struct rd *r)
{
	rd_copy(r, out->random, sizeof(out->random));
	return true;
}

static void put_chlng(struct put *p, const struct osdp_command *command)
{
	put_bytes(p, command->random, sizeof(command->random));
}

static bool read_scrypt(struct osdp_command *out, struct rd *r)
{
	rd_copy(r, out->cryptogram, sizeof(out->cryptogram));
	return true;
}

static void put_scrypt(struct put *p, const struct osdp_command *command)
{
	put_bytes(p, command->cryptogram, sizeof(command->cryptogram));
}

static const struct {
	uint8_t code;
	read_fn read;
	put_fn put;
} handlers[] = {
    {OSDP_POLL, read_nothing, put_nothing},  {OSDP_ID, read_report, put_report},
    {OSDP_CAP, read_report, put_report},     {OSDP_LSTAT, read_nothing, put_nothing},
    {OSDP_ISTAT, read_nothing, put_nothing}, {OSDP_OSTAT, read_nothing, put_nothing},
    {OSDP_RSTAT, read_nothing, put_nothing}, {OSDP_OUT, read_out, put_out},
    {OSDP_LED, read_led, put_led},	     {OSDP_BUZ, read_buzzer, put_buzzer},
    {OSDP_TEXT, read_text, put_text},	     {OSDP_COMSET, read_comset, put_comset},
    {OSDP_KEYSET, read_keyset, put_keyset},  {OSDP_CHLNG, read_chlng, put_chlng},
    {OSDP_SCRYPT, read_scrypt, put_scrypt},
};

size_t osdp_command_put(uint8_t out[OSDP_DATA_MAX], const struct osdp_command *command)
{
	struct put p = {.at = out};

	for (size_t i = 0; i < ARRAY_LEN(handlers); i++)
		if (handlers[i].code == command->code)
			handlers[i].put(&p, command);
	return p.len;
}

tanu_status osdp_command_read(struct osdp_command *out, uint8_t code, const uint8_t *data,
			      size_t data_len, tanu_error *err)
{
	struct osdp_command command = {.code = code};
	tanu_status st = TANU_OK;
	struct rd r;

	rd_init(&r, data, data_len);
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
		if (handlers[i].code != code)
			continue;
		if (!handlers[i].read(&command, &r) || !rd_end(&r)) {
			st = tanu_fail(err, TANU_ERR_FORMAT, osdp_command_word(code),
				       "the command is not of its form");
			goto out;
		}
		*out = command;
		goto out;
	}
	st = tanu_fail(err, TANU_ERR_FORMAT, "OSDP command", "no command 0x%02x is known here",
		       code);
out:
	mem_wipe(&command, sizeof(command)); /* it may have held a key */
	return st;
}
