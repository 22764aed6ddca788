/* SPDX-License-Identifier: Apache-2.0 */
#include "service/internal.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more of `size` bytes in a growing array. */
static tanu_status grow(void **v, size_t len, size_t *cap, size_t size, tanu_error *err)
{
	size_t more = *cap ? *cap * 2 : 16;
	void *p;

	if (len < *cap)
		return TANU_OK;
	p = realloc(*v, more * size);
	if (!p)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory for a list");
	*v = p;
	*cap = more;
	return TANU_OK;
}

tanu_status id_list_add(struct id_list *list, const tanu_id *id, tanu_error *err)
{
	void *v = list->v;
	tanu_status st = grow(&v, list->len, &list->cap, sizeof(*list->v), err);

	list->v = v;
	if (st == TANU_OK)
		list->v[list->len++] = *id;
	return st;
}

static int id_order(const void *a, const void *b)
{
	return memcmp(((const tanu_id *)a)->b, ((const tanu_id *)b)->b, TANU_ID_LEN);
}

void id_list_sort(struct id_list *list)
{
	if (list->len)
		qsort(list->v, list->len, sizeof(*list->v), id_order);
}

bool id_list_has(const struct id_list *sorted, const tanu_id *id)
{
	return sorted->len &&
	       bsearch(id, sorted->v, sorted->len, sizeof(*sorted->v), id_order) != NULL;
}

void id_list_free(struct id_list *list)
{
	free(list->v);
	*list = (struct id_list){0};
}

tanu_status consent_list_add(struct consent_list *list, const tanu_consent *c, tanu_error *err)
{
	void *v = list->v;
	tanu_status st = grow(&v, list->len, &list->cap, sizeof(*list->v), err);

	list->v = v;
	if (st == TANU_OK)
		list->v[list->len++] = *c;
	return st;
}

void consent_list_free(struct consent_list *list)
{
	free(list->v);
	*list = (struct consent_list){0};
}

tanu_status key_list_add(struct key_list *list, const tanu_id *subject, enum key_kind kind,
			 uint16_t quarter, tanu_error *err)
{
	void *v = list->v;
	tanu_status st = grow(&v, list->len, &list->cap, sizeof(*list->v), err);

	list->v = v;
	if (st == TANU_OK)
		list->v[list->len++] =
		    (struct key_name){.subject = *subject, .kind = kind, .quarter = quarter};
	return st;
}

void key_list_free(struct key_list *list)
{
	free(list->v);
	*list = (struct key_list){0};
}
