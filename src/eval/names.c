/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered names, and the photographs of a folder. */
#include "eval/eval.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIRST_CAP 1024

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
	const char *below; /* path below `dir` of the folder being walked; "" for itself */
	size_t depth;
	bool loose; /* pictures of `dir` itself count too */
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

static tanu_status take(void *self, const char *name, tanu_error *err);

static tanu_status walk_folder(struct walk *w, tanu_error *err)
{
	char path[OS_PATH_MAX];
	tanu_status st;

	if (!*w->below)
		return os_list_dir(w->dir, take, w, err);
	if ((st = os_path(path, sizeof(path), w->dir, w->below, err)) < 0)
		return st;
	return os_list_dir(path, take, w, err);
}

/* A picture is taken, a folder walked; the depth ends circles of links. */
static tanu_status take(void *self, const char *name, tanu_error *err)
{
	const struct walk *w = self;
	struct walk inner = *w;
	char below[OS_PATH_MAX], path[OS_PATH_MAX];
	size_t index;
	tanu_status st;

	if (!*w->below)
		st = os_path(path, sizeof(path), w->dir, name, err);
	else if ((st = os_path(below, sizeof(below), w->below, name, err)) == TANU_OK)
		st = os_path(path, sizeof(path), w->dir, below, err);
	if (st < 0)
		return st;
	inner.below = *w->below ? below : name;
	if (os_is_dir(path)) {
		inner.depth++;
		return inner.depth > WALK_DEPTH_MAX ? TANU_OK : walk_folder(&inner, err);
	}
	if (!looks_like_a_picture(name) || (w->depth == 0 && !w->loose))
		return TANU_OK;
	return name_list_add(w->photos, &index, inner.below, err);
}

tanu_status walk_photos(struct name_list *photos, const char *dir, tanu_error *err)
{
	struct walk w = {.photos = photos, .dir = dir, .below = ""};

	return walk_folder(&w, err);
}

tanu_status walk_pictures(struct name_list *photos, const char *dir, tanu_error *err)
{
	struct walk w = {.photos = photos, .dir = dir, .below = "", .loose = true};

	return walk_folder(&w, err);
}
