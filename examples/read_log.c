/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a log, c2sp.org/tlog-tiles, from its folder: read_log FOLDER POLICY [INDEX]. Every entry is
 * checked against the signed root. With INDEX it prints a proof file of that entry
 * (c2sp.org/tlog-proof), which verify_proof checks.
 *     cc read_log.c $(pkg-config --cflags --libs tanu) -o read_log
 */
#include <stdio.h>
#include <stdlib.h>
#include <tanu/log.h>

static tanu_status read_whole(uint8_t **bytes, size_t *len, const char *path, size_t max,
			      tanu_error *err)
{
	FILE *f = fopen(path, "rb");
	uint8_t *all;

	if (!f)
		return tanu_fail(err, TANU_ERR_FILE_MISSING, path, "cannot be opened");
	all = (uint8_t *)malloc(max + 1);
	*len = all ? fread(all, 1, max + 1, f) : 0;
	fclose(f);
	if (!all)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, path, "not enough memory");
	*bytes = all;
	return TANU_OK;
}

static tanu_status read_file(void *folder, uint8_t **bytes, size_t *len, const char *path,
			     size_t max, tanu_error *err)
{
	char full[1024];

	if (snprintf(full, sizeof(full), "%s/%s", (const char *)folder, path) >= (int)sizeof(full))
		return tanu_fail(err, TANU_ERR_PATH_TOO_LONG, path,
				 "the folder's name is too long");
	return read_whole(bytes, len, full, max, err);
}

static tanu_status count(void *self, uint64_t index, const void *entry, size_t entry_len,
			 const uint8_t *opening, tanu_error *err)
{
	unsigned long *bytes = (unsigned long *)self;

	(void)index;
	(void)entry;
	(void)opening;
	(void)err;
	*bytes += (unsigned long)entry_len;
	return TANU_OK;
}

static tanu_status print_all(tanu_log *log, tanu_error *err)
{
	const tanu_checkpoint *checkpoint = tanu_log_checkpoint(log);
	unsigned long bytes = 0;
	tanu_status st = tanu_log_each(log, 0, checkpoint->size, 0, count, &bytes, err);

	if (st == TANU_OK)
		printf("%s: %lu entries, %lu bytes, all of them in the signed tree\n",
		       checkpoint->origin, (unsigned long)checkpoint->size, bytes);
	return st;
}

static tanu_status print_proof(tanu_log *log, const char *index, tanu_error *err)
{
	char *text = NULL;
	size_t len = 0;
	uint64_t at = strtoul(index, NULL, 10);
	tanu_status st;

	if (at >= tanu_log_checkpoint(log)->size)
		return tanu_fail(err, TANU_ERR_USAGE, index, "the log has no such entry");
	st = tanu_log_prove_file(log, &text, &len, at, err);
	if (st == TANU_OK)
		fwrite(text, 1, len, stdout);
	free(text);
	return st;
}

int main(int argc, char **argv)
{
	tanu_log_files files = {read_file, NULL, NULL};
	tanu_policy *policy = NULL;
	tanu_log *log = NULL;
	uint8_t *text = NULL;
	size_t len = 0;
	tanu_error err = {TANU_OK, TANU_ERR_NONE, "", ""};

	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: read_log FOLDER POLICY [INDEX]\n");
		return TANU_EXIT_USAGE;
	}
	files.self = argv[1];
	if (read_whole(&text, &len, argv[2], 65536, &err) ||
	    tanu_policy_parse(&policy, (const char *)text, len, &err) ||
	    tanu_log_open(&log, &files, policy, &err) ||
	    (argc == 3 ? print_all(log, &err) : print_proof(log, argv[3], &err)))
		fprintf(stderr, "read_log: %s: %s\n", err.place, err.message);
	free(text);
	tanu_policy_free(&policy);
	tanu_log_close(&log);
	return (int)tanu_exit_for(err.status);
}
