/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resident memory over many frames: bench_face_soak [--json] [FRAMES], 2,000 unless said otherwise.
 * Frames of different sizes, with a face and without; every tenth is embedded. Fails when memory
 * has grown by more than 2 MiB since the warm-up.
 */
#include "face/face.h"

#include "memory.h"
#include "photo.h"

#define WARM_UP	  200
#define GROWTH_KB 2048

/* One piece of the sheet of faces, as a frame: 0 a portrait, 1 a row, 2 nobody. */
static tanu_pixels frame_of(const tanu_image *sheet, size_t i)
{
	static const struct {
		int32_t x, y, width, height;
	} parts[] = {
	    {1, 284, 104, 104}, {0, 280, 640, 480}, {0, 250, 640, 24}, {108, 284, 104, 104}};
	size_t part = i % ARRAY_LEN(parts);
	tanu_pixels px = tanu_image_pixels(sheet);

	px.rgb += parts[part].y * px.stride + (ptrdiff_t)3 * parts[part].x;
	px.width = parts[part].width;
	px.height = parts[part].height;
	return px;
}

static tanu_status soak(tanu_session *session, const tanu_image *sheet, size_t frames, bool json,
			long *grown, tanu_error *err)
{
	static tanu_faces faces;
	tanu_embedding e;
	long start = 0;

	for (size_t i = 0; i < frames + WARM_UP; i++) {
		tanu_pixels px = frame_of(sheet, i);
		tanu_status st = tanu_analyse(session, &faces, &px, err);

		if (st == TANU_OK && faces.count > 0 && i % 10 < 2)
			st = tanu_embed(session, &e, &px, &faces.face[faces.chosen], err);
		if (st < 0)
			return st;
		if (i + 1 == WARM_UP)
			start = resident_kb(0);
		if (!json && i >= WARM_UP &&
		    (i + 1 - WARM_UP) % (frames / 10 ? frames / 10 : 1) == 0)
			printf("%8zu frames: %ld kB resident, %+ld kB\n", i + 1 - WARM_UP,
			       resident_kb(0), resident_kb(0) - start);
	}
	*grown = resident_kb(0) - start;
	return TANU_OK;
}

int main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	size_t frames = argc > 1 + json ? strtoul(argv[1 + json], NULL, 10) : 2000;
	tanu_engine *engine = NULL;
	tanu_session *session = NULL;
	tanu_image *sheet = NULL;
	double resident = 0;
	long grown = 0;
	tanu_error err = {0};
	tanu_status st;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if ((st = photo_read(&sheet, TANU_SOURCE_DIR "/.deps/demo/screenshot-facematch.jpg",
			     &err)) < 0 ||
	    (st = tanu_engine_open(&engine, NULL, &err)) < 0 ||
	    (st = tanu_session_open(&session, engine, NULL, &err)) < 0)
		goto out;
	st = soak(session, sheet, frames, json, &grown, &err);
	resident = (double)resident_kb(0) / 1024;
out:
	tanu_session_close(&session);
	tanu_engine_close(&engine);
	tanu_image_free(&sheet);
	if (st < 0)
		return bench_fail(&err);
	if (json)
		printf("{\"frames\":%zu,\"resident_mb\":%.1f,\"grown_kb\":%ld}\n", frames, resident,
		       grown);
	if (grown > GROWTH_KB) {
		fprintf(stderr, "memory grew by %ld kB\n", grown);
		return 1;
	}
	return 0;
}
