/* SPDX-License-Identifier: Apache-2.0 */
/* Each call with its n-th allocation refused: a clear status, nothing changed, nothing lost. */
#include "vault/fixture.h"

#if defined(TANU_SANITIZED) || !defined(__GLIBC__)
int main(void)
{
	puts("skipped: the allocator cannot be replaced in this build");
	return 77;
}
#else

/* 0: no allocation is refused; n: the n-th from now. */
static size_t refuse_in;

static bool refused(void)
{
	return refuse_in > 0 && --refuse_in == 0;
}

void *__libc_malloc(size_t len);
void *__libc_calloc(size_t count, size_t len);

void *malloc(size_t len)
{
	return refused() ? NULL : __libc_malloc(len);
}

void *calloc(size_t count, size_t len)
{
	return refused() ? NULL : __libc_calloc(count, len);
}

struct scene {
	struct fixture *f;
	tanu_id anna, berik;
	struct buf sealed;
};

static tanu_status try_add(struct scene *s)
{
	struct key_name names[4];

	four_keys(names, &s->berik);
	return vault_add_keys(s->f->vault, names, 4, 1, NULL);
}

static tanu_status try_kill(struct scene *s)
{
	return vault_kill_subjects(s->f->vault, &s->anna, 1, 2, NULL);
}

static tanu_status try_seal(struct scene *s)
{
	const struct key_name name = key_of(&s->anna, KEY_PROFILE);
	struct buf out = {0};
	tanu_status st = vault_seal(s->f->vault, &out, &name, &s->anna, 1, "text", 4, NULL);

	assert_int_equal(st == TANU_OK, out.data != NULL);
	buf_free(&out);
	return st;
}

static tanu_status try_unseal(struct scene *s)
{
	return unseal_text(s->f, &s->sealed, &s->anna);
}

static tanu_status try_open(struct scene *s)
{
	struct vault *second = NULL;
	tanu_status st = vault_open(&second, s->f->keys, s->f->book, &s->f->random, NULL, NULL);

	assert_int_equal(st == TANU_OK, second != NULL);
	vault_close(&second);
	return st;
}

/* How often it was refused before it came through. */
static size_t try_until_done(struct scene *s, tanu_status (*act)(struct scene *s))
{
	size_t n = 0;
	tanu_status st;

	do {
		refuse_in = ++n;
		st = act(s);
		if (st < 0)
			assert_true(st == TANU_MEMORY || st == TANU_SYSTEM);
	} while (st < 0 && n < 1000);
	assert_true(refuse_in > 0); /* the last one was not refused anything */
	refuse_in = 0;
	assert_int_equal(st, TANU_OK);
	return n - 1;
}

static void make_scene(struct scene *s, void *fixture)
{
	*s = (struct scene){.f = fixture, .anna = person(3, 1), .berik = person(3, 2)};
	add_person(s->f, &s->anna);
	seal_text(s->f, &s->sealed, &s->anna);
}

static void reads_and_seals_without_a_change_when_memory_runs_out(void **state)
{
	struct scene s;

	make_scene(&s, *state);
	assert_true(try_until_done(&s, try_seal) >= 1);
	assert_true(try_until_done(&s, try_unseal) >= 1);
	assert_true(try_until_done(&s, try_open) >= 16);
	buf_free(&s.sealed);
}

static void adds_all_or_nothing_when_memory_runs_out(void **state)
{
	struct scene s;

	make_scene(&s, *state);
	assert_true(try_until_done(&s, try_add) >= 3);
	fixture_reopen(s.f);
	assert_int_equal(count_keys_of(s.f, &s.berik), 4);
	assert_int_equal(unseal_text(s.f, &s.sealed, &s.anna), TANU_OK);
	buf_free(&s.sealed);
}

static void erases_after_all_when_memory_ran_out_at_first(void **state)
{
	struct scene s;

	make_scene(&s, *state);
	assert_int_equal(try_add(&s), TANU_OK);
	assert_true(try_until_done(&s, try_kill) >= 4);
	fixture_reopen(s.f);
	assert_int_equal(count_keys_of(s.f, &s.anna), 0);
	assert_int_equal(count_keys_of(s.f, &s.berik), 4);
	assert_false(file_is_there(s.f, "epoch-03.0000000000000001"));
	buf_free(&s.sealed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    VAULT_TEST(reads_and_seals_without_a_change_when_memory_runs_out),
	    VAULT_TEST(adds_all_or_nothing_when_memory_runs_out),
	    VAULT_TEST(erases_after_all_when_memory_ran_out_at_first),
	};

	return cmocka_run_group_tests_name("vault/memory", tests, NULL, NULL);
}
#endif
