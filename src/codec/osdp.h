/* SPDX-License-Identifier: Apache-2.0 */
/*
 * osdp.h - frames, commands and replies of OSDP 2.2 (SIA; IEC 60839-11-5), the bus between a
 * controller and its readers. Bytes and their meaning only: whether a frame is to be believed is
 * for the secure channel (device/osdp/) to say.
 *
 * A controller sends commands to addresses 0 to 126; the reader answers each with one reply.
 * Clauses are those of SIA OSDP 2.2.
 *
 * Nothing here allocates. Everything read has a bound; what does not keep to its form is TANU_INPUT
 * (format).
 */
#ifndef CODEC_OSDP_H
#define CODEC_OSDP_H

#include "base/base.h"

#define OSDP_SOM       0x53 /* first byte of a frame */
#define OSDP_MARK      0xff /* may stand before it, so that a line driver can wake */
#define OSDP_EVERYONE  0x7f /* address that every reader answers: for a bus with one */
#define OSDP_FRAME_MIN 7    /* header 5, code, checksum */
#define OSDP_FRAME_MAX 1440 /* largest that the standard allows (5.6) */
#define OSDP_DATA_MAX  1400
#define OSDP_MAC_LEN   4  /* bytes of the MAC that a frame carries */
#define OSDP_KEY_LEN   16 /* AES-128 */
#define OSDP_NONCE_LEN 8

/* Control byte (5.9). */
#define OSDP_CTRL_SEQUENCE 0x03
#define OSDP_CTRL_CRC	   0x04
#define OSDP_CTRL_SECURITY 0x08

/*
 * X(NAME, code, "word"). A command's word is what a log says of it; of readers that answer
 * otherwise, and of codes that are not listed, the number is said.
 */
#define OSDP_COMMAND_LIST(X)                 \
	X(POLL, 0x60, "poll")                \
	X(ID, 0x61, "id")                    \
	X(CAP, 0x62, "capabilities")         \
	X(LSTAT, 0x64, "local status")       \
	X(ISTAT, 0x65, "input status")       \
	X(OSTAT, 0x66, "output status")      \
	X(RSTAT, 0x67, "reader status")      \
	X(OUT, 0x68, "output")               \
	X(LED, 0x69, "light")                \
	X(BUZ, 0x6a, "buzzer")               \
	X(TEXT, 0x6b, "text")                \
	X(COMSET, 0x6e, "address and speed") \
	X(KEYSET, 0x75, "key change")        \
	X(CHLNG, 0x76, "challenge")          \
	X(SCRYPT, 0x77, "cryptogram")

#define OSDP_REPLY_LIST(X)                    \
	X(ACK, 0x40, "acknowledged")          \
	X(NAK, 0x41, "refused")               \
	X(PDID, 0x45, "id")                   \
	X(PDCAP, 0x46, "capabilities")        \
	X(LSTATR, 0x48, "local status")       \
	X(ISTATR, 0x49, "input status")       \
	X(OSTATR, 0x4a, "output status")      \
	X(RSTATR, 0x4b, "reader status")      \
	X(RAW, 0x50, "card data")             \
	X(FMT, 0x51, "formatted card data")   \
	X(KEYPAD, 0x53, "keypad")             \
	X(COM, 0x54, "address and speed")     \
	X(CCRYPT, 0x76, "client cryptogram")  \
	X(RMAC_I, 0x78, "first message code") \
	X(BUSY, 0x79, "busy")

enum osdp_command_code {
#define X(name, code, word) OSDP_##name = (code),
	OSDP_COMMAND_LIST(X)
#undef X
};

enum osdp_reply_code {
#define X(name, code, word) OSDP_R_##name = (code),
	OSDP_REPLY_LIST(X)
#undef X
};

const char *osdp_command_word(uint8_t code); /* "another" where it is not listed */
const char *osdp_reply_word(uint8_t code);

/* Why a reader refused a command. */
#define OSDP_NAK_LIST(X)                                   \
	X(NONE, 0, "no reason")                            \
	X(CHECK, 1, "the frame arrived damaged")           \
	X(LENGTH, 2, "the command has a wrong length")     \
	X(UNKNOWN, 3, "it does not know the command")      \
	X(SEQUENCE, 4, "unexpected sequence number")       \
	X(NO_SECURITY, 5, "it has no such security block") \
	X(SECURITY, 6, "it asks for the secure channel")   \
	X(BIO_TYPE, 7, "no such kind of biometrics")       \
	X(BIO_FORMAT, 8, "no such format of biometrics")   \
	X(RECORD, 9, "it can't carry the command out")

enum osdp_nak {
#define X(name, number, word) OSDP_NAK_##name = (number),
	OSDP_NAK_LIST(X)
#undef X
};

const char *osdp_nak_words(uint8_t reason);

/* Security block types (annex D): odd from the controller, even from the reader. */
enum osdp_security {
	OSDP_CLEAR = 0,	    /* no security block */
	OSDP_SCS_11 = 0x11, /* challenge; data byte: 0 the default key, 1 the reader's own */
	OSDP_SCS_12 = 0x12, /* client cryptogram; as above */
	OSDP_SCS_13 = 0x13, /* server cryptogram; as above */
	OSDP_SCS_14 = 0x14, /* first MAC; data byte 1: the server's cryptogram was right */
	OSDP_SCS_15 = 0x15, /* command with a MAC, nothing to hide */
	OSDP_SCS_16 = 0x16, /* reply with a MAC */
	OSDP_SCS_17 = 0x17, /* command with a MAC and encrypted data */
	OSDP_SCS_18 = 0x18, /* reply with a MAC and encrypted data */
};

/*
 * A frame taken apart. Pointers lead into the bytes that were read; in a frame to be written,
 * `data` is the caller's and `mac` and `signed_len` are not looked at.
 */
struct osdp_frame {
	uint8_t address; /* without the bit of a reply */
	bool reply;
	uint8_t sequence; /* 0 to 3 */
	bool crc;	  /* 16-bit CRC; otherwise the 8-bit checksum */
	uint8_t security; /* enum osdp_security */
	uint8_t security_data;
	uint8_t code;
	const uint8_t *data; /* encrypted in SCS_17 and SCS_18 */
	size_t data_len;
	const uint8_t *bytes; /* the whole frame, from its first byte */
	size_t signed_len;    /* so many of them the MAC covers; 0: no MAC */
	const uint8_t *mac;   /* OSDP_MAC_LEN bytes, or NULL */
};

/* Does a block of this type bring a MAC? */
bool osdp_has_mac(uint8_t security);

uint16_t osdp_crc16(const uint8_t *bytes, size_t bytes_len);
uint8_t osdp_checksum(const uint8_t *bytes, size_t bytes_len);

/*
 * A whole frame, of exactly `bytes_len` bytes. Refused: a length, control byte or security block
 * that does not fit, one of the other direction, a check that is wrong.
 */
tanu_status osdp_decode(struct osdp_frame *out, const uint8_t *bytes, size_t bytes_len,
			tanu_error *err);

/*
 * Written in two steps, since the MAC covers the first: osdp_encode_body returns how many bytes
 * stand in `out`, osdp_encode_end appends the MAC (where the frame has one) and the check, and
 * returns the length of the whole. `data_len` is OSDP_DATA_MAX at most (asserted).
 */
size_t osdp_encode_body(uint8_t out[OSDP_FRAME_MAX], const struct osdp_frame *frame);
size_t osdp_encode_end(uint8_t out[OSDP_FRAME_MAX], size_t body_len, const struct osdp_frame *frame,
		       const uint8_t mac[OSDP_MAC_LEN]);

/*
 * Bytes as they come from a line, cut into frames. What is not a frame (noise, a frame whose check
 * is wrong or whose rest never came) is passed over, byte by byte, up to the next start that makes
 * one. Before a command is sent, what came unasked is dropped by osdp_stream_clear.
 */
struct osdp_stream {
	uint8_t bytes[2 * OSDP_FRAME_MAX];
	size_t len;
	size_t taken;	  /* bytes of the frame that was handed out last */
	uint64_t skipped; /* bytes that were no frame, since the start */
};

void osdp_stream_clear(struct osdp_stream *s);
/* Takes as many as there is room for, and returns how many. */
size_t osdp_stream_put(struct osdp_stream *s, const uint8_t *bytes, size_t bytes_len);
/* The next whole frame; it stays valid until the next call on `s`. False: none yet. */
bool osdp_stream_next(struct osdp_stream *s, struct osdp_frame *out);

/* ---- replies ---- */

#define OSDP_CARD_BITS_MAX 512
#define OSDP_DIGITS_MAX	   64 /* formatted card data, keypad */
#define OSDP_LEVELS_MAX	   64 /* inputs, outputs or readers of one device */
#define OSDP_CAPS_MAX	   32

struct osdp_id {
	uint8_t vendor[3];
	uint8_t model;
	uint8_t version;
	uint32_t serial;
	uint8_t firmware[3]; /* major, minor, build */
};

/* Capability functions that are looked at (annex B). */
enum osdp_function {
	OSDP_F_INPUTS = 1,
	OSDP_F_OUTPUTS = 2,
	OSDP_F_CARD = 3,
	OSDP_F_LED = 4,
	OSDP_F_BUZZER = 5,
	OSDP_F_TEXT = 6,
	OSDP_F_CHECK = 8, /* compliance 1: CRC */
	OSDP_F_SECURITY =
	    9, /* compliance bit 0: AES-128; number bit 0: still has the default key */
	OSDP_F_RECEIVE = 10, /* largest frame it takes, 16 bits, low byte first */
	OSDP_F_READERS = 13,
	OSDP_F_VERSION = 16, /* 1: before 2.2, 2: 2.2 */
};

struct osdp_cap {
	uint8_t function;
	uint8_t compliance;
	uint8_t number;
};

struct osdp_reply {
	uint8_t code; /* enum osdp_reply_code */
	union {
		uint8_t nak; /* enum osdp_nak */
		struct osdp_id id;
		struct {
			struct osdp_cap cap[OSDP_CAPS_MAX];
			size_t len;
		} caps;
		struct {
			bool tamper;
			bool power; /* on battery, or failing */
		} local;
		struct {
			uint8_t level[OSDP_LEVELS_MAX]; /* 0: rest */
			size_t len;
		} levels; /* input, output, reader status */
		struct {
			uint8_t reader;
			bool wiegand; /* with its parity bits, as Wiegand would send it */
			uint16_t bits;
			uint8_t data[OSDP_CARD_BITS_MAX / 8]; /* first bit highest, rest 0 */
		} card;
		struct {
			uint8_t reader;
			bool backwards;			  /* as the card was swiped */
			char digits[OSDP_DIGITS_MAX + 1]; /* printable ASCII */
		} formatted;
		struct {
			uint8_t reader;
			char keys[OSDP_DIGITS_MAX + 1]; /* '0'..'9', '*', '#', 'A'..'D' */
		} keypad;
		struct {
			uint8_t address;
			uint32_t baud;
		} com;
		struct {
			uint8_t id[OSDP_NONCE_LEN];
			uint8_t random[OSDP_NONCE_LEN];
			uint8_t cryptogram[OSDP_KEY_LEN];
		} ccrypt;
		uint8_t rmac[OSDP_KEY_LEN];
	};
};

/* A reply that is not in the list is TANU_INPUT (format) too. */
tanu_status osdp_reply_read(struct osdp_reply *out, uint8_t code, const uint8_t *data,
			    size_t data_len, tanu_error *err);
/* The data of a reply, for a simulated reader; its length, at most OSDP_DATA_MAX. */
size_t osdp_reply_put(uint8_t out[OSDP_DATA_MAX], const struct osdp_reply *reply);
/* The entry for a function, or NULL. */
const struct osdp_cap *osdp_cap_find(const struct osdp_reply *caps, enum osdp_function function);

/* ---- commands ---- */

enum osdp_colour {
	OSDP_DARK = 0,
	OSDP_RED = 1,
	OSDP_GREEN = 2,
	OSDP_AMBER = 3,
	OSDP_BLUE = 4,
	OSDP_MAGENTA = 5,
	OSDP_CYAN = 6,
	OSDP_WHITE = 7,
};

/* A light that goes on and off; times in tenths of a second. */
struct osdp_blink {
	uint8_t on, off;
	uint8_t on_colour, off_colour;
};

enum osdp_output_act {
	OSDP_OUT_NOTHING = 0,
	OSDP_OUT_OFF = 1,
	OSDP_OUT_ON = 2,
	OSDP_OUT_ON_FOR = 5,  /* for `tenths`, then back */
	OSDP_OUT_OFF_FOR = 6, /* likewise */
};

#define OSDP_OUTPUTS_MAX 8 /* in one command */
#define OSDP_TEXT_MAX	 64

struct osdp_command {
	uint8_t code; /* enum osdp_command_code */
	union {
		struct {
			uint8_t reader;
			uint8_t light;
			uint8_t temporary; /* 0: leave, 1: end it, 2: show `brief` */
			struct osdp_blink brief;
			uint16_t tenths; /* how long `brief` is shown */
			bool permanent;	 /* `always` is set */
			struct osdp_blink always;
		} led;
		struct {
			uint8_t reader;
			uint8_t tone; /* 1: off, 2: default */
			uint8_t on, off;
			uint8_t count; /* 0: until told otherwise */
		} buzzer;
		struct {
			struct {
				uint8_t output;
				uint8_t act; /* enum osdp_output_act */
				uint16_t tenths;
			} one[OSDP_OUTPUTS_MAX];
			size_t len;
		} out;
		struct {
			uint8_t reader;
			uint8_t seconds; /* 0: until replaced */
			uint8_t row, column;
			char words[OSDP_TEXT_MAX + 1]; /* printable ASCII */
		} text;
		struct {
			uint8_t address;
			uint32_t baud;
		} comset;
		uint8_t key[OSDP_KEY_LEN];	  /* KEYSET; secret */
		uint8_t random[OSDP_NONCE_LEN];	  /* CHLNG */
		uint8_t cryptogram[OSDP_KEY_LEN]; /* SCRYPT */
	};
};

/* The data of a command; its length, at most OSDP_DATA_MAX. The code must be in the list. */
size_t osdp_command_put(uint8_t out[OSDP_DATA_MAX], const struct osdp_command *command);
/* For a simulated reader. */
tanu_status osdp_command_read(struct osdp_command *out, uint8_t code, const uint8_t *data,
			      size_t data_len, tanu_error *err);

#endif
