/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"

#include <string.h>

tanu_status lab_open(struct lab *lab, const tanu_session_options *options, tanu_error *err)
{
	tanu_status st = tanu_engine_open(&lab->engine, NULL, err);

	if (st < 0)
		return st;
	return tanu_session_open(&lab->session, lab->engine, options, err);
}

void lab_close(struct lab *lab)
{
	tanu_session_close(&lab->session);
	tanu_engine_close(&lab->engine);
}

tanu_status photo_read(struct photo *out, const char *path, tanu_error *err)
{
	out->path = path;
	return tanu_image_read(&out->image, path, NULL, err);
}

void photo_free(struct photo *photo)
{
	tanu_image_free(&photo->image);
	mem_wipe(&photo->faces, sizeof(photo->faces));
}

tanu_status photo_analyse(struct lab *lab, struct photo *photo, tanu_error *err)
{
	tanu_pixels pixels = tanu_image_pixels(photo->image);
	tanu_status st = tanu_analyse(lab->session, &photo->faces, &pixels, err);

	if (st < 0)
		return st;
	if (photo->faces.count == 0)
		return tanu_fail(
		    err, TANU_ERR_NO_FACE, photo->path,
		    "no face was found; use a photograph that shows the whole face from "
		    "the front, at least 40 px high");
	return TANU_OK;
}

tanu_status photo_paths_check(char *const *paths, size_t paths_len, tanu_error *err)
{
	size_t standard_input = 0;

	for (size_t i = 0; i < paths_len; i++)
		standard_input += strcmp(paths[i], "-") == 0;
	if (standard_input > 1)
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "\"-\" is standard input and can be read only once");
	return TANU_OK;
}
