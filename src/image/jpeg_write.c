/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG out, for reports and annotated pictures. */
#include "image/image.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

struct job {
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	jmp_buf jump;
	struct jpeg_destination_mgr sink;
	uint8_t chunk[4096];
	struct buf bytes;
	const tanu_pixels *image;
	int quality;
};

static void on_error(j_common_ptr jpeg)
{
	struct job *job = jpeg->client_data;

	longjmp(job->jump, 1);
}

static void sink_start(j_compress_ptr jpeg)
{
	struct job *job = jpeg->client_data;

	job->sink.next_output_byte = job->chunk;
	job->sink.free_in_buffer = sizeof(job->chunk);
}

/* libjpeg calls this only when the whole chunk is full. */
static boolean sink_flush(j_compress_ptr jpeg)
{
	struct job *job = jpeg->client_data;

	buf_put(&job->bytes, job->chunk, sizeof(job->chunk));
	sink_start(jpeg);
	return TRUE;
}

static void sink_finish(j_compress_ptr jpeg)
{
	struct job *job = jpeg->client_data;

	buf_put(&job->bytes, job->chunk, sizeof(job->chunk) - job->sink.free_in_buffer);
}

static void compress(struct job *job)
{
	struct jpeg_compress_struct *jpeg = &job->jpeg;

	jpeg_create_compress(jpeg);
	job->sink.init_destination = sink_start;
	job->sink.empty_output_buffer = sink_flush;
	job->sink.term_destination = sink_finish;
	jpeg->dest = &job->sink;
	jpeg->image_width = (JDIMENSION)job->image->width;
	jpeg->image_height = (JDIMENSION)job->image->height;
	jpeg->input_components = 3;
	jpeg->in_color_space = JCS_RGB;
	jpeg_set_defaults(jpeg);
	jpeg_set_quality(jpeg, job->quality, TRUE);
	jpeg_start_compress(jpeg, TRUE);
	while (jpeg->next_scanline < jpeg->image_height) {
		/* libjpeg takes rows without const and only reads them. */
		JSAMPROW row =
		    (JSAMPROW)(uintptr_t)(job->image->rgb +
					  (ptrdiff_t)jpeg->next_scanline * job->image->stride);

		jpeg_write_scanlines(jpeg, &row, 1);
	}
	jpeg_finish_compress(jpeg);
}

/* Apart, so that no local variable changes between setjmp and longjmp. */
static bool compressed(struct job *job)
{
	job->jpeg.err = jpeg_std_error(&job->errors);
	job->jpeg.client_data = job;
	job->errors.error_exit = on_error;
	if (setjmp(job->jump))
		return false;
	compress(job);
	return true;
}

tanu_status image_write_jpeg(struct buf *out, const tanu_pixels *image, int quality,
			     tanu_error *err)
{
	struct job job = {.image = image, .quality = quality};
	tanu_status st = TANU_OK;

	if (!compressed(&job))
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory to write a JPEG");
	jpeg_destroy_compress(&job.jpeg);
	if (st >= 0)
		st = buf_check(&job.bytes, err);
	if (st >= 0) {
		buf_put(out, job.bytes.data, job.bytes.len);
		st = buf_check(out, err);
	}
	buf_wipe(&job.bytes);
	mem_wipe(job.chunk, sizeof(job.chunk));
	return st;
}
