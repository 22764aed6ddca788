/* SPDX-License-Identifier: Apache-2.0 */
/* add-checkpoint, status by status. */
#include "witness/fixture.h"

#include "os/os.h"

static struct memory_log honest, forked; /* differ from leaf 5 on */

struct scene {
	char folder[300];
	struct witness *w;
	struct witness_reply reply;
	struct buf note, body;
};

static struct scene scene;

static int start(void **state)
{
	if (scratch_make(state) < 0)
		return -1;
	scene = (struct scene){0};
	snprintf(scene.folder, sizeof(scene.folder), "%s", scratch_path(state, "w"));
	make_witness(scene.folder);
	scene.w = open_witness(scene.folder);
	return 0;
}

static int stop(void **state)
{
	witness_close(&scene.w);
	buf_free(&scene.reply.body);
	buf_free(&scene.note);
	buf_free(&scene.body);
	return scratch_remove(state);
}

static int ask(struct memory_log *log, uint64_t old, uint64_t size)
{
	return submit(scene.w, &scene.reply, log, old, size);
}

/* The body as it stands in scene.body. */
static int send_body(void)
{
	witness_add_checkpoint(scene.w, &scene.reply, scene.body.data, scene.body.len);
	return scene.reply.status;
}

static const char *answer(void)
{
	return buf_cstr(&scene.reply.body);
}

/* What the witness stands at, asked as a client without any state asks. */
static uint64_t stands_at(void)
{
	int status = ask(&honest, 0, 300);

	if (status == 200)
		return 0;
	assert_int_equal(status, 409);
	assert_string_equal(scene.reply.type, WITNESS_SIZE_TYPE);
	return strtoull(answer(), NULL, 10);
}

static void signs_the_published_example(void **state)
{
	(void)state;
	assert_int_equal(ask(&honest, 0, 8), 200);
	assert_null(scene.reply.type);
	assert_string_equal(
	    answer(), "\xE2\x80\x94 witness.example.org/w1 88CAtgAAAABlU/EAXE0x6nIBtkc+xzi+ZU46DA8Z"
		      "4+4KnuUwVDGQIBuBquBQri5ucKK+HxdYB2Gp+NPfyppaJ/XuqKRv1oeNw18BDg==\n");
}

static void the_kept_note_is_the_published_one(void **state)
{
	char hash[65];
	uint8_t digest[DIGEST_LEN];

	(void)state;
	assert_int_equal(ask(&honest, 0, 8), 200);
	sha256(digest, ORIGIN, strlen(ORIGIN));
	hex_encode(hash, digest, sizeof(digest));
	witness_last_checkpoint(scene.w, &scene.reply, hash);
	assert_int_equal(scene.reply.status, 200);
	assert_string_equal(
	    answer(),
	    "example.org/face-log\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
	    "\xE2\x80\x94 example.org/face-log TQ2BNORDQNx8Kt89NM8ApNZq7NQQrd3fj0dZe+mOKpi"
	    "sfc1TEt8sETRmM0s1WhJkUnlLf+hT8gStRBpbljer7qDhhAo=\n"
	    "\xE2\x80\x94 witness.example.org/w1 88CAtgAAAABlU/EAXE0x6nIBtkc+xzi+ZU46DA8Z"
	    "4+4KnuUwVDGQIBuBquBQri5ucKK+HxdYB2Gp+NPfyppaJ/XuqKRv1oeNw18BDg==\n");
}

static void monitors_learn_nothing_else(void **state)
{
	static const char *const names[] = {
	    "",
	    "..",
	    "0123",
	    "../../witness.key",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		witness_last_checkpoint(scene.w, &scene.reply, names[i]);
		assert_int_equal(scene.reply.status, 404);
	}
}

static void follows_a_growing_log(void **state)
{
	static const uint64_t sizes[] = {1, 2, 3, 7, 8, 9, 100, 256, 257, 300};
	uint64_t old = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		assert_int_equal(ask(&honest, old, sizes[i]), 200);
		assert_int_equal(ask(&honest, sizes[i], sizes[i]), 200); /* the same once more */
		old = sizes[i];
	}
	assert_int_equal(stands_at(), 300);
}

static void begins_with_an_empty_log(void **state)
{
	(void)state;
	assert_int_equal(ask(&honest, 0, 0), 200);
	assert_int_equal(ask(&honest, 0, 0), 200);
	assert_int_equal(ask(&honest, 0, 5), 200);
	assert_int_equal(ask(&honest, 0, 0), 409);
}

static void another_old_size_is_told_the_right_one(void **state)
{
	(void)state;
	assert_int_equal(ask(&honest, 3, 8), 409);
	assert_string_equal(answer(), "0\n");
	assert_int_equal(ask(&honest, 0, 8), 200);
	assert_int_equal(ask(&honest, 0, 9), 409);
	assert_string_equal(answer(), "8\n");
	assert_string_equal(scene.reply.type, "text/x.tlog.size");
	assert_int_equal(ask(&honest, 7, 9), 409);
	assert_int_equal(ask(&honest, 9, 9), 409);
	/* Going back is never signed. */
	assert_int_equal(ask(&honest, 8, 9), 200);
	assert_int_equal(ask(&honest, 0, 8), 409);
	assert_int_equal(ask(&honest, 8, 8), 409);
	assert_int_equal(stands_at(), 9);
}

static void an_old_size_beyond_the_checkpoint_is_a_bad_request(void **state)
{
	(void)state;
	assert_int_equal(ask(&honest, 0, 8), 200);
	checkpoint_note(&scene.note, &honest, 7, ORIGIN, 0);
	submission_body(&scene.body, &honest, 8, 7, &scene.note);
	assert_int_equal(send_body(), 400);
}

static void a_fork_is_refused(void **state)
{
	(void)state;
	assert_int_equal(ask(&honest, 0, 8), 200);
	assert_int_equal(ask(&forked, 8, 8), 422);   /* the same size, another root */
	assert_int_equal(ask(&forked, 8, 100), 422); /* a proof of the other history */
	assert_int_equal(stands_at(), 8);
	assert_int_equal(ask(&honest, 8, 9), 200);
}

static void a_common_past_is_no_fork(void **state)
{
	(void)state;
	assert_int_equal(ask(&honest, 0, 5), 200);
	assert_int_equal(ask(&forked, 5, 8), 200); /* whoever comes first */
	assert_int_equal(ask(&honest, 8, 9), 422);
}

static void damaged_proofs_are_refused(void **state)
{
	struct witness_submission s;
	struct buf body = {0};

	(void)state;
	assert_int_equal(ask(&honest, 0, 7), 200);
	checkpoint_note(&scene.note, &honest, 100, ORIGIN, 0);
	submission_body(&scene.body, &honest, 7, 100, &scene.note);
	assert_int_equal(
	    witness_submission_parse(&s, (const char *)scene.body.data, scene.body.len, NULL),
	    TANU_OK);
	for (size_t i = 0; i < s.proof_len; i++) {
		s.proof[i].b[i % 32] ^= 1;
		body.len = 0;
		witness_submission_put(&body, &s);
		witness_add_checkpoint(scene.w, &scene.reply, body.data, body.len);
		assert_int_equal(scene.reply.status, 422);
		s.proof[i].b[i % 32] ^= 1;
	}
	s.proof_len--;
	body.len = 0;
	witness_submission_put(&body, &s);
	witness_add_checkpoint(scene.w, &scene.reply, body.data, body.len);
	assert_int_equal(scene.reply.status, 422);
	s.proof_len += 2;
	body.len = 0;
	witness_submission_put(&body, &s);
	witness_add_checkpoint(scene.w, &scene.reply, body.data, body.len);
	assert_int_equal(scene.reply.status, 422);
	buf_free(&body);
	assert_int_equal(send_body(), 200);
}

static void a_proof_from_nothing_is_refused(void **state)
{
	struct witness_submission s = {.proof_len = 1};

	(void)state;
	checkpoint_note(&scene.note, &honest, 8, ORIGIN, 0);
	s.note = (const char *)scene.note.data;
	s.note_len = scene.note.len;
	witness_submission_put(&scene.body, &s);
	assert_int_equal(send_body(), 422);
}

/* ---- signatures ---- */

static void put_plain(const char *text)
{
	struct witness_submission s = {.note = text, .note_len = strlen(text)};

	scene.body.len = 0;
	witness_submission_put(&scene.body, &s);
}

static void an_unknown_log_is_not_found(void **state)
{
	(void)state;
	checkpoint_note(&scene.note, &honest, 8, "example.org/other", 0);
	submission_body(&scene.body, &honest, 0, 8, &scene.note);
	assert_int_equal(send_body(), 404);
}

static void another_key_of_that_name_counts_nothing(void **state)
{
	(void)state;
	checkpoint_note(&scene.note, &honest, 8, ORIGIN, 0x77);
	submission_body(&scene.body, &honest, 0, 8, &scene.note);
	assert_int_equal(send_body(), 403);
}

static void a_false_signature_is_refused(void **state)
{
	static const char signature[] = "TQ2BNORDQNx8Kt89";
	char *at;

	(void)state;
	checkpoint_note(&scene.note, &honest, 8, ORIGIN, 0);
	/* A good one of another key beside it does not help. */
	buf_str(&scene.note, "\xE2\x80\x94 other AAAAAAEC\n");
	at = strstr((char *)(uintptr_t)buf_cstr(&scene.note), signature);
	assert_non_null(at);
	at[10] = at[10] == 'A' ? 'B' : 'A';
	submission_body(&scene.body, &honest, 0, 8, &scene.note);
	assert_int_equal(send_body(), 403);
}

static void lines_of_others_are_passed_over(void **state)
{
	(void)state;
	checkpoint_note(&scene.note, &honest, 8, ORIGIN, 0);
	buf_str(&scene.note, "\xE2\x80\x94 other.example AAAAAAEC\n");
	submission_body(&scene.body, &honest, 0, 8, &scene.note);
	assert_int_equal(send_body(), 200);
	witness_last_checkpoint(scene.w, &scene.reply,
				"0000000000000000000000000000000000000000000000000000000000000000");
	assert_int_equal(scene.reply.status, 404);
}

static void a_second_key_of_a_log_counts_too(void **state)
{
	struct signer second;
	tanu_verifier v;
	struct buf vkey = {0};

	(void)state;
	signer_of(&second, ORIGIN, TANU_KEY_ED25519, 0x77);
	signer_verifier(&v, &second);
	verifier_put(&vkey, &v);
	/* While the witness runs. */
	assert_int_equal(witness_add_log(scene.folder, buf_cstr(&vkey), NULL), TANU_OK);
	checkpoint_note(&scene.note, &honest, 8, ORIGIN, 0x77);
	submission_body(&scene.body, &honest, 0, 8, &scene.note);
	assert_int_equal(send_body(), 200);
	assert_int_equal(ask(&honest, 8, 9), 200);
	buf_free(&vkey);
}

/* ---- bodies ---- */

static void what_is_no_request_is_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "\n",
	    "old 0\n",
	    "old 0\n\n",
	    "old 0\n\nnote",
	    "old 0\n\n" ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n",
	    "old 0\n\n" ORIGIN "\n8\n\n\xE2\x80\x94 x AAAAAAEC\n",
	    "old 0\n\n" ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\nmore\n\n"
	    "\xE2\x80\x94 x AAAAAAEC\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		witness_add_checkpoint(scene.w, &scene.reply, bad[i], strlen(bad[i]));
		assert_int_equal(scene.reply.status, 400);
		assert_true(scene.reply.body.len > 1);
	}
	put_plain("x");
	assert_int_equal(send_body(), 400);
}

static void a_root_for_no_leaves_is_refused(void **state)
{
	struct signer signer;
	struct buf text = {0};
	tanu_checkpoint c = {.origin = ORIGIN, .size = 0};

	(void)state;
	memset(c.root.b, 7, sizeof(c.root.b));
	checkpoint_put(&text, &c);
	signer_of(&signer, ORIGIN, TANU_KEY_ED25519, 0);
	assert_int_equal(note_sign(&scene.note, &signer, (const char *)text.data, text.len, NULL),
			 TANU_OK);
	submission_body(&scene.body, &honest, 0, 0, &scene.note);
	assert_int_equal(send_body(), 422);
	buf_free(&text);
}

/* ---- its state ---- */

static void state_outlives_the_process(void **state)
{
	(void)state;
	assert_int_equal(ask(&honest, 0, 8), 200);
	witness_close(&scene.w);
	scene.w = open_witness(scene.folder);
	assert_int_equal(stands_at(), 8);
	assert_int_equal(ask(&forked, 8, 8), 422);
	assert_int_equal(ask(&honest, 8, 9), 200);
}

static void checkpoint_path(char out[600])
{
	char hash[65];
	uint8_t digest[DIGEST_LEN];

	sha256(digest, ORIGIN, strlen(ORIGIN));
	hex_encode(hash, digest, sizeof(digest));
	snprintf(out, 600, "%s/logs/%s/checkpoint", scene.folder, hash);
}

/* The kept note, changed: a witness that is not sure what it has signed signs nothing. */
static void with_a_damaged_state_nothing_is_signed(void **state)
{
	static const char *const edits[][2] = {
	    {"\n8\n", "\n7\n"},
	    {"XcnaeacG", "YcnaeacG"},
	    {"88CAtg", "88CAth"},
	    {ORIGIN "\n8", "example.org/fake-log\n8"},
	    {"witness.example.org/w1 88", "witness.example.org/w2 88"},
	};
	char path[600], *at;
	struct buf kept = {0};

	(void)state;
	assert_int_equal(ask(&honest, 0, 8), 200);
	checkpoint_path(path);
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		assert_int_equal(os_read_file(&kept, path, 10000, NULL), TANU_OK);
		at = strstr((char *)(uintptr_t)buf_cstr(&kept), edits[i][0]);
		assert_non_null(at);
		memcpy(at, edits[i][1], strlen(edits[i][1]));
		assert_int_equal(os_replace_file(path, kept.data, kept.len, 0, NULL), TANU_OK);
		assert_int_equal(ask(&honest, 8, 9), 500);
		assert_int_equal(ask(&honest, 0, 9), 500);
		assert_int_equal(scene.reply.error.code, TANU_ERR_WITNESS);
		assert_null(strstr(answer(), "logs/"));
		memcpy(at, edits[i][0], strlen(edits[i][0]));
		assert_int_equal(os_replace_file(path, kept.data, kept.len, 0, NULL), TANU_OK);
	}
	for (size_t len = 0; len < kept.len; len += 50) {
		assert_int_equal(os_replace_file(path, kept.data, len, 0, NULL), TANU_OK);
		assert_int_equal(ask(&honest, 8, 9), 500);
	}
	assert_int_equal(os_replace_file(path, kept.data, kept.len, 0, NULL), TANU_OK);
	assert_int_equal(ask(&honest, 8, 9), 200);
	buf_free(&kept);
}

static void what_cannot_be_kept_is_not_signed(void **state)
{
	char path[600];

	(void)state;
	checkpoint_path(path);
	assert_int_equal(os_make_dir(path, 0700, NULL), TANU_OK); /* in the way of the file */
	assert_int_equal(ask(&honest, 0, 8), 500);
	assert_null(strstr(answer(), WITNESS_NAME));
}

int main(void)
{
	fill_log(&honest, 300, 300);
	fill_log(&forked, 300, 5);

	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, start, stop)
	    T(signs_the_published_example),
	    T(the_kept_note_is_the_published_one),
	    T(monitors_learn_nothing_else),
	    T(follows_a_growing_log),
	    T(begins_with_an_empty_log),
	    T(another_old_size_is_told_the_right_one),
	    T(an_old_size_beyond_the_checkpoint_is_a_bad_request),
	    T(a_fork_is_refused),
	    T(a_common_past_is_no_fork),
	    T(damaged_proofs_are_refused),
	    T(a_proof_from_nothing_is_refused),
	    T(an_unknown_log_is_not_found),
	    T(another_key_of_that_name_counts_nothing),
	    T(a_false_signature_is_refused),
	    T(lines_of_others_are_passed_over),
	    T(a_second_key_of_a_log_counts_too),
	    T(what_is_no_request_is_refused),
	    T(a_root_for_no_leaves_is_refused),
	    T(state_outlives_the_process),
	    T(with_a_damaged_state_nothing_is_signed),
	    T(what_cannot_be_kept_is_not_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
