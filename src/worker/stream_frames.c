/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/stream.h"

#include <stdatomic.h>
#include <string.h>

#define SLOTS	3u
#define FRESH	4u    /* set: the reader has not seen the slot in the middle */
#define LINE	64u   /* bytes; heads and pixels begin on a cache line */
#define MARGIN	256u  /* bytes */
#define FRONT	4096u /* bytes before the first slot: the word that is exchanged */
#define WRITERS 1u    /* slot that the writer begins with; 0 is in the middle, as all is zero */
#define READERS 2u

void stream_fit(int32_t *width, int32_t *height, int32_t max_width, int32_t max_height)
{
	int64_t w = *width, h = *height;

	if (w > max_width || h > max_height) {
		/* The side that is further beyond its bound meets it. */
		if (w * max_height >= h * max_width) {
			h = h * max_width / w;
			w = max_width;
		} else {
			w = w * max_height / h;
			h = max_height;
		}
	}
	*width = (int32_t)(w > 0 ? w : 1);
	*height = (int32_t)(h > 0 ? h : 1);
}

/* swscale writes whole vectors: beyond the last pixel there is room for them. */
static size_t slot_len_for(int32_t max_width, int32_t max_height)
{
	size_t pixels = (size_t)max_width * (size_t)max_height * 3;

	return LINE + (pixels + LINE - 1) / LINE * LINE + MARGIN;
}

size_t stream_frames_len(int32_t max_width, int32_t max_height)
{
	return FRONT + SLOTS * slot_len_for(max_width, max_height);
}

bool stream_frames_map(struct stream_frames *out, int fd, int32_t max_width, int32_t max_height,
		       bool writer)
{
	size_t len = stream_frames_len(max_width, max_height);
	uint8_t *map = os_map_sparse(fd, len);

	if (!map)
		return false;
	*out = (struct stream_frames){
	    .map = map,
	    .len = len,
	    .slot_len = slot_len_for(max_width, max_height),
	    .max_width = max_width,
	    .max_height = max_height,
	    .own = writer ? WRITERS : READERS,
	};
	return true;
}

void stream_frames_unmap(struct stream_frames *f)
{
	os_unmap(f->map, f->len);
	*f = (struct stream_frames){0};
}

static uint8_t *slot(const struct stream_frames *f)
{
	return f->map + FRONT + f->own * f->slot_len;
}

static _Atomic uint32_t *middle(const struct stream_frames *f)
{
	return (_Atomic uint32_t *)(void *)f->map;
}

uint8_t *stream_frames_room(struct stream_frames *f)
{
	return slot(f) + LINE;
}

void stream_frames_publish(struct stream_frames *f, const struct stream_head *head)
{
	stream_head_put(slot(f), head);
	f->own = atomic_exchange_explicit(middle(f), f->own | FRESH, memory_order_acq_rel) % FRESH %
		 SLOTS;
}

bool stream_frames_take(struct stream_frames *f, struct stream_head *head, const uint8_t **pixels,
			bool *sound)
{
	uint8_t bytes[STREAM_HEAD_LEN];

	*sound = true;
	if (!(atomic_load_explicit(middle(f), memory_order_relaxed) & FRESH))
		return false;
	/* Whatever stands there, the slot is one of three. */
	f->own = atomic_exchange_explicit(middle(f), f->own, memory_order_acq_rel) % FRESH % SLOTS;
	memcpy(bytes, slot(f), sizeof(bytes));
	*sound = stream_head_read(head, bytes, f->max_width, f->max_height);
	*pixels = slot(f) + LINE;
	return *sound;
}
