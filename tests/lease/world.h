/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - a site and a gate that know each other, and a lease between them; nobody real in it. */
#ifndef TESTS_LEASE_WORLD_H
#define TESTS_LEASE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lease/inside.h"
#include "lease/spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(call)                                                                       \
	do {                                                                             \
		tanu_error must_err = {0};                                               \
		tanu_error *err = &must_err;                                             \
		tanu_status must_st = (call);                                            \
                                                                                         \
		(void)err;                                                               \
		if (must_st != TANU_OK)                                                  \
			fail_msg("%s: %s: %s", #call, must_err.place, must_err.message); \
	} while (0)

#define REFUSES(code_, call)                                                                 \
	do {                                                                                 \
		tanu_error must_err = {0};                                                   \
		tanu_error *err = &must_err;                                                 \
                                                                                             \
		assert_true((call) < 0);                                                     \
		assert_string_equal(tanu_error_name(must_err.code), tanu_error_name(code_)); \
		assert_true(strlen(must_err.message) > 10);                                  \
	} while (0)

#define T0 ((int64_t)1790000000000) /* a morning in 2026 */

struct world {
	struct random_source random;
	struct secret site_sign, site_box, gate_sign, gate_box;
	struct lease_pair pair;
	struct lease_keys keys;
	struct lease *lease;
	char root[64]; /* a folder of this test */
};

int world_setup(void **state);
int world_teardown(void **state);
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

tanu_id id_of(uint8_t n);
tanu_reference reference_of(uint32_t seed);
struct lease_entry entry_of(uint8_t person, uint32_t seed);
struct lease_person person_of(uint8_t person);
struct lease_card card_of(const struct world *w, uint8_t person, uint64_t number);
struct lease_zone zone_of(void);
/* Of three people with a reference and a card each; what the arrays hold stays static. */
struct lease_content content_of(struct world *w);
void document(struct world *w, struct buf *out, const struct lease_content *content);
tanu_status take(struct world *w, const struct buf *doc, tanu_error *err);

#endif
