/* SPDX-License-Identifier: Apache-2.0 */
/* Published vectors, and what a seal must refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "os/os.h"

#include <stdlib.h>
#include <string.h>

static size_t unhex(uint8_t *out, const char *hex)
{
	size_t len = strlen(hex) / 2;

	assert_true(hex_decode(out, len, hex));
	return len;
}

static void assert_hex(const uint8_t *bytes, size_t len, const char *hex)
{
	uint8_t want[256];

	assert_int_equal(unhex(want, hex), len);
	assert_memory_equal(bytes, want, len);
}

/* FIPS 180-4: the two examples of NIST's "SHA256.pdf", the empty message, a million times "a". */
static void hashes_the_messages_of_fips_180(void **state)
{
	static const struct {
		const char *message, *digest;
	} samples[] = {
	    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	uint8_t digest[DIGEST_LEN];
	char *million = malloc(1000000);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		sha256(digest, samples[i].message, strlen(samples[i].message));
		assert_hex(digest, sizeof(digest), samples[i].digest);
	}
	assert_non_null(million);
	memset(million, 'a', 1000000);
	sha256(digest, million, 1000000);
	assert_hex(digest, sizeof(digest),
		   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
	sha256(digest, NULL, 0);
	assert_hex(digest, sizeof(digest), samples[0].digest);
}

/* RFC 4231, cases 1 to 4, 6 and 7 (5 is about cut output). */
static void macs_the_messages_of_rfc_4231(void **state)
{
	static const struct {
		uint8_t key_byte;
		size_t key_len;
		const char *key, *data, *mac;
	} samples[] = {
	    {0x0b, 20, NULL, "4869205468657265",
	     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
	    {0, 4, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	    {0xaa, 20, NULL,
	     "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	     "dddddddddddddddddddddddddddddddd",
	     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
	    {0, 25, "0102030405060708090a0b0c0d0e0f10111213141516171819",
	     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
	     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
	    {0xaa, 131, NULL,
	     "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a6520"
	     "4b6579202d2048617368204b6579204669727374",
	     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
	    {0xaa, 131, NULL,
	     "5468697320697320612074657374207573696e672061206c6172676572207468616e"
	     "20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20"
	     "626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20"
	     "626520686173686564206265666f7265206265696e67207573656420627920746865"
	     "20484d414320616c676f726974686d2e",
	     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		uint8_t key[131], data[256], mac[MAC_LEN];
		size_t data_len = unhex(data, samples[i].data);

		memset(key, samples[i].key_byte, sizeof(key));
		if (samples[i].key)
			assert_int_equal(unhex(key, samples[i].key), samples[i].key_len);
		hmac_sha256(mac, key, samples[i].key_len, data, data_len);
		assert_hex(mac, sizeof(mac), samples[i].mac);
	}
}

/* RFC 5869, appendix A.1 and A.3; the first 32 of their 42 bytes are block T(1). */
static void derives_the_keys_of_rfc_5869(void **state)
{
	uint8_t ikm[22], salt[13];
	struct secret key;

	(void)state;
	memset(ikm, 0x0b, sizeof(ikm));
	unhex(salt, "000102030405060708090a0b0c");
	kdf(&key, ikm, sizeof(ikm), salt, sizeof(salt), "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9");
	assert_hex(key.b, sizeof(key.b),
		   "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
	kdf(&key, ikm, sizeof(ikm), NULL, 0, "");
	assert_hex(key.b, sizeof(key.b),
		   "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

static void fill_draft_nonce(void *self, void *out, size_t len)
{
	(void)self;
	for (size_t i = 0; i < len; i++)
		((uint8_t *)out)[i] = (uint8_t)(0x40 + i);
}

/* draft-irtf-cfrg-xchacha-03, appendix A.3.1. */
static void seals_the_sample_of_the_xchacha_draft(void **state)
{
	static const char plain[] =
	    "Ladies and Gentlemen of the class of '99: If I could offer you "
	    "only one tip for the future, sunscreen would be it.";
	const struct random_source nonce = {.fill = fill_draft_nonce};
	uint8_t out[sizeof(plain) - 1 + SEAL_OVERHEAD], ad[12];
	struct secret key;

	(void)state;
	for (size_t i = 0; i < SECRET_LEN; i++)
		key.b[i] = (uint8_t)(0x80 + i);
	unhex(ad, "50515253c0c1c2c3c4c5c6c7");
	assert_int_equal(
	    seal(out, sizeof(out), &key, plain, sizeof(plain) - 1, ad, sizeof(ad), &nonce, NULL),
	    TANU_OK);
	assert_hex(out, sizeof(out),
		   "404142434445464748494a4b4c4d4e4f5051525354555657"
		   "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
		   "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
		   "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
		   "21f9664c97637da9768812f615c68b13b52e"
		   "c0875924c1c7987947deafd8780acf49");
}

#define PLAIN_LEN 50

struct sealed_sample {
	struct secret key;
	uint8_t plain[PLAIN_LEN];
	uint8_t ad[20];
	uint8_t sealed[PLAIN_LEN + SEAL_OVERHEAD];
};

static void make_sealed_sample(struct sealed_sample *s)
{
	struct random_source random = os_random();

	random_fill(&random, s, sizeof(*s));
	assert_int_equal(seal(s->sealed, sizeof(s->sealed), &s->key, s->plain, PLAIN_LEN, s->ad,
			      sizeof(s->ad), &random, NULL),
			 TANU_OK);
}

static tanu_status open_sample(const struct sealed_sample *s, uint8_t plain[PLAIN_LEN],
			       size_t sealed_len, tanu_error *err)
{
	memset(plain, 0xEE, PLAIN_LEN);
	return seal_open(plain, PLAIN_LEN, &s->key, s->sealed, sealed_len, s->ad, sizeof(s->ad),
			 err);
}

static void assert_does_not_open(const struct sealed_sample *s, size_t sealed_len)
{
	static const uint8_t zero[PLAIN_LEN];
	uint8_t plain[PLAIN_LEN];
	tanu_error err = {0};

	assert_int_equal(open_sample(s, plain, sealed_len, &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_CRYPTO);
	assert_memory_equal(plain, zero, PLAIN_LEN);
}

static void opens_what_it_sealed(void **state)
{
	struct sealed_sample s;
	uint8_t plain[PLAIN_LEN];

	(void)state;
	make_sealed_sample(&s);
	assert_int_equal(open_sample(&s, plain, sizeof(s.sealed), NULL), TANU_OK);
	assert_memory_equal(plain, s.plain, PLAIN_LEN);
}

static void refuses_a_seal_with_any_bit_changed(void **state)
{
	struct sealed_sample s;

	(void)state;
	make_sealed_sample(&s);
	for (size_t bit = 0; bit < 8 * sizeof(s.sealed); bit++) {
		s.sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_does_not_open(&s, sizeof(s.sealed));
		s.sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void refuses_a_seal_under_another_key_or_label(void **state)
{
	struct sealed_sample s;

	(void)state;
	make_sealed_sample(&s);
	s.key.b[31] ^= 1;
	assert_does_not_open(&s, sizeof(s.sealed));
	s.key.b[31] ^= 1;
	s.ad[0] ^= 0x80;
	assert_does_not_open(&s, sizeof(s.sealed));
}

static void refuses_a_seal_of_any_other_length(void **state)
{
	struct sealed_sample s;

	(void)state;
	make_sealed_sample(&s);
	for (size_t len = 0; len < sizeof(s.sealed); len++)
		assert_does_not_open(&s, len);
}

static void takes_a_fresh_nonce_for_every_seal(void **state)
{
	struct random_source random = os_random();
	uint8_t a[SEAL_OVERHEAD], b[SEAL_OVERHEAD];
	struct secret key = {{0}};

	(void)state;
	assert_int_equal(seal(a, sizeof(a), &key, NULL, 0, NULL, 0, &random, NULL), TANU_OK);
	assert_int_equal(seal(b, sizeof(b), &key, NULL, 0, NULL, 0, &random, NULL), TANU_OK);
	assert_memory_not_equal(a, b, SEAL_NONCE_LEN);
	assert_memory_not_equal(a + SEAL_NONCE_LEN, b + SEAL_NONCE_LEN, SEAL_TAG_LEN);
	assert_int_equal(seal_open(NULL, 0, &key, a, sizeof(a), NULL, 0, NULL), TANU_OK);
}

/* The parts' lengths are in the MAC: it equals a plain HMAC over u64le length | part | ... */
static void macs_parts_that_cannot_be_shifted(void **state)
{
	static const uint8_t framed[] = "\2\0\0\0\0\0\0\0ab\1\0\0\0\0\0\0\0c";
	const struct secret key = {{7}};
	const struct bytes ab_c[] = {{"ab", 2}, {"c", 1}};
	const struct bytes a_bc[] = {{"a", 1}, {"bc", 2}};
	const struct bytes abc_none[] = {{"abc", 3}, {"", 0}};
	uint8_t want[MAC_LEN], mac[MAC_LEN], other[MAC_LEN];

	(void)state;
	hmac_sha256(want, key.b, sizeof(key.b), framed, sizeof(framed) - 1);
	mac_parts(mac, &key, ab_c, 2);
	assert_memory_equal(mac, want, MAC_LEN);
	mac_parts(other, &key, a_bc, 2);
	assert_memory_not_equal(mac, other, MAC_LEN);
	mac_parts(other, &key, abc_none, 2);
	assert_memory_not_equal(mac, other, MAC_LEN);
	mac_parts(want, &key, abc_none, 1);
	assert_memory_not_equal(want, other, MAC_LEN);
}

static void tells_equal_secrets_from_others_at_every_byte(void **state)
{
	struct secret *a = secret_new();
	struct secret *b = secret_new();

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_true(secret_equal(a, b));
	for (size_t i = 0; i < SECRET_LEN; i++) {
		b->b[i] = 1;
		assert_false(secret_equal(a, b));
		secret_wipe(b);
	}
	assert_true(secret_equal(a, b));
	secret_free(&a);
	assert_null(a);
	secret_free(&a);
	secret_free(&b);
}

static int start(void **state)
{
	(void)state;
	return crypto_init(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hashes_the_messages_of_fips_180),
	    cmocka_unit_test(macs_the_messages_of_rfc_4231),
	    cmocka_unit_test(derives_the_keys_of_rfc_5869),
	    cmocka_unit_test(seals_the_sample_of_the_xchacha_draft),
	    cmocka_unit_test(opens_what_it_sealed),
	    cmocka_unit_test(refuses_a_seal_with_any_bit_changed),
	    cmocka_unit_test(refuses_a_seal_under_another_key_or_label),
	    cmocka_unit_test(refuses_a_seal_of_any_other_length),
	    cmocka_unit_test(takes_a_fresh_nonce_for_every_seal),
	    cmocka_unit_test(macs_parts_that_cannot_be_shifted),
	    cmocka_unit_test(tells_equal_secrets_from_others_at_every_byte),
	};

	return cmocka_run_group_tests_name("crypto/crypto", tests, start, NULL);
}
