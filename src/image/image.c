/* SPDX-License-Identifier: Apache-2.0 */
/* The image type: who owns the pixels, and how they go away. */
#include "image/image.h"

#include <stdlib.h>

static void release_heap(uint8_t *rgb, size_t rgb_len)
{
	(void)rgb_len;
	free(rgb);
}

tanu_status image_new(tanu_image **out, int32_t width, int32_t height, tanu_error *err)
{
	tanu_image *image;

	if (width < 1 || height < 1 || width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX)
		return BAD_CALL(err, "an image has 1 to 65535 px a side");
	image = calloc(1, sizeof(*image));
	if (!image)
		goto no_memory;
	image->width = width;
	image->height = height;
	image->rgb_len = (size_t)width * (size_t)height * 3;
	image->release = release_heap;
	image->rgb = calloc(image->rgb_len, 1);
	if (!image->rgb)
		goto no_memory;
	*out = image;
	return TANU_OK;

no_memory:
	free(image);
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for %d x %d px", width,
			 height);
}

void tanu_image_free(tanu_image **image)
{
	if (!image || !*image)
		return;
	mem_wipe((*image)->rgb, (*image)->rgb_len);
	(*image)->release((*image)->rgb, (*image)->rgb_len);
	free(*image);
	*image = NULL;
}

tanu_pixels tanu_image_pixels(const tanu_image *image)
{
	return (tanu_pixels){
	    .rgb = image->rgb,
	    .width = image->width,
	    .height = image->height,
	    .stride = (ptrdiff_t)image->width * 3,
	};
}
