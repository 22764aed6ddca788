/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG in, by libjpeg-turbo: baseline and progressive, any colour space, to RGB. */
#include "image/decoder.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "image/exif.h"

/* Real encoders write about ten; a thousand passes over the picture are an attack on our time. */
#define SCANS_MAX 100

/* One decoding. libjpeg's fatal errors come back to `jump`. */
struct job {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf jump;
	bool too_many_scans;
	const struct encoded *in;
	uint8_t *rgb;
};

static void on_error(j_common_ptr jpeg)
{
	struct job *job = jpeg->client_data;

	longjmp(job->jump, 1);
}

static bool is_harmless(int warning)
{
	switch (warning) {
	case JWRN_ADOBE_XFORM:
	case JWRN_BOGUS_ICC:
	case JWRN_EXTRANEOUS_DATA:
	case JWRN_JFIF_MAJOR:
	case JWRN_NOT_SEQUENTIAL:
		return true;
	default:
		return false;
	}
}

/* A warning means guessed pixels; a guessed face must not be compared. */
static void on_message(j_common_ptr jpeg, int level)
{
	if (level < 0 && !is_harmless(jpeg->err->msg_code))
		on_error(jpeg);
}

static void on_output(j_common_ptr jpeg)
{
	(void)jpeg;
}

static void on_progress(j_common_ptr jpeg)
{
	struct job *job = jpeg->client_data;

	if (job->jpeg.input_scan_number <= SCANS_MAX)
		return;
	job->too_many_scans = true;
	on_error(jpeg);
}

static tanu_status fail(const struct job *job, tanu_error *err)
{
	char reason[JMSG_LENGTH_MAX] = "";

	if (job->too_many_scans)
		return tanu_fail(err, TANU_ERR_IMAGE_LIMIT, NULL, "the JPEG has more than %d scans",
				 SCANS_MAX);
	job->errors.format_message((j_common_ptr)&job->jpeg, reason);
	switch (job->errors.msg_code) {
	case JERR_OUT_OF_MEMORY:
	case JERR_NO_BACKING_STORE:
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL,
				 "not enough memory to decode the JPEG");
	case JWRN_JPEG_EOF:
	case JWRN_HIT_MARKER:
	case JERR_INPUT_EOF:
		return tanu_fail(err, TANU_ERR_IMAGE_TRUNCATED, NULL,
				 "the JPEG ends too early: a part of it is missing");
	case JERR_BAD_PRECISION:
	case JERR_CONVERSION_NOTIMPL:
	case JERR_SOF_UNSUPPORTED:
		return tanu_fail(err, TANU_ERR_IMAGE_TYPE, NULL,
				 "a kind of JPEG that is not read here: %s", reason);
	default:
		return tanu_fail(err, TANU_ERR_IMAGE_CORRUPT, NULL, "the JPEG is damaged: %s",
				 reason);
	}
}

/* The one setjmp: `steps` either runs to its end or the reason stands in `err`. */
static tanu_status guarded(struct job *job, void (*steps)(struct job *job), tanu_error *err)
{
	job->jpeg.err = jpeg_std_error(&job->errors);
	job->jpeg.client_data = job;
	job->errors.error_exit = on_error;
	job->errors.emit_message = on_message;
	job->errors.output_message = on_output;
	if (setjmp(job->jump))
		return fail(job, err);
	steps(job);
	return TANU_OK;
}

static void read_header(struct job *job)
{
	jpeg_create_decompress(&job->jpeg);
	jpeg_mem_src(&job->jpeg, job->in->bytes, (unsigned long)job->in->len);
	jpeg_save_markers(&job->jpeg, JPEG_APP0 + 1, 0xFFFF);
	jpeg_read_header(&job->jpeg, TRUE);
}

/* The first APP1 that is EXIF; XMP uses the same marker. */
static int saved_orientation(const struct jpeg_decompress_struct *jpeg)
{
	for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next)
		if (m->data_length >= 6 && memcmp(m->data, "Exif\0\0", 6) == 0)
			return exif_orientation(m->data, m->data_length);
	return 1;
}

tanu_status jpeg_probe(struct encoded *e, const tanu_image_limits *limits, tanu_error *err)
{
	struct job job = {.in = e};
	tanu_status st = guarded(&job, read_header, err);

	if (st >= 0)
		st = image_check_size(job.jpeg.image_width, job.jpeg.image_height, limits, err);
	if (st >= 0) {
		e->width = (int32_t)job.jpeg.image_width;
		e->height = (int32_t)job.jpeg.image_height;
		e->orientation = saved_orientation(&job.jpeg);
	}
	jpeg_destroy_decompress(&job.jpeg);
	return st;
}

/*
 * Ink to light. Adobe's programs store ink inverted (255 is none) and say so by their APP14 marker;
 * the standard itself stores 0 for none.
 */
static void cmyk_to_rgb(uint8_t *rgb, const uint8_t *cmyk, int32_t width, bool inverted)
{
	const uint8_t flip = inverted ? 0 : 255;

	for (int32_t x = 0; x < width; x++) {
		unsigned k = cmyk[3] ^ flip;

		for (int c = 0; c < 3; c++)
			rgb[c] = (uint8_t)(((unsigned)(cmyk[c] ^ flip) * k + 127) / 255);
		rgb += 3;
		cmyk += 4;
	}
}

static void read_rows(struct job *job)
{
	struct jpeg_decompress_struct *jpeg = &job->jpeg;
	bool is_cmyk = jpeg->out_color_space == JCS_CMYK;
	size_t row_len = (size_t)job->in->width * 3;
	uint8_t *ink = NULL;

	if (is_cmyk)
		ink = jpeg->mem->alloc_large((j_common_ptr)jpeg, JPOOL_IMAGE,
					     (size_t)job->in->width * 4);
	while (jpeg->output_scanline < jpeg->output_height) {
		uint8_t *rgb = job->rgb + jpeg->output_scanline * row_len;
		uint8_t *row = is_cmyk ? ink : rgb;

		jpeg_read_scanlines(jpeg, &row, 1);
		if (is_cmyk)
			cmyk_to_rgb(rgb, ink, job->in->width, jpeg->saw_Adobe_marker);
	}
}

static void read_pixels(struct job *job)
{
	struct jpeg_decompress_struct *jpeg = &job->jpeg;
	bool has_ink;

	read_header(job);
	if (jpeg->image_width != (JDIMENSION)job->in->width ||
	    jpeg->image_height != (JDIMENSION)job->in->height)
		ERREXIT(jpeg, JERR_BAD_STATE);
	has_ink = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
	jpeg->out_color_space = has_ink ? JCS_CMYK : JCS_RGB;
	/* Four components of 16-bit coefficients a pixel, and slack for rounding up to blocks. */
	jpeg->mem->max_memory_to_use = (64l << 20) + 10l * job->in->width * job->in->height;
	job->progress.progress_monitor = on_progress;
	jpeg->progress = &job->progress;
	jpeg_start_decompress(jpeg);
	read_rows(job);
	jpeg_finish_decompress(jpeg);
}

tanu_status jpeg_decode(uint8_t *rgb, const struct encoded *e, tanu_error *err)
{
	struct job job = {.in = e, .rgb = rgb};
	tanu_status st = guarded(&job, read_pixels, err);

	jpeg_destroy_decompress(&job.jpeg);
	return st;
}
