/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shim.h - what a power cut leaves of a folder.
 *
 * A scenario (a program) runs under a preloaded library that traces every call that changes a file
 *of the watched folder. Afterwards the folder is rebuilt as it could stand after a power cut behind
 *each traced call in turn, and a check is called on it. A test:
 *
 *	static tanu_status check(void *self, const struct shim_crash *crash, tanu_error *err);
 *
 *	shim_open(&shim, folder, &err);              what stands in `folder` counts as on the disk
 *	shim_run(shim, argv, &err);                  once or several times; must exit with 0
 *	shim_each_crash(shim, rebuilt, 2, check, self, &err);
 *	shim_close(&shim);
 *
 * The scenario says with shim_mark what it has acknowledged; the check gets all marks that were set
 * before the cut. A test program is usually its own scenario: argv {"/proc/self/exe", "--scenario",
 * folder, NULL}, and its main looks for that option first.
 *
 * The model. Data of a file is on the disk when the file was synced after it. A name (create,
 *mkdir, rename, unlink) is on the disk when its folder was synced after it, and not before, even
 *where the file itself was synced: POSIX promises no more. What is not yet on the disk may or may
 *not be there:
 *
 *	drop    none of it
 *	keep    all of it
 *	torn    all of it, but the last write only to about its half, at a boundary of 512 bytes
 *	random  of data an arbitrary subset; of the names of each folder, the first few in their
 *order
 *
 * After a run the model is compared with the real folder, so that what was written past the shim
 *(by stdio, a mapping) is an error and no silent gap.
 */
#ifndef TESTS_SHIM_SHIM_H
#define TESTS_SHIM_SHIM_H

#include "os/os.h"

enum shim_variant { SHIM_DROP, SHIM_KEEP, SHIM_TORN, SHIM_RANDOM };

struct shim_crash {
	const char *folder; /* rebuilt; the check may change it */
	size_t step;	    /* calls made before the cut */
	const char *call;   /* the last of them: "write tanu.db-wal 4120+4096" */
	enum shim_variant variant;
	uint64_t seed; /* of SHIM_RANDOM */
	const char *const *marks;
	size_t marks_len;
};

struct shim;

/* The folder must be there. Its whole tree is read: plain files and folders only. */
tanu_status shim_open(struct shim **out, const char *folder, tanu_error *err);
void shim_close(struct shim **shim);

/* Run a program under the shim; argv[0] is its path. TANU_SYSTEM when it does not exit with 0. */
tanu_status shim_run(struct shim *shim, char *const argv[], tanu_error *err);

/* Called by the scenario, anywhere; does nothing where no shim is loaded. No line end in `text`. */
void shim_mark(const char *text);
/* The same from outside, between two runs. */
tanu_status shim_note(struct shim *shim, const char *text, tanu_error *err);

/* Everything in a folder, but not the folder. */
tanu_status shim_empty_folder(const char *folder, tanu_error *err);

size_t shim_steps(const struct shim *shim);

/*
 * For heavy checks: under a sanitizer, which makes them several times slower and looks for other
 * mistakes than lost writes, only one of SHIM_THINNED different states is rebuilt and checked, the
 * variants in turn. Without one all are. Says whether it does so.
 */
#define SHIM_THINNED 5
bool shim_thin(struct shim *shim);

/*
 * Rebuild into `folder` (emptied each time) and check, for each step and variant, with `seeds`
 * random ones; a state that is the same as the variant's last, with the same marks, is passed over.
 * The first failing check ends the walk; its error's place then names step, call and variant.
 */
tanu_status shim_each_crash(struct shim *shim, const char *folder, unsigned seeds,
			    tanu_status (*check)(void *self, const struct shim_crash *crash,
						 tanu_error *err),
			    void *self, tanu_error *err);

#endif
