/* SPDX-License-Identifier: Apache-2.0 */
/* PGM and PPM in, plain and raw (netpbm: P2, P3, P5, P6), one picture a file. */
#include "image/decoder.h"

#include <string.h>

struct pnm {
	struct rd r;
	int32_t width, height;
	uint32_t maxval; /* 1..65535 */
	int channels;	 /* 1 grey, 3 colour */
	bool plain;	 /* samples as decimal text */
	bool wrong;	 /* something is not a number, or too large; else what fails is the end */
};

static void fail_wrong(struct pnm *p)
{
	if (rd_ok(&p->r))
		p->wrong = true;
	rd_fail(&p->r);
}

static bool is_space(uint8_t c)
{
	return c != 0 && strchr(" \t\r\n\v\f", c);
}

/* The next byte that is not in a comment: '#' to the end of its line, which counts as a space. */
static uint8_t next_char(struct rd *r)
{
	uint8_t c = rd_u8(r);

	if (c == '#')
		while (rd_ok(r) && c != '\n' && c != '\r')
			c = rd_u8(r);
	return c;
}

/* A decimal number and the one white space after it, which only the end of the file may replace. */
static uint32_t read_number(struct pnm *p, uint32_t max)
{
	struct rd *r = &p->r;
	uint64_t v = 0;
	uint8_t c = next_char(r);

	while (rd_ok(r) && is_space(c))
		c = next_char(r);
	if (c < '0' || c > '9')
		fail_wrong(p);
	while (rd_ok(r) && c >= '0' && c <= '9') {
		v = v * 10 + (uint64_t)(c - '0');
		if (v > max)
			fail_wrong(p);
		if (rd_left(r) == 0)
			return rd_ok(r) ? (uint32_t)v : 0;
		c = next_char(r);
	}
	if (!is_space(c))
		fail_wrong(p);
	return rd_ok(r) ? (uint32_t)v : 0;
}

static void read_header(struct pnm *p, const struct encoded *e)
{
	uint8_t kind;

	rd_init(&p->r, e->bytes, e->len);
	rd_u8(&p->r);
	kind = rd_u8(&p->r);
	p->plain = kind == '2' || kind == '3';
	p->channels = kind == '3' || kind == '6' ? 3 : 1;
	p->width = (int32_t)read_number(p, 1 << 30);
	p->height = (int32_t)read_number(p, 1 << 30);
	p->maxval = read_number(p, 65535);
	if (p->maxval == 0)
		fail_wrong(p);
}

static tanu_status fail(const struct pnm *p, tanu_error *err)
{
	if (p->wrong)
		return tanu_fail(err, TANU_ERR_IMAGE_CORRUPT, NULL,
				 "the PNM is damaged: a number is missing or too large");
	return tanu_fail(err, TANU_ERR_IMAGE_TRUNCATED, NULL,
			 "the PNM ends too early: a part of it is missing");
}

tanu_status pnm_probe(struct encoded *e, const tanu_image_limits *limits, tanu_error *err)
{
	struct pnm p = {0};
	tanu_status st;

	read_header(&p, e);
	if (!rd_ok(&p.r))
		return fail(&p, err);
	st = image_check_size((uint32_t)p.width, (uint32_t)p.height, limits, err);
	if (st < 0)
		return st;
	e->width = p.width;
	e->height = p.height;
	return TANU_OK;
}

static uint32_t read_sample(struct pnm *p)
{
	uint32_t v;

	if (p->plain)
		return read_number(p, p->maxval);
	v = p->maxval > 255 ? rd_u16be(&p->r) : rd_u8(&p->r);
	if (v > p->maxval)
		fail_wrong(p);
	return v;
}

static uint8_t read_byte(struct pnm *p)
{
	return (uint8_t)((read_sample(p) * 255 + p->maxval / 2) / p->maxval);
}

/* The usual file: bytes as they are. */
static void copy_raw(uint8_t *rgb, const uint8_t *bytes, size_t pixels, int channels)
{
	if (channels == 3) {
		memcpy(rgb, bytes, pixels * 3);
		return;
	}
	for (size_t i = 0; i < pixels; i++)
		memset(rgb + 3 * i, bytes[i], 3);
}

static void read_samples(uint8_t *rgb, struct pnm *p, size_t pixels)
{
	for (size_t i = 0; i < pixels && rd_ok(&p->r); i++) {
		rgb[0] = read_byte(p);
		rgb[1] = p->channels == 3 ? read_byte(p) : rgb[0];
		rgb[2] = p->channels == 3 ? read_byte(p) : rgb[0];
		rgb += 3;
	}
}

/* Raw samples have a known length; text shows its end only when it comes. */
static bool is_cut(const struct pnm *p, size_t pixels)
{
	size_t sample = p->maxval > 255 ? 2 : 1;

	return !p->plain && pixels * (size_t)p->channels * sample > rd_left(&p->r);
}

tanu_status pnm_decode(uint8_t *rgb, const struct encoded *e, tanu_error *err)
{
	size_t pixels = (size_t)e->width * (size_t)e->height;
	struct pnm p = {0};

	read_header(&p, e);
	if (p.width != e->width || p.height != e->height)
		fail_wrong(&p);
	if (!rd_ok(&p.r) || is_cut(&p, pixels))
		return fail(&p, err);
	if (!p.plain && p.maxval == 255)
		copy_raw(rgb, rd_bytes(&p.r, pixels * (size_t)p.channels), pixels, p.channels);
	else
		read_samples(rgb, &p, pixels);
	return rd_ok(&p.r) ? TANU_OK : fail(&p, err);
}
