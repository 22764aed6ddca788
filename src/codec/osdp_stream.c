/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/osdp.h"

#include <string.h>

static void drop(struct osdp_stream *s, size_t len)
{
	memmove(s->bytes, s->bytes + len, s->len - len);
	s->len -= len;
}

static void drop_taken(struct osdp_stream *s)
{
	drop(s, s->taken);
	s->taken = 0;
}

void osdp_stream_clear(struct osdp_stream *s)
{
	drop_taken(s);
	s->skipped += s->len;
	s->len = 0;
}

size_t osdp_stream_put(struct osdp_stream *s, const uint8_t *bytes, size_t bytes_len)
{
	size_t room;

	drop_taken(s);
	room = sizeof(s->bytes) - s->len;
	if (bytes_len > room)
		bytes_len = room;
	if (bytes_len)
		memcpy(s->bytes + s->len, bytes, bytes_len);
	s->len += bytes_len;
	return bytes_len;
}

/* The length that the frame at the front states, or 0 where it can't be one. */
static size_t stated_len(const struct osdp_stream *s)
{
	size_t len = s->bytes[2] | (size_t)s->bytes[3] << 8;

	if (s->bytes[0] != OSDP_SOM || len < OSDP_FRAME_MIN || len > OSDP_FRAME_MAX)
		return 0;
	return len;
}

static void skip_to_start(struct osdp_stream *s, size_t from)
{
	const uint8_t *start =
	    from < s->len ? memchr(s->bytes + from, OSDP_SOM, s->len - from) : NULL;
	size_t len = start ? (size_t)(start - s->bytes) : s->len;

	s->skipped += len;
	drop(s, len);
}

bool osdp_stream_next(struct osdp_stream *s, struct osdp_frame *out)
{
	drop_taken(s);
	for (skip_to_start(s, 0); s->len >= 4; skip_to_start(s, 1)) {
		size_t len = stated_len(s);

		if (len > s->len)
			return false; /* the rest may come; data in it are no frame */
		if (len && osdp_decode(out, s->bytes, len, NULL) >= 0) {
			s->taken = len;
			return true;
		}
	}
	return false;
}
