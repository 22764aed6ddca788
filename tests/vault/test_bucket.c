/* SPDX-License-Identifier: Apache-2.0 */
/* The bucket format: a good sample, then one test per damaged field. */
#include "vault/fixture.h"

#include "vault/bucket.h"

#define NUMBER	3
#define ENTRIES 5 /* two people of bucket 3 */

/* Offsets in the header and in the payload; docs/keys.md. */
enum { AT_MAGIC = 0, AT_VERSION = 8, AT_NUMBER = 10, AT_GENERATION = 12, AT_SEALED_LEN = 28 };
enum { AT_COUNT = 0, AT_FIRST = 4, AT_KIND = 16, AT_QUARTER = 18 };

struct sample {
	struct secret kek;
	struct keyset set;
	struct buf file;
	uint8_t *payload;
	size_t payload_len;
};

static void fill_set(struct keyset *set)
{
	tanu_id first = person(NUMBER, 1);
	tanu_id second = person(NUMBER, 2);
	struct key_name names[ENTRIES];

	four_keys(names, &first);
	names[4] = key_of(&second, KEY_PROFILE);
	assert_int_equal(keyset_init(set, ENTRIES, NULL), TANU_OK);
	for (unsigned i = 0; i < ENTRIES; i++) {
		struct secret key;

		memset(key.b, (int)(0xA0 + i), sizeof(key.b));
		keyset_append(set, &names[i], &key);
	}
}

static int make_sample(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));
	struct bucket_header header = {.number = NUMBER, .generation = 7, .sequence = 42};
	struct random_source random = os_random();

	if (!s || crypto_init(NULL) < 0)
		return -1;
	random_fill(&random, s->kek.b, sizeof(s->kek.b));
	fill_set(&s->set);
	if (bucket_seal(&s->file, &header, &s->set, &s->kek, &random, NULL) < 0)
		return -1;
	s->payload_len = bucket_payload_len(ENTRIES);
	s->payload = malloc(s->payload_len);
	if (!s->payload)
		return -1;
	bucket_put_payload(s->payload, &s->set);
	*state = s;
	return 0;
}

static int drop_sample(void **state)
{
	struct sample *s = *state;

	keyset_free(&s->set);
	buf_free(&s->file);
	free(s->payload);
	free(s);
	return 0;
}

static void assert_same_keys(const struct keyset *a, const struct keyset *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(key_name_compare(&a->names[i], &b->names[i]), 0);
		assert_true(secret_equal(&a->keys[i], &b->keys[i]));
	}
}

static void reads_back_what_it_wrote(void **state)
{
	struct sample *s = *state;
	struct bucket_header header = {0};
	struct keyset set = {0};

	assert_int_equal(s->file.len, BUCKET_HEADER_LEN + BUCKET_PAD + SEAL_OVERHEAD);
	assert_int_equal(bucket_read_header(&header, s->file.data, s->file.len, NUMBER, NULL),
			 TANU_OK);
	assert_int_equal(header.number, NUMBER);
	assert_int_equal(header.generation, 7);
	assert_int_equal(header.sequence, 42);
	assert_int_equal(bucket_open(&set, &header, s->file.data, &s->kek, NULL), TANU_OK);
	assert_same_keys(&set, &s->set);
	keyset_free(&set);
}

static void finds_only_the_names_it_holds(void **state)
{
	struct sample *s = *state;
	tanu_id second = person(NUMBER, 2);

	for (unsigned kind = KEY_BIO; kind <= KEY_LOG; kind++) {
		struct key_name name = key_of(&second, (enum key_kind)kind);

		assert_int_equal(keyset_find(&s->set, &name) != NULL, kind == KEY_PROFILE);
	}
	assert_null(keyset_find(&(struct keyset){0}, &s->set.names[0]));
}

/* The size must not tell that one person came or went. */
static void has_a_size_in_whole_steps(void **state)
{
	(void)state;
	for (size_t n = 0; n < 2000; n++) {
		size_t len = bucket_payload_len(n);

		assert_int_equal(len % BUCKET_PAD, 0);
		assert_true(len >= 4 + n * BUCKET_ENTRY_LEN);
		assert_true(len < 4 + n * BUCKET_ENTRY_LEN + BUCKET_PAD);
	}
	assert_int_equal(bucket_payload_len(0), bucket_payload_len(315));
}

static void puts_a_person_into_the_bucket_of_her_first_digit(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		tanu_id id = {{(uint8_t)first, 0xFF}};
		char hex[ID_HEX_LEN], digit[2] = {0}, name[BUCKET_NAME_LEN];

		id_hex(hex, &id);
		digit[0] = hex[0];
		assert_int_equal(bucket_of(&id), strtoul(digit, NULL, 16));
		bucket_name(name, bucket_of(&id));
		assert_int_equal(name[8], hex[0]);
	}
}

static void refuse_file(const struct sample *s, size_t len, unsigned number, const char *reason)
{
	struct bucket_header header = {.generation = 99};
	tanu_error err = {0};

	assert_int_equal(bucket_read_header(&header, s->file.data, len, number, &err),
			 TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_KEYS_DAMAGED);
	assert_non_null(strstr(err.message, reason));
	assert_int_equal(header.generation, 99);
}

static void refuses_another_magic(void **state)
{
	struct sample *s = *state;

	for (size_t i = 0; i < 8; i++) {
		s->file.data[AT_MAGIC + i] ^= 1;
		refuse_file(s, s->file.len, NUMBER, "does not begin as a key bucket");
		s->file.data[AT_MAGIC + i] ^= 1;
	}
}

static void refuses_another_version(void **state)
{
	struct sample *s = *state;

	s->file.data[AT_VERSION] = 2;
	refuse_file(s, s->file.len, NUMBER, "version");
}

static void refuses_another_bucket_number(void **state)
{
	struct sample *s = *state;

	refuse_file(s, s->file.len, NUMBER + 1, "another bucket");
	s->file.data[AT_NUMBER]++;
	refuse_file(s, s->file.len, NUMBER, "another bucket");
	s->file.data[AT_NUMBER]--;
	s->file.data[AT_NUMBER + 1]++;
	refuse_file(s, s->file.len, NUMBER, "another bucket");
}

static void refuses_no_generation(void **state)
{
	struct sample *s = *state;

	memset(s->file.data + AT_GENERATION, 0, 8);
	refuse_file(s, s->file.len, NUMBER, "no generation");
}

static void refuses_a_length_that_is_not_the_files(void **state)
{
	struct sample *s = *state;

	s->file.data[AT_SEALED_LEN]++;
	refuse_file(s, s->file.len, NUMBER, "length");
	s->file.data[AT_SEALED_LEN]--;
	refuse_file(s, s->file.len - 1, NUMBER, "length");
	memset(s->file.data + AT_SEALED_LEN, 0, 4);
	s->file.data[AT_SEALED_LEN] = SEAL_OVERHEAD;
	refuse_file(s, BUCKET_HEADER_LEN + SEAL_OVERHEAD, NUMBER, "length");
	memset(s->file.data + AT_SEALED_LEN, 0, 4);
	refuse_file(s, BUCKET_HEADER_LEN, NUMBER, "length");
	for (size_t len = 0; len < BUCKET_HEADER_LEN; len++)
		refuse_file(s, len, NUMBER, "does not begin");
}

/* The header is associated data: a number that reads well but was changed does not open. */
static void refuses_to_open_under_a_changed_header(void **state)
{
	struct sample *s = *state;

	for (size_t i = AT_NUMBER; i < AT_SEALED_LEN; i++) {
		struct bucket_header header = {0};
		struct keyset set = {0};
		tanu_error err = {0};

		assert_int_equal(
		    bucket_read_header(&header, s->file.data, s->file.len, NUMBER, NULL), TANU_OK);
		s->file.data[i] ^= 0x10;
		assert_int_equal(bucket_open(&set, &header, s->file.data, &s->kek, &err),
				 TANU_DAMAGED);
		assert_string_equal(err.place, "bucket-03");
		assert_null(set.names);
		s->file.data[i] ^= 0x10;
	}
}

static void refuses_another_key(void **state)
{
	struct sample *s = *state;
	struct bucket_header header = {0};
	struct keyset set = {0};

	assert_int_equal(bucket_read_header(&header, s->file.data, s->file.len, NUMBER, NULL),
			 TANU_OK);
	s->kek.b[0] ^= 1;
	assert_int_equal(bucket_open(&set, &header, s->file.data, &s->kek, NULL), TANU_DAMAGED);
}

static void refuse_payload(const struct sample *s, size_t len, const char *reason)
{
	struct keyset set = {0};
	tanu_error err = {0};

	assert_int_equal(bucket_read_payload(&set, s->payload, len, NUMBER, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_KEYS_DAMAGED);
	assert_non_null(strstr(err.message, reason));
	assert_null(set.names);
}

static void takes_the_undamaged_payload(void **state)
{
	struct sample *s = *state;
	struct keyset set = {0};

	assert_int_equal(bucket_read_payload(&set, s->payload, s->payload_len, NUMBER, NULL),
			 TANU_OK);
	assert_same_keys(&set, &s->set);
	keyset_free(&set);
}

static void refuses_a_count_that_does_not_fit_the_length(void **state)
{
	struct sample *s = *state;

	s->payload[AT_COUNT + 3] = 0xFF;
	refuse_payload(s, s->payload_len, "length");
	s->payload[AT_COUNT + 3] = 0;
	refuse_payload(s, s->payload_len - 1, "length");
	refuse_payload(s, 3, "length");
	refuse_payload(s, 0, "length");
	s->payload[AT_COUNT] = ENTRIES + 1; /* fits: a sixth entry of zeros */
	refuse_payload(s, s->payload_len, "no right name");
	s->payload[AT_COUNT] = ENTRIES - 1; /* fits: the fifth lies in the padding */
	refuse_payload(s, s->payload_len, "no right name");
}

static void refuses_a_person_of_another_bucket(void **state)
{
	struct sample *s = *state;

	s->payload[AT_FIRST] ^= 0x10;
	refuse_payload(s, s->payload_len, "no right name");
}

static void refuses_an_unknown_kind(void **state)
{
	struct sample *s = *state;

	s->payload[AT_FIRST + AT_KIND] = 0;
	refuse_payload(s, s->payload_len, "no right name");
	s->payload[AT_FIRST + 4 * BUCKET_ENTRY_LEN + AT_KIND] = 5;
	s->payload[AT_FIRST + AT_KIND] = KEY_BIO;
	refuse_payload(s, s->payload_len, "no right name");
	s->payload[AT_FIRST + 4 * BUCKET_ENTRY_LEN + AT_KIND] = KEY_PROFILE;
	s->payload[AT_FIRST + AT_KIND + 1] = 1;
	refuse_payload(s, s->payload_len, "no right name");
}

static void refuses_a_quarter_where_none_belongs_and_none_where_one_does(void **state)
{
	struct sample *s = *state;

	s->payload[AT_FIRST + AT_QUARTER] = 1;
	refuse_payload(s, s->payload_len, "no right name");
	s->payload[AT_FIRST + AT_QUARTER] = 0;
	memset(s->payload + AT_FIRST + 2 * BUCKET_ENTRY_LEN + AT_QUARTER, 0, 2);
	refuse_payload(s, s->payload_len, "no right name");
}

static void refuses_names_twice_or_out_of_order(void **state)
{
	struct sample *s = *state;
	uint8_t *first = s->payload + AT_FIRST;
	uint8_t *second = first + BUCKET_ENTRY_LEN;
	uint8_t swap[BUCKET_ENTRY_LEN];

	memcpy(swap, first, sizeof(swap));
	memcpy(first, second, sizeof(swap));
	refuse_payload(s, s->payload_len, "out of order");
	memcpy(second, swap, sizeof(swap));
	refuse_payload(s, s->payload_len, "out of order");
}

static void refuses_anything_in_the_padding(void **state)
{
	struct sample *s = *state;
	size_t start = AT_FIRST + ENTRIES * BUCKET_ENTRY_LEN;

	for (size_t i = start; i < s->payload_len; i += 997) {
		s->payload[i] = 1;
		refuse_payload(s, s->payload_len, "no right name");
		s->payload[i] = 0;
	}
	s->payload[s->payload_len - 1] = 1;
	refuse_payload(s, s->payload_len, "no right name");
}

#define SAMPLE_TEST(name) cmocka_unit_test_setup_teardown(name, make_sample, drop_sample)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SAMPLE_TEST(reads_back_what_it_wrote),
	    SAMPLE_TEST(finds_only_the_names_it_holds),
	    SAMPLE_TEST(has_a_size_in_whole_steps),
	    SAMPLE_TEST(puts_a_person_into_the_bucket_of_her_first_digit),
	    SAMPLE_TEST(refuses_another_magic),
	    SAMPLE_TEST(refuses_another_version),
	    SAMPLE_TEST(refuses_another_bucket_number),
	    SAMPLE_TEST(refuses_no_generation),
	    SAMPLE_TEST(refuses_a_length_that_is_not_the_files),
	    SAMPLE_TEST(refuses_to_open_under_a_changed_header),
	    SAMPLE_TEST(refuses_another_key),
	    SAMPLE_TEST(takes_the_undamaged_payload),
	    SAMPLE_TEST(refuses_a_count_that_does_not_fit_the_length),
	    SAMPLE_TEST(refuses_a_person_of_another_bucket),
	    SAMPLE_TEST(refuses_an_unknown_kind),
	    SAMPLE_TEST(refuses_a_quarter_where_none_belongs_and_none_where_one_does),
	    SAMPLE_TEST(refuses_names_twice_or_out_of_order),
	    SAMPLE_TEST(refuses_anything_in_the_padding),
	};

	return cmocka_run_group_tests_name("vault/bucket", tests, NULL, NULL);
}
