/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wiegand.h - card numbers as readers send them over two wires: layouts of 26, 34 and 37 bits with
 * their parity, keys of a keypad, and pulses put together to frames.
 *
 * A parity bit is no protection: it finds a lost pulse, not a forger. Whoever reaches the wires can
 * send any number.
 */
#ifndef CODEC_WIEGAND_H
#define CODEC_WIEGAND_H

#include "base/base.h"

#define WIEGAND_BITS_MAX 64
#define WIEGAND_BYTES	 (WIEGAND_BITS_MAX / 8)

/*
 * X(name, bits, site: first bit, length; number: first bit, length; parity: even up to this bit,
 * odd from this one). Bit 0 is sent first and is the even parity; the last is the odd one. A layout
 * without site has site length 0.
 */
#define WIEGAND_LAYOUT_LIST(X)                                             \
	X("26", 26, 1, 8, 9, 16, 12, 13)   /* H10301 */                    \
	X("26n", 26, 0, 0, 1, 24, 12, 13)  /* one number of 24 bits */     \
	X("34", 34, 1, 16, 17, 16, 16, 17) /* H10306 */                    \
	X("34n", 34, 0, 0, 1, 32, 16, 17)  /* one number of 32 bits */     \
	X("37", 37, 1, 16, 17, 19, 18, 18) /* H10304; bit 18 is in both */ \
	X("37n", 37, 0, 0, 1, 35, 18, 18)  /* H10302 */

struct wiegand_layout {
	const char *name;
	uint8_t bits;
	uint8_t site_at, site_len;
	uint8_t number_at, number_len;
	uint8_t even_to, odd_from;
};

struct wiegand_card {
	uint32_t site; /* 0 where the layout has none */
	uint64_t number;
};

/* NULL: no such name. */
const struct wiegand_layout *wiegand_layout(const char *name);

/*
 * TANU_INPUT (format): another number of bits, or a parity that is wrong. `bytes`: the first bit is
 * the highest of bytes[0]; at least (bits + 7) / 8 of them.
 */
tanu_status wiegand_read(struct wiegand_card *out, const struct wiegand_layout *layout,
			 const uint8_t *bytes, size_t bits, tanu_error *err);
/* TANU_USAGE (setting): a site or number that the layout has no room for. */
tanu_status wiegand_put(uint8_t out[WIEGAND_BYTES], const struct wiegand_layout *layout,
			const struct wiegand_card *card, tanu_error *err);

/*
 * A card as people write it, "26:12:34567" or, of a layout without site, "34n:1234567". TANU_USAGE:
 * it is written otherwise (usage), or the layout has no room for it (setting).
 */
tanu_status wiegand_parse(uint8_t out[WIEGAND_BYTES], size_t *bits, const char *text,
			  tanu_error *err);

/* A frame of 4 bits, or of 8 whose halves are complements: a key of the keypad; else '\0'. */
char wiegand_key(const uint8_t *bytes, size_t bits);

/* Pulses that come in, put together. Zeroed: none yet. */
struct wiegand_in {
	uint8_t bytes[WIEGAND_BYTES];
	size_t bits;
	bool broken; /* too many bits, or two pulses closer than a reader sends them */
	int64_t last_ns;
};

#define WIEGAND_CLOSEST_NS ((int64_t)100 * 1000)       /* closer is a bounce or crosstalk */
#define WIEGAND_GAP_NS	   ((int64_t)25 * 1000 * 1000) /* longer: the frame is over */

enum wiegand_got {
	WIEGAND_NOTHING = 0, /* it goes on */
	WIEGAND_FRAME,	     /* in->bytes, in->bits; gone with the next pulse */
	WIEGAND_BROKEN,
};

/* A pulse on the wire of ones or that of zeros. What stands in `out` is a frame that it ended. */
enum wiegand_got wiegand_pulse(struct wiegand_in *in, struct wiegand_in *out, bool one,
			       int64_t at_ns);
/* Is a frame over, because nothing comes any more? */
enum wiegand_got wiegand_quiet(struct wiegand_in *in, struct wiegand_in *out, int64_t now_ns);

#endif
