/* SPDX-License-Identifier: Apache-2.0 */
/* osdp_put.h - a bounded writer for the data of OSDP messages; inside codec/ only. */
#ifndef CODEC_OSDP_PUT_H
#define CODEC_OSDP_PUT_H

#include "codec/osdp.h"

#include <assert.h>
#include <string.h>

struct put {
	uint8_t *at;
	size_t len;
};

static inline void put_bytes(struct put *p, const void *bytes, size_t len)
{
	assert(p->len + len <= OSDP_DATA_MAX);
	if (len)
		memcpy(p->at + p->len, bytes, len);
	p->len += len;
}

static inline void put_u8(struct put *p, uint8_t v)
{
	put_bytes(p, &v, 1);
}

static inline void put_u16(struct put *p, uint16_t v)
{
	put_u8(p, (uint8_t)v);
	put_u8(p, (uint8_t)(v >> 8));
}

static inline void put_u32(struct put *p, uint32_t v)
{
	put_u16(p, (uint16_t)v);
	put_u16(p, (uint16_t)(v >> 16));
}

#endif
