/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a gate: written, kept over restarts, bounded, sent, acknowledged; and a power cut at
 * every write. */
#include "lease/world.h"
#include "shim/shim.h"

#include <inttypes.h>

static struct spool *open_in(struct world *w, size_t max)
{
	struct spool_options options = {
	    .dir = w->root, .max_events = max, .pair = &w->pair, .random = w->random};
	struct spool *spool = NULL;

	MUST(spool_open(&spool, &options, err));
	return spool;
}

static struct gate_event event_of(uint32_t n)
{
	return (struct gate_event){.kind = GATE_EVENT_DECISION,
				   .at_ms = T0 + n,
				   .time_trusted = true,
				   .subject = id_of(4),
				   .verdict = 1,
				   .reason = 2,
				   .way = 9,
				   .face = GATE_FACE_MATCH,
				   .fmr_ppb = 100000,
				   .embeddings = 2,
				   .permits = 2,
				   .waited_ms = 640,
				   .number = n,
				   .word = "main-door"};
}

static void put_many(struct spool *spool, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i <= to; i++) {
		struct gate_event e = event_of(i);

		MUST(spool_put(spool, &e, err));
	}
}

/* Send one batch to the site; the numbers in it are first .. last of what it saw. */
static uint64_t send(struct world *w, struct spool *spool, uint64_t *first)
{
	uint8_t key[PUBLIC_KEY_LEN];
	struct spool_batch batch = {0};
	struct gate_event e = {0};
	struct buf bytes = {0};
	uint64_t last = 0;
	tanu_id gate = {{0}};

	sign_public_key(key, &w->gate_sign);
	MUST(spool_batch(spool, &bytes, &last, SPOOL_BATCH_MAX, &w->gate_sign, err));
	if (last == 0)
		return 0;
	MUST(spool_batch_gate(&gate, bytes.data, bytes.len, err));
	assert_true(id_equal(&gate, &w->pair.gate));
	MUST(spool_batch_get(&batch, bytes.data, bytes.len, key, err));
	assert_int_equal(batch.first + batch.len - 1, last);
	for (size_t i = 0; i < batch.len; i++) {
		MUST(spool_batch_event(&e, &batch, i, &w->site_box, err));
		assert_int_equal(e.number, batch.first + i);
		assert_string_equal(e.word, "main-door");
	}
	*first = batch.first;
	buf_free(&bytes);
	return last;
}

static void keeps_events_until_they_are_acknowledged(void **state)
{
	struct world *w = *state;
	struct spool *spool = open_in(w, 0);
	uint64_t first = 0;

	put_many(spool, 1, 1203);
	spool_close(&spool);
	spool = open_in(w, 0);
	assert_int_equal(spool_state(spool).waiting, 1203);
	assert_int_equal(send(w, spool, &first), 500);
	assert_int_equal(send(w, spool, &first), 500); /* not acknowledged: the same again */
	assert_int_equal(first, 1);
	MUST(spool_ack(spool, 500, err));
	assert_int_equal(send(w, spool, &first), 1000);
	MUST(spool_ack(spool, 777, err)); /* in the middle of a segment */
	spool_close(&spool);
	spool = open_in(w, 0);
	assert_int_equal(spool_state(spool).waiting, 426);
	assert_int_equal(send(w, spool, &first), 1203);
	assert_int_equal(first, 778);
	MUST(spool_ack(spool, 1203, err));
	assert_int_equal(spool_state(spool).waiting, 0);
	spool_close(&spool);
	spool = open_in(w, 0); /* numbers go on, also when no file is left */
	put_many(spool, 1204, 1204);
	assert_int_equal(send(w, spool, &first), 1204);
	REFUSES(TANU_ERR_SPOOL, spool_ack(spool, 1205, err));
	spool_close(&spool);
}

static void is_bounded_and_says_so_before(void **state)
{
	struct world *w = *state;
	struct spool *spool = open_in(w, 20);
	struct gate_event e = event_of(21), lost = {.kind = GATE_EVENT_LOST, .number = 3};

	put_many(spool, 1, 15);
	assert_false(spool_state(spool).alarm);
	put_many(spool, 16, 20);
	assert_true(spool_state(spool).alarm);
	REFUSES(TANU_ERR_SPOOL_FULL, spool_put(spool, &e, err));
	MUST(spool_put(spool, &lost, err)); /* that it was full can still be said */
	MUST(spool_ack(spool, 10, err));
	MUST(spool_put(spool, &e, err));
	spool_close(&spool);
}

static void the_gate_cannot_read_its_own_events(void **state)
{
	struct world *w = *state;
	struct spool *spool = open_in(w, 0);
	struct buf file = {0};
	char path[128];
	tanu_id who = id_of(4);

	put_many(spool, 1, 10);
	spool_close(&spool);
	snprintf(path, sizeof(path), "%s/events-%016x", w->root, 1);
	MUST(os_read_file(&file, path, 100000, err));
	assert_null(memmem(file.data, file.len, who.b, 8));
	assert_null(memmem(file.data, file.len, "main", 4));
	buf_free(&file);
}

static void refuses_batches_that_were_changed(void **state)
{
	struct world *w = *state;
	struct spool *spool = open_in(w, 0);
	uint8_t key[PUBLIC_KEY_LEN];
	struct spool_batch batch = {0};
	struct gate_event e = {0};
	struct buf bytes = {0};
	struct secret other = {{1}};
	uint64_t last = 0;

	put_many(spool, 1, 3);
	sign_public_key(key, &w->gate_sign);
	MUST(spool_batch(spool, &bytes, &last, 10, &w->gate_sign, err));
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] ^= 4;
		assert_true(spool_batch_get(&batch, bytes.data, bytes.len, key, NULL) < 0);
		bytes.data[i] ^= 4;
	}
	for (size_t len = 0; len < bytes.len; len += 13)
		assert_true(spool_batch_get(&batch, bytes.data, len, key, NULL) < 0);
	MUST(spool_batch_get(&batch, bytes.data, bytes.len, key, err));
	REFUSES(TANU_ERR_CRYPTO, spool_batch_event(&e, &batch, 0, &other, err));
	batch.first++; /* an event is sealed with its number */
	REFUSES(TANU_ERR_CRYPTO, spool_batch_event(&e, &batch, 0, &w->site_box, err));
	buf_free(&bytes);
	spool_close(&spool);
}

static void events_have_no_field_that_cannot_be(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} bad[] = {{0, 2},     {1, 0},	{1, GATE_EVENT_KINDS}, {2, 16},	   {3, 2},
		   {11, 0x80}, {28, 2}, {31, GATE_FACES},      {37, 0x7f}, {54, 'A'},
		   {159, 1}};
	struct gate_event e = event_of(1), got = {0};
	uint8_t bytes[GATE_EVENT_LEN], good[GATE_EVENT_LEN];

	(void)state;
	e.was_inside = e.extrapolated = e.is_signed = true;
	memset(e.signature, 3, sizeof(e.signature));
	gate_event_put(good, &e);
	MUST(gate_event_get(&got, good, sizeof(good), err));
	assert_memory_equal(&got.subject, &e.subject, sizeof(e.subject));
	gate_event_put(bytes, &got);
	assert_memory_equal(bytes, good, sizeof(good));
	REFUSES(TANU_ERR_FORMAT, gate_event_get(&got, good, sizeof(good) - 1, err));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		memcpy(bytes, good, sizeof(good));
		bytes[bad[i].at] = bad[i].value;
		if (gate_event_get(&got, bytes, sizeof(bytes), NULL) == TANU_OK)
			fail_msg("byte %zu", bad[i].at);
	}
}

/* ---- power cuts ---- */

static struct lease_pair scenario_pair(void)
{
	struct lease_pair pair = {.site = id_of(200), .gate = id_of(201)};
	struct secret box = {{5}};

	box_public_key(pair.site_box, &box);
	return pair;
}

static struct spool *scenario_open(const char *folder, tanu_error *err)
{
	struct lease_pair pair = scenario_pair();
	struct spool_options options = {.dir = folder, .pair = &pair, .random = os_random()};
	struct spool *spool = NULL;

	return spool_open(&spool, &options, err) < 0 ? NULL : spool;
}

/* Events near the end of a segment, an acknowledgement that removes it, and events after that. */
static int scenario(const char *folder)
{
	struct spool *spool = scenario_open(folder, NULL);
	char mark[32];

	if (!spool)
		return 1;
	for (uint32_t i = 1; i <= 12; i++) {
		struct gate_event e = event_of(i);

		if (spool_put(spool, &e, NULL) < 0)
			return 1;
		snprintf(mark, sizeof(mark), "put %u", i);
		shim_mark(mark);
		if (i == 8) {
			if (spool_ack(spool, 8, NULL) < 0)
				return 1;
			shim_mark("ack 8");
		}
	}
	spool_close(&spool);
	return 0;
}

static tanu_status cut_check(void *self, const struct shim_crash *crash, tanu_error *err)
{
	uint64_t put = 0, acked = 0;
	struct spool_state s;
	struct spool *spool;

	(void)self;
	for (size_t i = 0; i < crash->marks_len; i++) {
		sscanf(crash->marks[i], "put %" SCNu64, &put);
		sscanf(crash->marks[i], "ack %" SCNu64, &acked);
	}
	if (!(spool = scenario_open(crash->folder, err)))
		return TANU_DAMAGED;
	s = spool_state(spool);
	spool_close(&spool);
	if (s.next - 1 < put)
		return tanu_fail(err, TANU_ERR_SPOOL, NULL, "event %d is lost", (int)put);
	if (acked && s.first <= acked)
		return tanu_fail(err, TANU_ERR_SPOOL, NULL, "an acknowledgement is lost");
	if (s.next - 1 > put + 1)
		return tanu_fail(err, TANU_ERR_SPOOL, NULL, "there is an event nobody has written");
	return TANU_OK;
}

static void loses_nothing_when_the_power_goes(void **state)
{
	struct world *w = *state;
	char folder[80], rebuilt[80];
	char *argv[] = {"/proc/self/exe", "--scenario", folder, NULL};
	struct shim *shim = NULL;

	snprintf(folder, sizeof(folder), "%s/spool", w->root);
	snprintf(rebuilt, sizeof(rebuilt), "%s/rebuilt", w->root);
	MUST(os_make_dir(folder, 0700, err));
	MUST(os_make_dir(rebuilt, 0700, err));
	MUST(shim_open(&shim, folder, err));
	MUST(shim_run(shim, argv, err));
	assert_true(shim_steps(shim) > 20);
	MUST(shim_each_crash(shim, rebuilt, 2, cut_check, NULL, err));
	shim_close(&shim);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    WORLD_TEST(keeps_events_until_they_are_acknowledged),
	    WORLD_TEST(is_bounded_and_says_so_before),
	    WORLD_TEST(the_gate_cannot_read_its_own_events),
	    WORLD_TEST(refuses_batches_that_were_changed),
	    WORLD_TEST(events_have_no_field_that_cannot_be),
	    WORLD_TEST(loses_nothing_when_the_power_goes),
	};

	if (argc == 3 && strcmp(argv[1], "--scenario") == 0)
		return crypto_init(NULL) < 0 ? 1 : scenario(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
