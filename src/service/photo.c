/* SPDX-License-Identifier: Apache-2.0 */
/* Photographs that come in, from files or from memory. */
#include "service/internal.h"

void photos_of_paths(struct photograph *out, const char *const *paths, size_t len)
{
	for (size_t i = 0; i < len && i < SAMPLES_MAX; i++)
		out[i] = (struct photograph){.name = paths[i]};
}

tanu_status photo_decode(tanu_image **out, const struct photograph *photo,
			 const tanu_image_limits *limits, tanu_error *err)
{
	if (photo->bytes)
		return tanu_image_decode(out, photo->bytes, photo->len, photo->name, limits, err);
	return tanu_image_read(out, photo->name, limits, err);
}
