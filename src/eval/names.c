/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered names, and the photographs of a folder. */
#include "eval/eval.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PATH_MAX_BYTES 4096
#define FIRST_CAP      1024

/* FNV-1a. */
static size_t hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3u;
	return (size_t)h;
}

/* The slot of `name`, or the free one where it belongs. There is always a free one. */
static size_t *slot_of(const struct name_list *list, const char *name)
{
	size_t at = hash(name) % list->slots_len;

	while (list->slots[at] && strcmp(list->names[list->slots[at] - 1], name) != 0)
		at = (at + 1) % list->slots_len;
	return &list->slots[at];
}

/* Room for one more, with half of the slots free. */
static bool grow(struct name_list *list)
{
	size_t cap = list->cap ? list->cap * 2 : FIRST_CAP;
	char **names;
	size_t *slots;

	if (list->len < list->cap)
		return true;
	names = realloc(list->names, cap * sizeof(*names));
	if (!names)
		return false;
	list->names = names;
	slots = calloc(2 * cap, sizeof(*slots));
	if (!slots)
		return false;
	free(list->slots);
	list->slots = slots;
	list->slots_len = 2 * cap;
	list->cap = cap;
	for (size_t i = 0; i < list->len; i++)
		*slot_of(list, list->names[i]) = i + 1;
	return true;
}

tanu_status name_list_add(struct name_list *list, size_t *index, const char *name, tanu_error *err)
{
	char *copy = NULL;
	size_t *slot;

	if (!grow(list))
		goto no_memory;
	slot = slot_of(list, name);
	if (*slot == 0) {
		copy = strdup(name);
		if (!copy)
			goto no_memory;
		list->names[list->len++] = copy;
		*slot = list->len;
	}
	*index = *slot - 1;
	return TANU_OK;
no_memory:
	return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for %zu names",
			 list->len + 1);
}

bool name_list_find(const struct name_list *list, size_t *index, const char *name)
{
	size_t slot = list->len ? *slot_of(list, name) : 0;

	if (slot == 0)
		return false;
	*index = slot - 1;
	return true;
}

void name_list_free(struct name_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->names[i]);
	free(list->names);
	free(list->slots);
	*list = (struct name_list){0};
}

struct walk {
	struct name_list *photos;
	const char *dir;
	const char *person;		 /* NULL: among the people */
	char person_dir[PATH_MAX_BYTES]; /* dir/person */
};

static bool looks_like_a_picture(const char *name)
{
	static const char *const endings[] = {".jpg", ".jpeg", ".png", ".pgm", ".ppm"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(endings); i++)
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	return false;
}

static tanu_status take_photo(void *self, const char *name, tanu_error *err)
{
	struct walk *w = self;
	char photo[PATH_MAX_BYTES];
	size_t index;
	tanu_status st;

	if (!looks_like_a_picture(name))
		return TANU_OK;
	if ((st = os_path(photo, sizeof(photo), w->person, name, err)) < 0)
		return st;
	return name_list_add(w->photos, &index, photo, err);
}

static tanu_status take_person(void *self, const char *name, tanu_error *err)
{
	struct walk *w = self;
	tanu_status st = os_path(w->person_dir, sizeof(w->person_dir), w->dir, name, err);

	if (st < 0 || !os_is_dir(w->person_dir))
		return st;
	w->person = name;
	return os_list_dir(w->person_dir, take_photo, w, err);
}

tanu_status walk_photos(struct name_list *photos, const char *dir, tanu_error *err)
{
	struct walk w = {.photos = photos, .dir = dir};

	return os_list_dir(dir, take_person, &w, err);
}
