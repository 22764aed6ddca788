/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets are marked undefined and the operations run under valgrind's memcheck, which reports
 * every branch and every address that depends on them. The program starts itself again under
 * valgrind; it is skipped where valgrind or its header is absent.
 */
#include "crypto/crypto.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SKIP 77

#if defined(__has_include) && !defined(TANU_SANITIZED)
#if __has_include(<valgrind/memcheck.h>)
#define HAVE_MEMCHECK 1
#endif
#endif

#ifdef HAVE_MEMCHECK
#include <valgrind/memcheck.h>

struct sample {
	struct secret key, same, other;
	uint8_t text[200];
	uint8_t out[200 + SEAL_OVERHEAD];
	volatile bool answer;
};

static void fill_zero(void *self, void *out, size_t len)
{
	(void)self;
	memset(out, 0, len);
}

static void run_equal(struct sample *s)
{
	s->answer = secret_equal(&s->key, &s->same);
	s->answer = secret_equal(&s->key, &s->other);
	s->answer = crypto_equal(s->text, s->text + 100, 100);
}

static void run_mac(struct sample *s)
{
	const struct bytes parts[] = {{s->text, 50}, {s->text + 50, 150}};

	hmac_sha256(s->out, s->key.b, SECRET_LEN, s->text, sizeof(s->text));
	mac_parts(s->out, &s->key, parts, ARRAY_LEN(parts));
}

static void run_kdf(struct sample *s)
{
	struct secret key;

	kdf(&key, s->text, 64, NULL, 0, "use");
	memcpy(s->out, key.b, SECRET_LEN);
}

static void run_seal(struct sample *s)
{
	const struct random_source zero = {.fill = fill_zero};

	seal(s->out, sizeof(s->out), &s->key, s->text, sizeof(s->text), "ad", 2, &zero, NULL);
}

/* The control: what a comparison that stops at the first difference looks like to memcheck. */
static void run_stops_early(struct sample *s)
{
	size_t i = 0;

	while (i < SECRET_LEN && s->key.b[i] == s->other.b[i])
		i++;
	s->answer = i == SECRET_LEN;
}

/* How many findings memcheck has when `run` works on undefined secrets. */
static unsigned findings(void (*run)(struct sample *s))
{
	static struct sample s;
	unsigned before = VALGRIND_COUNT_ERRORS;

	memset(&s, 0, sizeof(s));
	s.other.b[5] = 1;
	(void)VALGRIND_MAKE_MEM_UNDEFINED(&s.key, sizeof(s.key));
	(void)VALGRIND_MAKE_MEM_UNDEFINED(&s.same, sizeof(s.same));
	(void)VALGRIND_MAKE_MEM_UNDEFINED(&s.other, sizeof(s.other));
	(void)VALGRIND_MAKE_MEM_UNDEFINED(s.text, sizeof(s.text));
	run(&s);
	(void)VALGRIND_MAKE_MEM_DEFINED(&s, sizeof(s));
	return VALGRIND_COUNT_ERRORS - before;
}

static int check_all(void)
{
	static const struct {
		const char *name;
		void (*run)(struct sample *s);
		bool leaks;
	} rows[] = {
	    {"equal", run_equal, false},
	    {"mac", run_mac, false},
	    {"kdf", run_kdf, false},
	    {"seal", run_seal, false},
	    {"stops_early", run_stops_early, true},
	};
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned n = findings(rows[i].run);
		bool good = (n > 0) == rows[i].leaks;

		printf("[ %s ] %s: %u findings, %s expected\n", good ? "OK" : "FAILED",
		       rows[i].name, n, rows[i].leaks ? "some" : "none");
		failed += !good;
	}
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	(void)argc;
	if (crypto_init(NULL) < 0)
		return 1;
	if (RUNNING_ON_VALGRIND)
		return check_all();
	execlp("valgrind", "valgrind", "-q", argv[0], (char *)NULL);
	puts("skipped: valgrind is not here");
	return SKIP;
}
#else
int main(void)
{
	puts("skipped: no valgrind header, or a sanitizer build");
	return SKIP;
}
#endif
