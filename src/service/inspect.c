/* SPDX-License-Identifier: Apache-2.0 */
/* A photograph with what was found drawn into it, for the eye of the person who asked. */
#include "service/service.h"

#include "image/image.h"

#include <string.h>

#define CHOSEN_COLOUR	       0x00C853u
#define OTHER_COLOUR	       0xFFAB00u
#define LANDMARK_COLOUR	       0x2979FFu
#define ANNOTATED_JPEG_QUALITY 90

static tanu_status copy_image(tanu_image **out, const tanu_image *image, tanu_error *err)
{
	tanu_pixels from = tanu_image_pixels(image);
	size_t row = (size_t)from.width * 3;
	tanu_status st = image_new(out, from.width, from.height, err);

	for (int32_t y = 0; y < from.height && st == TANU_OK; y++)
		memcpy((*out)->rgb + (size_t)y * row, from.rgb + y * from.stride, row);
	return st;
}

/* Lines and dots that can be seen on a photograph of any size. */
static void draw_face(tanu_image *image, const tanu_face *face, uint32_t colour)
{
	float side = face->box[2] - face->box[0];
	int pen = side > 200 ? 3 : side > 80 ? 2 : 1;

	image_draw_box(image, face->box, colour, pen);
	for (int i = 0; i < TANU_LANDMARKS && face->measured; i++)
		image_draw_dot(image, face->landmarks[i][0], face->landmarks[i][1], LANDMARK_COLOUR,
			       pen - 1);
}

tanu_status service_annotate(struct buf *jpeg, const tanu_image *image, const tanu_faces *faces,
			     tanu_error *err)
{
	tanu_image *drawn = NULL;
	tanu_pixels pixels;
	tanu_status st = copy_image(&drawn, image, err);

	if (st < 0)
		goto out;
	for (size_t i = 0; i < faces->count; i++)
		draw_face(drawn, &faces->face[i],
			  i == faces->chosen ? CHOSEN_COLOUR : OTHER_COLOUR);
	pixels = tanu_image_pixels(drawn);
	st = image_write_jpeg(jpeg, &pixels, ANNOTATED_JPEG_QUALITY, err);
out:
	tanu_image_free(&drawn);
	return st;
}
