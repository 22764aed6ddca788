/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/memory_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* c2sp.org/signed-note, and golang.org/x/mod/sumdb/note. */
static const char foo_vkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char foo_note[] = "This is an example message.\n\n"
			       "\xE2\x80\x94 example.com/foo "
			       "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH"
			       "3mFXmRKuwHjG1Yu72IneyaQM=\n";
static const char peter_vkey[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char peter_note[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "\xE2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/* A log with seed 00..1f, a witness with seed 20..3f, time 1700000000, the tree of eight leaves. */
static const char log_vkey[] =
    "example.org/face-log+4d0d8134+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
static const char witness_vkey[] =
    "witness.example.org/w1+f3c080b6+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
static const char checkpoint_text[] =
    "example.org/face-log\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
static const char log_line[] = "\xE2\x80\x94 example.org/face-log "
			       "TQ2BNORDQNx8Kt89NM8ApNZq7NQQrd3fj0dZe+"
			       "mOKpisfc1TEt8sETRmM0s1WhJkUnlLf+hT8gStRBpbljer7qDhhAo=\n";
static const char witness_line[] =
    "\xE2\x80\x94 witness.example.org/w1 "
    "88CAtgAAAABlU/EAXE0x6nIBtkc+xzi+ZU46DA8Z4+4KnuUwVDGQIBuBquBQri5ucKK+HxdYB2Gp+NPfyppaJ/"
    "XuqKRv1oeNw18BDg==\n";

static struct secret seed_from(uint8_t first)
{
	struct secret seed;

	for (size_t i = 0; i < SECRET_LEN; i++)
		seed.b[i] = (uint8_t)(first + i);
	return seed;
}

static struct signer signer_of(const char *name, tanu_key_kind kind, uint8_t first)
{
	struct secret seed = seed_from(first);
	struct signer s;

	assert_int_equal(signer_init(&s, name, kind, &seed, NULL), TANU_OK);
	return s;
}

static void join(char *out, size_t out_len, const char *a, const char *b, const char *c)
{
	snprintf(out, out_len, "%s\n%s%s", a, b, c);
}

static tanu_status verify_text(const char *bytes, size_t len, const char *vkey, uint64_t *time_s)
{
	tanu_verifier v;
	tanu_note note;
	tanu_status st;

	assert_int_equal(tanu_verifier_parse(&v, vkey, NULL), TANU_OK);
	if ((st = tanu_note_split(&note, bytes, len, NULL)) < 0)
		return st;
	return tanu_note_verify(&note, &v, time_s, NULL);
}

static void published_notes_verify(void **state)
{
	(void)state;
	assert_int_equal(verify_text(foo_note, strlen(foo_note), foo_vkey, NULL), TANU_OK);
	assert_int_equal(verify_text(peter_note, strlen(peter_note), peter_vkey, NULL), TANU_OK);
}

static void a_key_that_did_not_sign_is_no_error_of_the_note(void **state)
{
	(void)state;
	assert_int_equal(verify_text(foo_note, strlen(foo_note), peter_vkey, NULL), TANU_NOT_FOUND);
}

/* Whatever byte changes, the note is either no note or its signature is false or not of this key.
 */
static void refuses_every_changed_byte(void **state)
{
	char bytes[sizeof(foo_note)];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(foo_note); i++) {
		memcpy(bytes, foo_note, sizeof(bytes));
		bytes[i] ^= 1;
		assert_true(verify_text(bytes, strlen(foo_note), foo_vkey, NULL) < 0);
	}
}

static void refuses_every_truncation(void **state)
{
	(void)state;
	for (size_t len = 0; len + 1 < sizeof(foo_note); len++)
		assert_true(verify_text(foo_note, len, foo_vkey, NULL) < 0);
}

static void a_checkpoint_is_signed_and_cosigned_as_published(void **state)
{
	struct signer log = signer_of("example.org/face-log", TANU_KEY_ED25519, 0x00);
	struct signer witness = signer_of("witness.example.org/w1", TANU_KEY_COSIGNATURE, 0x20);
	char want[1024];
	struct buf out = {0}, key = {0};
	tanu_verifier v;

	(void)state;
	join(want, sizeof(want), checkpoint_text, log_line, witness_line);
	assert_int_equal(note_sign(&out, &log, checkpoint_text, strlen(checkpoint_text), NULL),
			 TANU_OK);
	assert_int_equal(
	    note_cosign(&out, &witness, checkpoint_text, strlen(checkpoint_text), 1700000000, NULL),
	    TANU_OK);
	assert_string_equal(buf_cstr(&out), want);
	signer_verifier(&v, &log);
	verifier_put(&key, &v);
	assert_string_equal(buf_cstr(&key), log_vkey);
	buf_free(&key);
	signer_verifier(&v, &witness);
	verifier_put(&key, &v);
	assert_string_equal(buf_cstr(&key), witness_vkey);
	buf_free(&key);
	buf_free(&out);
}

static void a_cosignature_states_its_time(void **state)
{
	char bytes[1024];
	uint64_t time_s = 0;

	(void)state;
	join(bytes, sizeof(bytes), checkpoint_text, log_line, witness_line);
	assert_int_equal(verify_text(bytes, strlen(bytes), witness_vkey, &time_s), TANU_OK);
	assert_int_equal(time_s, 1700000000);
	assert_int_equal(verify_text(bytes, strlen(bytes), log_vkey, &time_s), TANU_OK);
	assert_int_equal(time_s, 0);
}

static void refuses_damaged_keys(void **state)
{
	static const char *const bad[] = {
	    "",
	    "example.com/foo",
	    "example.com/foo+530d903a",
	    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
	    "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	    "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	};
	tanu_verifier v = {.key_id = 7};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(tanu_verifier_parse(&v, bad[i], NULL), TANU_INPUT);
	assert_int_equal(v.key_id, 7);
}

static void refuses_damaged_checkpoints(void **state)
{
	static const char *const bad[] = {
	    "",
	    "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
	    "a b\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
	    "a\n08\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
	    "a\n-8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
	    "a\n9223372036854775808\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
	    "a\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/Rg\n",
	    "a\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
	    "a\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\nextension\n",
	};
	tanu_checkpoint c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(tanu_checkpoint_parse(&c, bad[i], strlen(bad[i]), NULL),
				 TANU_INPUT);
	assert_int_equal(tanu_checkpoint_parse(&c, checkpoint_text, strlen(checkpoint_text), NULL),
			 TANU_OK);
	assert_string_equal(c.origin, "example.org/face-log");
	assert_int_equal(c.size, 8);
}

static void other_kinds_of_signature_are_passed_over(void **state)
{
	char bytes[2048];

	(void)state;
	snprintf(bytes, sizeof(bytes), "%s\xE2\x80\x94 someone.example AAAAAAECAwQFBgcICQ==\n",
		 foo_note);
	assert_int_equal(verify_text(bytes, strlen(bytes), foo_vkey, NULL), TANU_OK);
}

/* golang/mod's own key, as notes/ of that project print it. */
#define GO_SECRET "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define GO_PUBLIC "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

static void a_signing_key_of_another_implementation_is_read_and_written(void **state)
{
	struct signer signer = {0};
	tanu_verifier verifier;
	struct buf text = {0};

	(void)state;
	assert_int_equal(signer_parse_secret(&signer, GO_SECRET, NULL), TANU_OK);
	signer_verifier(&verifier, &signer);
	verifier_put(&text, &verifier);
	assert_string_equal(buf_cstr(&text), GO_PUBLIC);
	text.len = 0;
	signer_put_secret(&text, &signer);
	assert_string_equal(buf_cstr(&text), GO_SECRET);
	buf_wipe(&text);
	signer_wipe(&signer);
}

static void refuses_a_damaged_signing_key(void **state)
{
	static const char *const bad[] = {
	    "",
	    "PRIVATE+KEY+",
	    "PRIVATE+KEY+PeterNeumann",
	    "PRIVATE+KEY+PeterNeumann+c74f20a3",
	    GO_PUBLIC,
	    "PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
	    "PRIVATE+KEY+PeterNeuman+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
	    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDE=",
	    "PRIVATE+KEY+PeterNeumann+c74f20a3+B4EKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct signer signer = {0};

		assert_int_equal(signer_parse_secret(&signer, bad[i], NULL), TANU_INPUT);
		assert_int_equal(signer.kind, TANU_KEY_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_signing_key_of_another_implementation_is_read_and_written),
	    cmocka_unit_test(refuses_a_damaged_signing_key),
	    cmocka_unit_test(published_notes_verify),
	    cmocka_unit_test(a_key_that_did_not_sign_is_no_error_of_the_note),
	    cmocka_unit_test(refuses_every_changed_byte),
	    cmocka_unit_test(refuses_every_truncation),
	    cmocka_unit_test(a_checkpoint_is_signed_and_cosigned_as_published),
	    cmocka_unit_test(a_cosignature_states_its_time),
	    cmocka_unit_test(refuses_damaged_keys),
	    cmocka_unit_test(refuses_damaged_checkpoints),
	    cmocka_unit_test(other_kinds_of_signature_are_passed_over),
	};

	return cmocka_run_group_tests_name("tlog/note", tests, NULL, NULL);
}
