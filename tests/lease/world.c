/* SPDX-License-Identifier: Apache-2.0 */
#include "lease/world.h"

#include <unistd.h>

int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	MUST(crypto_init(err));
	w->random = os_random();
	w->random.fill(NULL, &w->site_sign, 4 * sizeof(struct secret));
	w->random.fill(NULL, &w->keys, sizeof(w->keys));
	w->pair.site = id_of(200);
	w->pair.gate = id_of(201);
	sign_public_key(w->pair.site_sign, &w->site_sign);
	box_public_key(w->pair.site_box, &w->site_box);
	MUST(lease_new(&w->lease, 8, &w->random, err));
	snprintf(w->root, sizeof(w->root), "%s/tanu-lease-XXXXXX",
		 os_is_dir("/dev/shm") ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(w->root));
	*state = w;
	return 0;
}

int world_teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	lease_free(&w->lease);
	snprintf(command, sizeof(command), "rm -rf '%s'", w->root);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

tanu_id id_of(uint8_t n)
{
	tanu_id id = {{0}};

	memset(id.b, n, sizeof(id.b));
	return id;
}

tanu_reference reference_of(uint32_t seed)
{
	tanu_embedding e = {.quality = 0.5F};
	tanu_reference out = {0};

	for (size_t i = 0; i < TANU_FEATURES; i++) {
		seed = seed * 1664525 + 1013904223;
		e.v[i] = ((float)(seed >> 8) / (float)(1 << 23) - 1) / 13;
	}
	MUST(tanu_reference_from(&out, &e, err));
	return out;
}

struct lease_entry entry_of(uint8_t person, uint32_t seed)
{
	tanu_reference reference = reference_of(seed);
	struct lease_entry e = {.subject = id_of(person),
				.form = LEASE_REFERENCE,
				.consent = id_of((uint8_t)(person + 100)),
				.sequence = 40U + person,
				.given_ms = T0 - 1000,
				.not_after_ms = T0 + 1000000,
				.material_len = TANU_REFERENCE_LEN};

	tanu_reference_encode(e.material, &reference);
	return e;
}

struct lease_person person_of(uint8_t person)
{
	struct lease_person p = {.subject = id_of(person), .allowed = true, .has_pin = true};

	memset(p.salt, person, sizeof(p.salt));
	memset(p.pin, person ^ 0x55, sizeof(p.pin));
	return p;
}

struct lease_card card_of(const struct world *w, uint8_t person, uint64_t number)
{
	struct lease_card c = {.state = LEASE_CARD_VALID,
			       .subject = id_of(person),
			       .from_ms = T0 - 1000,
			       .until_ms = T0 + 9000000};
	uint8_t bytes[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
			    (uint8_t)(number >> 8), (uint8_t)number};

	lease_card_digest(c.digest, &w->keys.cards, LEASE_CARD_BITS, bytes, 26);
	return c;
}

struct lease_zone zone_of(void)
{
	struct lease_zone z = {
	    .name = "gate",
	    .windows_len = 2,
	    .window = {"mon-fri 07:00-18:00 card+face card+pin", "holiday 10:00-11:00 card+guard"},
	    .holidays_len = 1,
	    .holiday = {{2026, 12, 16}},
	    .passback = 1,
	    .guard_release = true,
	    .threshold = {.score = 0.408F, .fmr = 1e-4},
	    .fused_score = 0.429F};

	memset(z.model, 7, sizeof(z.model));
	return z;
}

struct lease_content content_of(struct world *w)
{
	static struct lease_entry entries[3];
	static struct lease_person people[3];
	static struct lease_card cards[3];
	static struct lease_zone zone;

	zone = zone_of();
	for (uint8_t i = 0; i < 3; i++) {
		entries[i] = entry_of((uint8_t)(3 - i), i); /* in no order */
		people[i] = person_of((uint8_t)(3 - i));
		cards[i] = card_of(w, (uint8_t)(3 - i), 1000U + i);
	}
	return (struct lease_content){.head = {.kind = LEASE_FULL,
					       .site = w->pair.site,
					       .gate = w->pair.gate,
					       .series = id_of(9),
					       .issued_ms = T0,
					       .not_after_ms = T0 + 345600000},
				      .zone = &zone,
				      .entries = entries,
				      .entries_len = 3,
				      .people = people,
				      .people_len = 3,
				      .cards = cards,
				      .cards_len = 3};
}

void document(struct world *w, struct buf *out, const struct lease_content *content)
{
	uint8_t to[BOX_KEY_LEN];

	box_public_key(to, &w->gate_box);
	MUST(lease_write(out, content, &w->keys, &w->site_sign, to, &w->random, err));
}

tanu_status take(struct world *w, const struct buf *doc, tanu_error *err)
{
	struct lease_news news = {0};
	tanu_status st = lease_apply(w->lease, &news, doc->data, doc->len, &w->pair, &w->gate_box,
				     &w->keys, err);

	lease_news_free(&news);
	return st;
}
