/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a lease in plain bytes, as a signed document brings them: written back the same. */
#include "lease/inside.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_entries(const uint8_t *data, size_t size)
{
	static struct lease_entry entries[16];
	struct buf out = {0};
	struct rd r;
	uint32_t count;

	rd_init(&r, data, size);
	count = count_get(&r, ARRAY_LEN(entries));
	for (uint32_t i = 0; i < count; i++)
		entry_get(&r, &entries[i], false);
	if (rd_end(&r)) {
		gallery_put(&out, entries, count);
		if (out.len != size || memcmp(out.data, data, size) != 0)
			abort();
	}
	buf_free(&out);
}

static void try_cards(const uint8_t *data, size_t size)
{
	static struct lease_zone zone;
	struct lease_person people[16];
	struct lease_card cards[16];
	uint32_t people_len, cards_len;
	bool present = false;
	struct buf out = {0};
	struct rd r;

	rd_init(&r, data, size);
	zone_get(&r, &zone, &present);
	people_len = count_get(&r, ARRAY_LEN(people));
	for (uint32_t i = 0; i < people_len; i++)
		person_get(&r, &people[i]);
	cards_len = count_get(&r, ARRAY_LEN(cards));
	for (uint32_t i = 0; i < cards_len; i++)
		card_get(&r, &cards[i]);
	if (rd_end(&r)) {
		zone_put(&out, present ? &zone : NULL);
		cards_put(&out, people, people_len, cards, cards_len);
		if (out.len != size || memcmp(out.data, data, size) != 0)
			abort();
	}
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lease_head head;
	struct rd r;

	try_entries(data, size);
	try_cards(data, size);
	rd_init(&r, data, size);
	lease_head_get(&r, &head, 'D');
	return 0;
}
