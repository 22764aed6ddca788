/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public log on a disk: leaves a second that are appended durably, by the size of the batch;
 * an inclusion proof from a log of a million leaves; an audit of it.
 *
 *     bench_logdir_log [--json] [FOLDER]
 *
 * Proofs in CPU time, the rest as the clock on the wall has it. The folder (default: a new one
 * under $TMPDIR or /tmp) decides which disk is measured. It takes 200 MB and is removed.
 */
#include "logdir/logdir.h"
#include "os/os.h"
#include "tlog/audit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEAVES	  1000000
#define BATCH_MAX 4096
#define PROOFS	  2000
#define COLD	  200 /* proofs by a reader that was just opened */

struct world {
	char dir[OS_PATH_MAX];
	struct log_files files;
	struct signer signer;
	tanu_policy *policy;
	tanu_checkpoint head;
	struct log_item items[BATCH_MAX];
	uint8_t leaves[BATCH_MAX][TANU_LEAF_LEN];
	uint8_t slot[TANU_OPENING_LEN];
};

struct figures {
	double leaves_16, leaves_256, leaves_4096; /* a second */
	double proof_ms, proof_p99_ms, cold_ms;
	double audit_s, audit_entries;
};

/* ---- a log ---- */

static void fill_batch(struct world *w, size_t n)
{
	struct random_source random = os_random();

	random_fill(&random, w->leaves, n * sizeof(w->leaves[0]));
	for (size_t i = 0; i < n; i++)
		w->items[i] = (struct log_item){
		    .entry = w->leaves[i], .entry_len = TANU_LEAF_LEN, .opening = w->slot};
}

static tanu_status sign_head(struct world *w, tanu_error *err)
{
	struct buf text = {0}, note = {0};
	tanu_status st;

	checkpoint_put(&text, &w->head);
	if ((st = buf_check(&text, err)) == TANU_OK)
		st = note_sign(&note, &w->signer, (const char *)text.data, text.len, err);
	if (st == TANU_OK)
		st = w->files.write(w->files.self, "checkpoint", note.data, note.len, err);
	buf_free(&text);
	buf_free(&note);
	return st;
}

/* As the service does it: the root first, which is signed, then the files. */
static tanu_status append(struct world *w, size_t n, tanu_error *err)
{
	tanu_status st =
	    log_extended_root(&w->head.root, &w->files, w->head.size, w->items, n, err);

	if (st == TANU_OK)
		st = log_extend(&w->files, w->head.size, w->items, n, err);
	w->head.size += n;
	return st < 0 ? st : sign_head(w, err);
}

static tanu_status start(struct world *w, const char *dir, tanu_error *err)
{
	struct secret seed = {{7}};
	struct buf text = {0};
	tanu_verifier verifier;
	tanu_status st;

	snprintf(w->dir, sizeof(w->dir), "%s", dir);
	log_dir_files(&w->files, w->dir);
	w->head = (tanu_checkpoint){.origin = "bench.example/log"};
	tanu_hash_empty(&w->head.root);
	st = signer_init(&w->signer, w->head.origin, TANU_KEY_ED25519, &seed, err);
	signer_verifier(&verifier, &w->signer);
	buf_str(&text, "log ");
	verifier_put(&text, &verifier);
	buf_str(&text, "\nquorum none\n");
	if (st == TANU_OK)
		st = tanu_policy_parse(&w->policy, (const char *)text.data, text.len, err);
	buf_free(&text);
	return st;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
	(void)info;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void finish(struct world *w)
{
	tanu_policy_free(&w->policy);
	nftw(w->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- appending ---- */

static tanu_status measure_append(double *per_second, struct world *w, size_t batch, size_t batches,
				  tanu_error *err)
{
	int64_t ns = 0;
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < batches && st == TANU_OK; i++) {
		int64_t start_ns;

		fill_batch(w, batch);
		start_ns = os_monotonic_ns();
		st = append(w, batch, err);
		ns += os_monotonic_ns() - start_ns;
	}
	*per_second = (double)(batch * batches) * 1e9 / (double)ns;
	return st;
}

/* ---- a million ---- */

/* Written without waiting for the disk, and without openings: 160 MB instead of 670. */
static tanu_status write_quick(void *self, const char *path, const void *bytes, size_t len,
			       tanu_error *err)
{
	struct world *w = self;
	char file[OS_PATH_MAX];
	FILE *f;

	if (strncmp(path, "opening/", 8) == 0)
		return TANU_OK;
	if (os_path(file, sizeof(file), w->dir, path, err) < 0)
		return TANU_LIMIT;
	for (char *at = file + strlen(w->dir); (at = strchr(at + 1, '/'));) {
		*at = '\0';
		mkdir(file, 0755);
		*at = '/';
	}
	f = fopen(file, "w");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
		return tanu_fail(err, TANU_ERR_IO, file, "cannot be written");
	return TANU_OK;
}

static tanu_status read_quick(void *self, struct buf *out, const char *path, size_t max_bytes,
			      tanu_error *err)
{
	struct world *w = self;
	struct log_files folder;

	log_dir_files(&folder, w->dir);
	return folder.read(folder.self, out, path, max_bytes, err);
}

static tanu_status build(struct world *w, tanu_error *err)
{
	tanu_status st = TANU_OK;

	w->files = (struct log_files){.read = read_quick, .write = write_quick, .self = w};
	while (w->head.size < LEAVES && st == TANU_OK) {
		size_t left = (size_t)(LEAVES - w->head.size);
		size_t n = left < BATCH_MAX ? left : BATCH_MAX;

		fill_batch(w, n);
		st = append(w, n, err);
	}
	log_dir_files(&w->files, w->dir);
	return st;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static tanu_status open_reader(struct log_reader **out, struct world *w, tanu_error *err)
{
	tanu_status st = log_reader_open(out, &w->files, w->head.size, err);

	return st < 0 ? st : log_reader_trust(*out, &w->head.root, err);
}

static tanu_status prove(struct log_reader *reader, const struct world *w, tanu_error *err)
{
	struct random_source random = os_random();
	struct hash_source source = log_reader_hashes(reader);
	tanu_hash proof[TANU_PROOF_MAX], leaf;
	size_t len = 0;
	uint64_t index;
	tanu_status st;

	random_fill(&random, &index, sizeof(index));
	index %= w->head.size;
	if ((st = tree_prove_inclusion(proof, &len, &source, index, w->head.size, err)) < 0 ||
	    (st = source.read(source.self, &leaf, 0, index, err)) < 0)
		return st;
	return tanu_verify_inclusion(&leaf, index, w->head.size, &w->head.root, proof, len, err);
}

static tanu_status measure_proofs(struct figures *f, struct world *w, tanu_error *err)
{
	static int64_t ns[PROOFS];
	struct log_reader *reader = NULL;
	tanu_status st = open_reader(&reader, w, err);

	for (size_t i = 0; i < PROOFS && st == TANU_OK; i++) {
		int64_t start_ns = os_thread_ns();

		st = prove(reader, w, err);
		ns[i] = os_thread_ns() - start_ns;
	}
	log_reader_close(&reader);
	qsort(ns, PROOFS, sizeof(ns[0]), by_value);
	f->proof_ms = (double)ns[PROOFS / 2] / 1e6;
	f->proof_p99_ms = (double)ns[PROOFS * 99 / 100] / 1e6;
	return st;
}

static tanu_status measure_cold(struct figures *f, struct world *w, tanu_error *err)
{
	static int64_t ns[COLD];
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < COLD && st == TANU_OK; i++) {
		struct log_reader *reader = NULL;
		int64_t start_ns = os_thread_ns();

		if ((st = open_reader(&reader, w, err)) == TANU_OK)
			st = prove(reader, w, err);
		log_reader_close(&reader);
		ns[i] = os_thread_ns() - start_ns;
	}
	qsort(ns, COLD, sizeof(ns[0]), by_value);
	f->cold_ms = (double)ns[COLD / 2] / 1e6;
	return st;
}

static tanu_status measure_audit(struct figures *f, struct world *w, tanu_error *err)
{
	struct clock_source clock = os_clock();
	struct log_audit_options options = {.policy = w->policy, .now_ms = clock_now(&clock)};
	struct log_report report = {0};
	int64_t start_ns = os_monotonic_ns();
	tanu_status st = log_audit(&report, &w->files, &options, err);

	f->audit_s = (double)(os_monotonic_ns() - start_ns) / 1e9;
	f->audit_entries = (double)report.counts.entries / f->audit_s;
	if (st == TANU_OK && !report.believed)
		st = tanu_fail(err, TANU_ERR_LOG_DAMAGED, w->dir, "the log is not as it was made");
	log_report_free(&report);
	return st;
}

/* ---- all of it ---- */

static tanu_status in_fresh_folder(struct world *w, const char *base, struct figures *f,
				   tanu_status (*run)(struct world *w, struct figures *f,
						      tanu_error *err),
				   tanu_error *err)
{
	char dir[OS_PATH_MAX];
	tanu_status st;

	snprintf(dir, sizeof(dir), "%s/tanu-bench-XXXXXX", base);
	if (!mkdtemp(dir))
		return os_fail(err, dir, "make the folder", 0);
	if ((st = start(w, dir, err)) == TANU_OK)
		st = run(w, f, err);
	finish(w);
	return st;
}

static tanu_status run_appends(struct world *w, struct figures *f, tanu_error *err)
{
	tanu_status st = measure_append(&f->leaves_16, w, 16, 50, err);

	if (st == TANU_OK)
		st = measure_append(&f->leaves_256, w, 256, 20, err);
	return st < 0 ? st : measure_append(&f->leaves_4096, w, 4096, 5, err);
}

static tanu_status run_million(struct world *w, struct figures *f, tanu_error *err)
{
	tanu_status st = build(w, err);

	if (st < 0 || (st = measure_proofs(f, w, err)) < 0 || (st = measure_cold(f, w, err)) < 0)
		return st;
	return measure_audit(f, w, err);
}

static void print(const struct figures *f, bool json)
{
	printf(
	    json ? "{\"leaves_16_per_s\":%.0f,\"leaves_256_per_s\":%.0f,"
		   "\"leaves_4096_per_s\":%.0f,\"proof_ms\":%.3f,\"proof_p99_ms\":%.3f,"
		   "\"cold_ms\":%.3f,\"audit_s\":%.2f,\"audit_entries_per_s\":%.0f}\n"
		 : "appended durably, leaves a second: %.0f in batches of 16, %.0f of 256, %.0f of "
		   "4096\n"
		   "a million leaves: inclusion proof %.3f ms (p99 %.3f), by a reader just opened "
		   "%.3f ms\n"
		   "audit of all: %.2f s, %.0f entries a second\n",
	    f->leaves_16, f->leaves_256, f->leaves_4096, f->proof_ms, f->proof_p99_ms, f->cold_ms,
	    f->audit_s, f->audit_entries);
}

int main(int argc, char **argv)
{
	static struct world w;
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	const char *base = argc > 1 + json ? argv[1 + json] : getenv("TMPDIR");
	struct figures figures = {0};
	tanu_error err = {0};

	base = base && *base ? base : "/tmp";
	if (crypto_init(&err) < 0 || in_fresh_folder(&w, base, &figures, run_appends, &err) < 0 ||
	    in_fresh_folder(&w, base, &figures, run_million, &err) < 0) {
		fprintf(stderr, "%s: %s\n", err.place, err.message);
		return (int)tanu_exit_for(err.status);
	}
	print(&figures, json);
	return 0;
}
