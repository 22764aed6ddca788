/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.h - the real program, driven from outside: words in, exit code and both streams out; and
 * a site in a temporary folder with photographs cut from the pinned demo sheet.
 */
#ifndef TESTS_CLI_PROGRAM_H
#define TESTS_CLI_PROGRAM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/verb.h"
#include "codec/codec.h"
#include "demo/sheet.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one call of the program did. Freed by the next call with the same struct, or by done. */
struct outcome {
	int code;  /* exit code; minus the signal's number when a signal ended it */
	char *out; /* standard output */
	char *err; /* standard error */
	size_t out_len;
	struct json_doc *doc; /* of a call that answered in JSON */
	json_value json;
};

struct call {
	const char *const *words; /* closed by NULL, without the program's name */
	const char *in;		  /* file given as standard input; NULL: empty */
	int out_fd;		  /* standard output goes here; 0: is captured */
	const char *environment;  /* one more variable, "NAME=value", or NULL */
};

void program_run(struct outcome *o, const struct call *call);
void outcome_done(struct outcome *o);

/* Today and `days`, as a date; tests must hold on any day. Valid until the third next call. */
const char *date_in(int days);
#define ADULT_BORN "1990-04-02"

/* The program with these words: exit code `code_`. Output in `o`. */
#define RUN(o, code_, ...) \
	program_expect((o), (code_), (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)
void program_expect(struct outcome *o, int code, const char *const *words, const char *file,
		    int line);

/*
 * The same with --json: the answer must be valid JSON on one line, every field of it must be in the
 * verb's table, and a failure must carry an error object.
 */
#define RUN_JSON(o, code_, ...)                                                               \
	program_expect_json((o), (code_), (const char *const[]){__VA_ARGS__, "--json", NULL}, \
			    __FILE__, __LINE__)
void program_expect_json(struct outcome *o, int code, const char *const *words, const char *file,
			 int line);

/* A text, number or truth value of the JSON answer; fails the test when it is not there. */
const char *answer_text(const struct outcome *o, const char *key);
double answer_number(const struct outcome *o, const char *key);
bool answer_bool(const struct outcome *o, const char *key);
/* The code of the answer's error object. */
const char *answer_error_code(const struct outcome *o);

/*
 * Folders film, skin and paper: a photograph with the noise of a sensor, frame after frame, and
 * what a second camera would make of it: grey, as skin is in infrared, or blank, as many prints
 * are. Simulated.
 */
void films_write(const char *photo_path, int frames);
/*
 * A walk with the gate's program, in shell: begins with WALK_BEGIN, writes gate.ini, and WALK_PAIR
 * pairs it by files as "north" and lends to it. `at` waits for a command to hold. $root is a folder
 * in memory, $tanu and $gate the programs, $who is handed in.
 */
#define WALK_BEGIN                                                                    \
	"set -eu\n"                                                                   \
	"root=$1; tanu=$2; gate=$(dirname \"$tanu\")/tanu-gate; who=$3\n"             \
	"at() { i=0; while [ $i -lt 90 ]; do eval \"$1\" >/dev/null 2>&1 && return\n" \
	"  i=$((i + 1)); sleep 0.5; done; return 1; }\n"
#define WALK_PAIR                                                                \
	"code=$(\"$tanu\" gate add north --json | "                              \
	"sed 's/.*\"code\":\"\\([0-9A-Z-]*\\)\".*/\\1/')\n"                      \
	"\"$gate\" --config gate.ini pair --code $code --request q >/dev/null\n" \
	"\"$tanu\" gate pair q --out a >/dev/null\n"                             \
	"\"$gate\" --config gate.ini pair --code $code --reply a >/dev/null\n"   \
	"\"$tanu\" gate lease north --out l --keys k --hours 2 >/dev/null\n"     \
	"\"$gate\" --config gate.ini lease l --keys k >/dev/null 2>&1\n"
/* Runs it in the present folder; when it fails, so does the test, with the ends of these files. */
void walk_must(const char *script, const char *who, const char *logs);

void assert_contains(const char *text, const char *part);
void assert_lacks(const char *text, const char *part);

/* A temporary folder that is the working directory until it is removed. */
void folder_enter(void);
void folder_leave(void);
/* A fresh folder inside it that has hard links to its files; and back, removing it. */
void folder_descend(void);
void folder_ascend(void);
void file_write(const char *path, const void *bytes, size_t len);
void file_write_text(const char *path, const char *text);

/* Photographs "man-N.jpg" (one man) and "other-N.jpg" (others), as far as `count`; settings that
 * let such small pictures pass. */
void photos_write(size_t count);
extern const char small_photo_settings[];

/* A site "s" named by TANU_DATA, for `small_photo_settings`; ids of people added. */
void site_make(void);
/* Set-up and tear-down: a folder of its own with a new site in it. */
int site_enter(void **state);
int site_leave(void **state);
void site_settings(const char *more);
void site_add(char id[ID_HEX_LEN], const char *name, const char *born);
void site_consent(const char *id, const char *purposes);

#endif
