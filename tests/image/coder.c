/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "image/coder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <spng.h>

static uint8_t grey_of(const uint8_t *rgb)
{
	return (uint8_t)((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
}

static const uint8_t *pixel(const tanu_pixels *image, int32_t x, int32_t y)
{
	return image->rgb + y * image->stride + 3 * x;
}

void code_exif(struct buf *out, int orientation, bool big)
{
	const uint8_t little_block[] = {
	    'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (uint8_t)orientation,
	    0,	 0,   0,  0, 0, 0, 0};
	const uint8_t big_block[] = {'M', 'M',	0, 42, 0, 0, 0, 8, 0, 1,
				     1,	  0x12, 0, 3,  0, 0, 0, 1, 0, (uint8_t)orientation,
				     0,	  0,	0, 0,  0, 0};

	buf_put(out, "Exif\0", 6);
	buf_put(out, big ? big_block : little_block, sizeof(big_block));
}

static void set_colour(struct jpeg_compress_struct *jpeg, const struct jpeg_form *form)
{
	static const J_COLOR_SPACE in[] = {JCS_RGB,  JCS_RGB,  JCS_GRAYSCALE,
					   JCS_CMYK, JCS_CMYK, JCS_CMYK};
	static const J_COLOR_SPACE stored[] = {JCS_YCbCr, JCS_RGB,  JCS_GRAYSCALE,
					       JCS_CMYK,  JCS_YCCK, JCS_CMYK};
	static const int components[] = {3, 3, 1, 4, 4, 4};

	jpeg->input_components = components[form->colour];
	jpeg->in_color_space = in[form->colour];
	jpeg_set_defaults(jpeg);
	jpeg_set_colorspace(jpeg, stored[form->colour]);
	if (form->colour == JPEG_CMYK_PLAIN)
		jpeg->write_Adobe_marker = FALSE;
	if (form->whole_chroma)
		jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 1;
}

/* A pixel as ink: Adobe stores 255 for none. */
static void put_ink(uint8_t *ink, const uint8_t *rgb, bool inverted)
{
	int k = rgb[0] > rgb[1] ? rgb[0] : rgb[1];

	k = rgb[2] > k ? rgb[2] : k;
	for (int c = 0; c < 3; c++)
		ink[c] = (uint8_t)(k ? (rgb[c] * 255 + k / 2) / k : 255);
	ink[3] = (uint8_t)k;
	for (int c = 0; c < 4 && !inverted; c++)
		ink[c] = (uint8_t)(255 - ink[c]);
}

static void put_row(uint8_t *row, const tanu_pixels *image, int32_t y, enum jpeg_colour colour)
{
	for (int32_t x = 0; x < image->width; x++) {
		const uint8_t *rgb = pixel(image, x, y);

		if (colour == JPEG_GREY)
			row[x] = grey_of(rgb);
		else if (colour == JPEG_YCBCR || colour == JPEG_RGB)
			memcpy(row + 3 * x, rgb, 3);
		else
			put_ink(row + 4 * x, rgb, colour != JPEG_CMYK_PLAIN);
	}
}

/* Luma bit by bit and over again: legal for the format, tedious for its reader. */
static void set_scans(struct jpeg_compress_struct *jpeg, jpeg_scan_info *scans, int count)
{
	scans[0] = (jpeg_scan_info){.comps_in_scan = 1, .Ss = 0, .Se = 0, .Ah = 0, .Al = 0};
	for (int i = 1; i < count; i++)
		scans[i] = (jpeg_scan_info){.comps_in_scan = 1,
					    .Ss = (i - 1) % 63 + 1,
					    .Se = (i - 1) % 63 + 1,
					    .Ah = 0,
					    .Al = 0};
	jpeg->scan_info = scans;
	jpeg->num_scans = count;
}

void code_jpeg(struct buf *out, const tanu_pixels *image, const struct jpeg_form *form)
{
	struct jpeg_compress_struct jpeg = {0};
	struct jpeg_error_mgr errors;
	jpeg_scan_info scans[64];
	unsigned char *bytes = NULL;
	unsigned long len = 0;
	uint8_t *row = malloc((size_t)image->width * 4);
	struct buf exif = {0};

	assert_non_null(row);
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &bytes, &len);
	jpeg.image_width = (JDIMENSION)image->width;
	jpeg.image_height = (JDIMENSION)image->height;
	set_colour(&jpeg, form);
	jpeg_set_quality(&jpeg, 95, TRUE);
	if (form->progressive)
		jpeg_simple_progression(&jpeg);
	if (form->scans)
		set_scans(&jpeg, scans, form->scans);
	jpeg_start_compress(&jpeg, TRUE);
	if (form->orientation) {
		code_exif(&exif, form->orientation, form->big_endian);
		jpeg_write_marker(&jpeg, JPEG_APP0 + 1, exif.data, (unsigned)exif.len);
	}
	while (jpeg.next_scanline < jpeg.image_height) {
		put_row(row, image, (int32_t)jpeg.next_scanline, form->colour);
		jpeg_write_scanlines(&jpeg, &row, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	buf_put(out, bytes, len);
	buf_free(&exif);
	free(bytes);
	free(row);
}

/* One sample of up to 16 bits; at depth 1 to 4 several share a byte, the leftmost highest. */
static void put_sample(uint8_t *row, size_t index, uint8_t value, uint8_t depth)
{
	size_t bit = index * depth;

	if (depth == 16) {
		row[2 * index] = value;
		row[2 * index + 1] = value;
	} else {
		row[bit / 8] |= (uint8_t)(value >> (8 - depth) << (8 - depth - bit % 8));
	}
}

static size_t channels_of(uint8_t colour_type)
{
	static const size_t channels[] = {1, 0, 3, 1, 2, 0, 4};

	return channels[colour_type];
}

static void put_png_pixel(uint8_t *row, int32_t x, const uint8_t *rgb, const struct png_form *form)
{
	size_t channels = channels_of(form->colour_type);
	size_t at = (size_t)x * channels;
	bool is_colour = form->colour_type & SPNG_COLOR_TYPE_TRUECOLOR;

	/* A palette is grey steps here: its index is the high bits of the value. */
	if (form->colour_type == SPNG_COLOR_TYPE_INDEXED || !is_colour)
		put_sample(row, at, grey_of(rgb), form->depth);
	else
		for (size_t c = 0; c < 3; c++)
			put_sample(row, at + c, rgb[c], form->depth);
	if (form->colour_type & 4)
		put_sample(row, at + channels - 1, form->alpha ? form->alpha : 255, form->depth);
}

static struct spng_plte grey_palette(uint8_t depth)
{
	struct spng_plte palette = {.n_entries = 1u << depth};

	for (uint32_t i = 0; i < palette.n_entries; i++) {
		uint8_t v = (uint8_t)(i * 255 / (palette.n_entries - 1));

		palette.entries[i] =
		    (struct spng_plte_entry){.red = v, .green = v, .blue = v, .alpha = 255};
	}
	return palette;
}

void code_png(struct buf *out, const tanu_pixels *image, const struct png_form *form)
{
	struct spng_ihdr header = {
	    .width = (uint32_t)image->width,
	    .height = (uint32_t)image->height,
	    .bit_depth = form->depth,
	    .color_type = form->colour_type,
	    .interlace_method = form->interlaced,
	};
	size_t bits = channels_of(form->colour_type) * form->depth * (size_t)image->width;
	size_t row_len = (bits + 7) / 8;
	uint8_t *raw = calloc(row_len, (size_t)image->height);
	spng_ctx *png = spng_ctx_new(SPNG_CTX_ENCODER);
	void *bytes;
	size_t len = 0;
	int rc;

	assert_non_null(raw);
	for (int32_t y = 0; y < image->height; y++)
		for (int32_t x = 0; x < image->width; x++)
			put_png_pixel(raw + (size_t)y * row_len, x, pixel(image, x, y), form);
	spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
	assert_int_equal(spng_set_ihdr(png, &header), 0);
	if (form->colour_type == SPNG_COLOR_TYPE_INDEXED) {
		struct spng_plte palette = grey_palette(form->depth);

		assert_int_equal(spng_set_plte(png, &palette), 0);
	}
	rc = spng_encode_image(png, raw, row_len * (size_t)image->height, SPNG_FMT_RAW,
			       SPNG_ENCODE_FINALIZE);
	assert_int_equal(rc, 0);
	bytes = spng_get_png_buffer(png, &len, &rc);
	buf_put(out, bytes, len);
	free(bytes);
	spng_ctx_free(png);
	free(raw);
}

static void put_pnm_sample(struct buf *out, unsigned value, char kind, unsigned maxval)
{
	unsigned v = (value * maxval + 127) / 255;

	if (kind < '4')
		buf_printf(out, "%u\n", v);
	else if (maxval > 255)
		buf_u16le(out, (uint16_t)(v >> 8 | v << 8));
	else
		buf_u8(out, (uint8_t)v);
}

void code_pnm(struct buf *out, const tanu_pixels *image, char kind, unsigned maxval)
{
	buf_printf(out, "P%c\n# drawn\n%d %d\n%u\n", kind, image->width, image->height, maxval);
	for (int32_t y = 0; y < image->height; y++)
		for (int32_t x = 0; x < image->width; x++) {
			const uint8_t *rgb = pixel(image, x, y);

			if (kind == '2' || kind == '5')
				put_pnm_sample(out, grey_of(rgb), kind, maxval);
			else
				for (int c = 0; c < 3; c++)
					put_pnm_sample(out, rgb[c], kind, maxval);
		}
}

static const struct jpeg_form jpeg_forms[] = {
    {.colour = JPEG_YCBCR},
    {.colour = JPEG_YCBCR, .progressive = true, .orientation = 6},
    {.colour = JPEG_RGB, .orientation = 3, .big_endian = true},
    {.colour = JPEG_GREY},
    {.colour = JPEG_CMYK},
    {.colour = JPEG_YCCK, .progressive = true},
};

static const struct png_form png_forms[] = {
    {.colour_type = 2, .depth = 8},
    {.colour_type = 6, .depth = 8, .interlaced = true},
    {.colour_type = 0, .depth = 16},
    {.colour_type = 3, .depth = 4},
    {.colour_type = 4, .depth = 8, .alpha = 128},
    {.colour_type = 0, .depth = 1},
};

static const struct {
	char kind;
	unsigned maxval;
} pnm_forms[] = {{'6', 255}, {'5', 255}, {'3', 255}, {'2', 15}, {'6', 65535}, {'5', 1000}};

bool code_sample(struct buf *out, enum image_kind kind, size_t index, const tanu_pixels *image)
{
	if (index >= 6)
		return false;
	if (kind == IMAGE_JPEG)
		code_jpeg(out, image, &jpeg_forms[index]);
	else if (kind == IMAGE_PNG)
		code_png(out, image, &png_forms[index]);
	else
		code_pnm(out, image, pnm_forms[index].kind, pnm_forms[index].maxval);
	return true;
}
