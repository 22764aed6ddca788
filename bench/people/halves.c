/* SPDX-License-Identifier: Apache-2.0 */
#include "people/halves.h"

#include "crypto/crypto.h"
#include "photo.h"

struct walk {
	struct halves *halves;
	const bool *half;
	tanu_status (*each)(struct look *look, tanu_error *err);
	void *self;
};

static tanu_status number_people(struct halves *h, tanu_error *err)
{
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < h->photos.len && st == TANU_OK; i++) {
		uint8_t digest[DIGEST_LEN];
		char person[256];

		snprintf(person, sizeof(person), "%.*s", (int)strcspn(h->photos.names[i], "/"),
			 h->photos.names[i]);
		sha256(digest, person, strlen(person));
		h->tuning[i] = digest[0] < 128;
		st = name_list_add(&h->people, &h->person[i], person, err);
	}
	return st;
}

/* gender.csv: "NAME_0001,female". The one label of this set; nothing is tuned by it. */
static void read_gender(struct halves *h)
{
	struct buf text = {0};
	char path[1100], row[300];

	snprintf(path, sizeof(path), "%s/gender.csv", h->folder);
	if (os_read_file(&text, path, 1 << 20, NULL) == TANU_OK)
		for (size_t i = 0; i < h->photos.len; i++) {
			const char *photo = strchr(h->photos.names[i], '/') + 1, *at;

			snprintf(row, sizeof(row), "\n%.*s,", (int)strcspn(photo, "."), photo);
			at = strstr(buf_cstr(&text), row);
			h->gender[i] = at ? at[strlen(row)] : '\0';
		}
	buf_free(&text);
}

static tanu_status open_engine(struct halves *h, const tanu_session_options *options,
			       tanu_error *err)
{
	tanu_status st = tanu_engine_open(&h->engine, NULL, err);

	for (size_t i = 0; i < BENCH_WORKERS && st == TANU_OK; i++)
		st = tanu_session_open(&h->session[i], h->engine, options, err);
	return st;
}

bool halves_open(struct halves *out, const tanu_session_options *options, tanu_error *err)
{
	struct halves *h = out;
	char images[1100];
	size_t n;

	*h = (struct halves){0};
	if (!data_folder(h->folder, sizeof(h->folder), "lfw-dev"))
		return false;
	snprintf(images, sizeof(images), "%s/images", h->folder);
	if (walk_photos(&h->photos, images, err) < 0)
		return false;
	n = h->photos.len;
	h->person = calloc(n, sizeof(*h->person));
	h->tuning = calloc(n, sizeof(*h->tuning));
	h->gender = calloc(n, 1);
	if (!h->person || !h->tuning || !h->gender) {
		tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		return false;
	}
	if (number_people(h, err) < 0)
		return false;
	read_gender(h);
	return open_engine(h, options, err) == TANU_OK;
}

void halves_close(struct halves *h)
{
	for (size_t i = 0; i < BENCH_WORKERS; i++)
		tanu_session_close(&h->session[i]);
	tanu_engine_close(&h->engine);
	name_list_free(&h->photos);
	name_list_free(&h->people);
	free(h->person);
	free(h->tuning);
	free(h->gender);
}

static tanu_status look_at(void *self, size_t worker, size_t item, tanu_error *err)
{
	struct walk *w = self;
	struct halves *h = w->halves;
	struct look look = {
	    .halves = h, .session = h->session[worker], .photo = item, .self = w->self};
	char path[1500];
	tanu_status st;

	if (w->half && *w->half != h->tuning[item])
		return TANU_OK;
	snprintf(path, sizeof(path), "%s/images/%s", h->folder, h->photos.names[item]);
	if ((st = photo_read(&look.image, path, err)) < 0)
		return st;
	look.pixels = tanu_image_pixels(look.image);
	st = tanu_analyse(look.session, &look.faces, &look.pixels, err);
	look.face = &look.faces.face[look.faces.chosen];
	if (st == TANU_OK && look.faces.count > 0)
		st = w->each(&look, err);
	tanu_image_free(&look.image);
	return st;
}

tanu_status halves_look(struct halves *h, const bool *half,
			tanu_status (*each)(struct look *look, tanu_error *err), void *self,
			tanu_error *err)
{
	struct walk w = {.halves = h, .half = half, .each = each, .self = self};

	return os_parallel(BENCH_WORKERS, h->photos.len, look_at, &w, err);
}
