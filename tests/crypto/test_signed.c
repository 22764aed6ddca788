/* SPDX-License-Identifier: Apache-2.0 */
/* Signature files: what each result takes, and one test per damaged part. */
#include "crypto/crypto.h"

#include "crypto/authority.h"

#include <string.h>
#include <time.h>

static const char document[] = "I agree that my face may be recognised.";

struct world {
	struct holder root, signer;
	struct buf ca;
};

static int set_up(void **state)
{
	static struct world w;

	w = (struct world){0};
	w.root = holder_new("Test authority", NULL, -10, 100);
	w.signer = holder_new("Әлия Серікқызы", &w.root, -10, 100);
	holder_pem(&w.ca, &w.root);
	*state = &w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	holder_free(&w->root);
	holder_free(&w->signer);
	buf_free(&w->ca);
	return 0;
}

static int64_t now_ms(int days)
{
	return ((int64_t)time(NULL) + 86400 * (int64_t)days) * 1000;
}

static struct signed_report check_at(const struct buf *file, const void *of, size_t of_len,
				     const struct buf *ca, int days)
{
	struct signed_report report = {.result = (enum signed_result)99};
	tanu_error err = {0};

	if (signed_check(&report, file->data, file->len, of, of_len, ca ? ca->data : NULL,
			 ca ? ca->len : 0, now_ms(days), &err) != TANU_OK)
		fail_msg("%s: %s", err.place, err.message);
	return report;
}

static struct signed_report check(const struct buf *file, const struct buf *ca)
{
	return check_at(file, document, strlen(document), ca, 0);
}

static struct buf signed_by(const struct holder *holder, enum signed_form form)
{
	struct buf file = {0};

	holder_sign(&file, holder, document, strlen(document), form, false);
	return file;
}

static void assert_refused(const void *bytes, size_t len, tanu_error_code code)
{
	struct signed_report report = {0};
	tanu_error err = {0};

	assert_true(signed_check(&report, bytes, len, document, strlen(document), NULL, 0,
				 now_ms(0), &err) < 0);
	assert_int_equal(err.code, code);
}

static void every_form_of_a_true_signature_is_valid(void **state)
{
	static const enum signed_form forms[] = {SIGNED_BESIDE, SIGNED_INSIDE, SIGNED_PEM,
						 SIGNED_BASE64};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct buf file = signed_by(&w->signer, forms[i]);
		struct signed_report r = check(&file, &w->ca);

		assert_string_equal(signed_result_name(r.result), "valid");
		assert_string_equal(r.reason, "");
		buf_free(&file);
	}
}

static void the_signer_is_told(void **state)
{
	static const uint8_t none[DIGEST_LEN];
	struct world *w = *state;
	struct buf file = signed_by(&w->signer, SIGNED_BESIDE);
	struct signed_report r = check(&file, &w->ca);

	assert_string_equal(r.signer, "CN=Әлия Серікқызы");
	assert_true(strlen(r.serial) >= 4);
	assert_memory_not_equal(r.subject_sha256, none, DIGEST_LEN);
	assert_true(r.not_before_ms > now_ms(-11) && r.not_before_ms < now_ms(-9));
	assert_true(r.not_after_ms > now_ms(99) && r.not_after_ms < now_ms(101));
	buf_free(&file);
}

static void another_document_is_noticed(void **state)
{
	static const enum signed_form forms[] = {SIGNED_BESIDE, SIGNED_INSIDE};
	static const char other[] = "I agree that my face may be recognised!";
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct buf file = signed_by(&w->signer, forms[i]);
		struct signed_report r = check_at(&file, other, strlen(other), &w->ca, 0);

		assert_int_equal(r.result, SIGNED_FALSE);
		assert_true(strlen(r.reason) > 10);
		buf_free(&file);
	}
}

/* The last bytes are the signature itself. */
static void a_changed_signature_is_false(void **state)
{
	struct world *w = *state;
	struct buf file = signed_by(&w->signer, SIGNED_BESIDE);

	file.data[file.len - 3] ^= 1;
	assert_int_equal(check(&file, &w->ca).result, SIGNED_FALSE);
	buf_free(&file);
}

/* Whatever bit is turned: never valid, unless the bit says nothing (a tag of unsigned data). */
static void no_turned_bit_makes_another_document_valid(void **state)
{
	static const char other[] = "I agree to everything.";
	struct world *w = *state;
	struct buf file = signed_by(&w->signer, SIGNED_BESIDE);

	for (size_t i = 0; i < file.len; i++) {
		struct signed_report r = {0};

		file.data[i] ^= (uint8_t)(1U << i % 8);
		if (signed_check(&r, file.data, file.len, other, strlen(other), w->ca.data,
				 w->ca.len, now_ms(0), NULL) == TANU_OK)
			assert_int_not_equal(r.result, SIGNED_VALID);
		file.data[i] ^= (uint8_t)(1U << i % 8);
	}
	buf_free(&file);
}

static void a_shortened_file_is_refused(void **state)
{
	struct world *w = *state;
	struct buf file = signed_by(&w->signer, SIGNED_BESIDE);

	for (size_t len = 0; len < file.len; len += 7)
		assert_refused(file.data, len, TANU_ERR_FORMAT);
	buf_put(&file, "x", 1); /* and one with something behind */
	assert_refused(file.data, file.len, TANU_ERR_FORMAT);
	buf_free(&file);
	assert_refused("%PDF-1.7", 8, TANU_ERR_FORMAT);
}

static void a_file_too_large_is_refused(void **state)
{
	uint8_t *bytes = calloc(1, SIGNED_FILE_MAX + 1);

	(void)state;
	assert_non_null(bytes);
	assert_refused(bytes, SIGNED_FILE_MAX + 1, TANU_ERR_FILE_TOO_LARGE);
	free(bytes);
}

static void a_stranger_s_certificate_is_not_trusted(void **state)
{
	struct world *w = *state;
	struct holder root = holder_new("Test authority", NULL, -10, 100);
	struct holder other = holder_new("Other", &root, -10, 100);
	struct buf file = signed_by(&other, SIGNED_BESIDE);

	assert_int_equal(check(&file, &w->ca).result, SIGNED_UNTRUSTED);
	holder_free(&root);
	holder_free(&other);
	buf_free(&file);
}

static void a_certificate_out_of_its_time_is_not_trusted(void **state)
{
	struct world *w = *state;
	struct buf file = signed_by(&w->signer, SIGNED_BESIDE);

	assert_int_equal(check_at(&file, document, strlen(document), &w->ca, 101).result,
			 SIGNED_UNTRUSTED);
	assert_int_equal(check_at(&file, document, strlen(document), &w->ca, -11).result,
			 SIGNED_UNTRUSTED);
	buf_free(&file);
}

static void a_revoked_certificate_is_not_trusted(void **state)
{
	struct world *w = *state;
	struct holder other = holder_new("Other", &w->root, -10, 100);
	struct buf revoked = signed_by(&w->signer, SIGNED_BESIDE);
	struct buf good = signed_by(&other, SIGNED_BESIDE);
	struct buf ca = {0};

	holder_pem(&ca, &w->root);
	revoked_pem(&ca, &w->root, &w->signer);
	assert_int_equal(check(&revoked, &ca).result, SIGNED_UNTRUSTED);
	assert_int_equal(check(&good, &ca).result, SIGNED_VALID);
	holder_free(&other);
	buf_free(&revoked);
	buf_free(&good);
	buf_free(&ca);
}

static void without_a_bundle_it_says_so(void **state)
{
	struct world *w = *state;
	struct buf file = signed_by(&w->signer, SIGNED_BESIDE);
	struct signed_report r = check(&file, NULL);
	struct buf junk = {0};
	tanu_error err = {0};

	assert_int_equal(r.result, SIGNED_UNCHECKED);
	assert_true(strlen(r.reason) > 10);
	buf_str(&junk, "no certificate");
	assert_true(signed_check(&r, file.data, file.len, document, strlen(document), junk.data,
				 junk.len, now_ms(0), &err) < 0);
	assert_int_equal(err.code, TANU_ERR_SETTING);
	buf_free(&file);
	buf_free(&junk);
}

static void a_signature_without_its_certificate_is_not_checked(void **state)
{
	struct world *w = *state;
	struct buf file = signed_by(&w->signer, SIGNED_BARE);

	assert_int_equal(check(&file, &w->ca).result, SIGNED_UNCHECKED);
	buf_free(&file);
}

/* SHA-256's name, in which one byte is changed: an algorithm that nobody has, as GOST may be. */
static void algorithms_that_are_not_here_are_told(void **state)
{
	static const uint8_t sha256_name[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
	struct world *w = *state;
	struct buf file = signed_by(&w->signer, SIGNED_BESIDE), weak = {0};
	struct signed_report r;
	uint8_t *at = file.data;

	while ((at = memmem(at, (size_t)(file.data + file.len - at), sha256_name,
			    sizeof(sha256_name)))) {
		at[sizeof(sha256_name) - 1] = 0x7f;
		at++;
	}
	r = check(&file, &w->ca);
	assert_int_equal(r.result, SIGNED_UNSUPPORTED);
	assert_non_null(strstr(r.reason, "no such digest: 2.16.840.1.101.3.4.2.127"));
	holder_sign(&weak, &w->signer, document, strlen(document), SIGNED_BESIDE, true);
	r = check(&weak, &w->ca);
	assert_int_equal(r.result, SIGNED_UNTRUSTED);
	assert_non_null(strstr(r.reason, "too weak"));
	buf_free(&file);
	buf_free(&weak);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_form_of_a_true_signature_is_valid),
	    cmocka_unit_test(the_signer_is_told),
	    cmocka_unit_test(another_document_is_noticed),
	    cmocka_unit_test(a_changed_signature_is_false),
	    cmocka_unit_test(no_turned_bit_makes_another_document_valid),
	    cmocka_unit_test(a_shortened_file_is_refused),
	    cmocka_unit_test(a_file_too_large_is_refused),
	    cmocka_unit_test(a_stranger_s_certificate_is_not_trusted),
	    cmocka_unit_test(a_certificate_out_of_its_time_is_not_trusted),
	    cmocka_unit_test(a_revoked_certificate_is_not_trusted),
	    cmocka_unit_test(without_a_bundle_it_says_so),
	    cmocka_unit_test(a_signature_without_its_certificate_is_not_checked),
	    cmocka_unit_test(algorithms_that_are_not_here_are_told),
	};

	return cmocka_run_group_tests_name("crypto/signed", tests, set_up, tear_down);
}
