/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/program.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

#define WORDS_MAX     64
#define VARIABLES_MAX 256

static const char *program(void)
{
	const char *path = getenv("TANU_PROGRAM");

	if (!path)
		fail_msg("TANU_PROGRAM must name the program under test");
	return path;
}

static char *slurp(int fd, size_t *len)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, (size_t)end + 1);

	assert_non_null(text);
	assert_int_equal(pread(fd, text, (size_t)end, 0), end);
	if (len)
		*len = (size_t)end;
	return text;
}

void outcome_done(struct outcome *o)
{
	json_free(&o->doc);
	free(o->out);
	free(o->err);
	*o = (struct outcome){0};
}

/* The environment of this test, and one variable more. */
static void set_environment(char *out[VARIABLES_MAX], const char *more)
{
	size_t n = 0;

	if (more)
		out[n++] = (char *)more;
	for (size_t i = 0; environ[i] && n + 1 < VARIABLES_MAX; i++)
		out[n++] = environ[i];
	out[n] = NULL;
}

void program_run(struct outcome *o, const struct call *call)
{
	char *argv[WORDS_MAX] = {(char *)"tanu"}, *variables[VARIABLES_MAX];
	int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
	posix_spawn_file_actions_t actions;
	int status = 0;
	pid_t pid;

	outcome_done(o);
	for (size_t i = 0; call->words[i]; i++) {
		assert_true(i + 2 < WORDS_MAX);
		argv[i + 1] = (char *)call->words[i];
	}
	set_environment(variables, call->environment);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, call->in ? call->in : "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, call->out_fd ? call->out_fd : out,
					 STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	assert_int_equal(posix_spawn(&pid, program(), &actions, NULL, argv, variables), 0);
	posix_spawn_file_actions_destroy(&actions);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	o->code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	o->out = slurp(out, &o->out_len);
	o->err = slurp(err, NULL);
	close(out);
	close(err);
}

void program_expect(struct outcome *o, int code, const char *const *words, const char *file,
		    int line)
{
	struct call call = {.words = words};

	program_run(o, &call);
	if (o->code != code)
		fail_msg("%s:%d: tanu %s: exit code %d, not %d\n%s%s", file, line, words[0],
			 o->code, code, o->out, o->err);
}

/* ---- fields of an answer against the verb's table ---- */

static bool documented(const struct verb *verb, const char *path)
{
	for (size_t i = 0; i < FIELDS_MAX && verb->fields[i].name; i++) {
		const char *name = verb->fields[i].name;
		size_t len = strlen(name);

		/* An array that happens to be empty: its members are described. */
		if (strncmp(name, path, strlen(path)) == 0 && name[strlen(path)] == '[')
			return true;
		if (strncmp(path, name, len) != 0)
			continue;
		/* The field itself, or a member of one that is described as a whole. */
		if (path[len] == '\0' || path[len] == '.' || strcmp(path + len, "[]") == 0)
			return true;
	}
	return false;
}

static bool is_object(json_value v)
{
	return json_next_key(v, NULL) != NULL;
}

static void check_fields(const struct verb *verb, json_value object, const char *prefix)
{
	for (const char *key = json_next_key(object, NULL); key; key = json_next_key(object, key)) {
		json_value v = json_get(object, key);
		json_value inner = json_len(v) ? json_at(v, 0) : v;
		char path[256];

		if (!*prefix && strcmp(key, "error") == 0)
			continue;
		snprintf(path, sizeof(path), "%s%s%s%s", prefix, *prefix ? "." : "", key,
			 json_len(v) && is_object(inner) ? "[]" : "");
		if (is_object(inner))
			check_fields(verb, inner, path);
		else if (!documented(verb, path))
			fail_msg(
			    "tanu %s %s prints the field \"%s\", which its table does not name",
			    verb->group, verb->action ? verb->action : "", path);
	}
}

/* The verb of these words: the first one or two that the table knows. */
static const struct verb *verb_of(const char *const *words)
{
	const struct verb *verb = words[0] ? verb_group(words[0]) : NULL;

	if (verb && verb->action)
		verb = words[1] ? verb_find(words[0], words[1]) : NULL;
	return verb;
}

void program_expect_json(struct outcome *o, int code, const char *const *words, const char *file,
			 int line)
{
	const struct verb *verb = verb_of(words);
	tanu_error err = {0};

	program_expect(o, code, words, file, line);
	if (o->out_len < 2 || strchr(o->out, '\n') != o->out + o->out_len - 1)
		fail_msg("%s:%d: not one line of JSON: %s", file, line, o->out);
	if (json_parse(&o->doc, o->out, o->out_len, 1 << 24, "answer", &err) < 0)
		fail_msg("%s:%d: %s: %s in %s", file, line, err.place, err.message, o->out);
	o->json = json_root(o->doc);
	if (verb)
		check_fields(verb, o->json, "");
	if (code > 1 && !json_get(o->json, "error") && strcmp(words[0], "doctor") != 0 &&
	    !json_get(o->json, "refused"))
		fail_msg("%s:%d: exit code %d without an error object: %s", file, line, code,
			 o->out);
}

const char *answer_text(const struct outcome *o, const char *key)
{
	tanu_error err = {0};
	const char *text = NULL;

	if (json_text(&text, o->json, key, &err) < 0)
		fail_msg("%s: %s in %s", err.place, err.message, o->out);
	return text;
}

double answer_number(const struct outcome *o, const char *key)
{
	tanu_error err = {0};
	double v = 0;

	if (json_number(&v, o->json, key, &err) < 0)
		fail_msg("%s: %s in %s", err.place, err.message, o->out);
	return v;
}

bool answer_bool(const struct outcome *o, const char *key)
{
	tanu_error err = {0};
	bool v = false;

	if (json_bool(&v, o->json, key, &err) < 0)
		fail_msg("%s: %s in %s", err.place, err.message, o->out);
	return v;
}

const char *answer_error_code(const struct outcome *o)
{
	const char *code = NULL;

	if (json_text(&code, json_get(o->json, "error"), "code", NULL) < 0)
		fail_msg("no error in %s", o->out);
	return code;
}

const char *date_in(int days)
{
	static char texts[3][16];
	static size_t next;
	struct clock_source clock = os_clock();
	tanu_date d = date_from_ms(clock_now(&clock) + (int64_t)days * 86400000);
	char *text = texts[next++ % ARRAY_LEN(texts)];

	snprintf(text, sizeof(texts[0]), "%04u-%02u-%02u", (unsigned)d.year % 10000,
		 (unsigned)d.month % 100, (unsigned)d.day % 100);
	return text;
}

void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

/* ---- files ---- */

static char folder[64];

void folder_enter(void)
{
	snprintf(folder, sizeof(folder), "/tmp/tanu-cli-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	unsetenv("TANU_DATA");
	unsetenv("NO_COLOR");
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

static tanu_status link_down(void *self, const char *name, tanu_error *err)
{
	char to[320];

	(void)self;
	(void)err;
	snprintf(to, sizeof(to), "fresh/%s", name);
	if (strcmp(name, "fresh") != 0)
		assert_int_equal(link(name, to), 0);
	return TANU_OK;
}

void folder_descend(void)
{
	assert_int_equal(mkdir("fresh", 0700), 0);
	assert_int_equal(os_list_dir(".", link_down, NULL, NULL), TANU_OK);
	assert_int_equal(chdir("fresh"), 0);
	unsetenv("TANU_DATA");
}

void folder_ascend(void)
{
	assert_int_equal(chdir(".."), 0);
	nftw("fresh", remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void folder_leave(void)
{
	assert_int_equal(chdir("/"), 0);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void file_write(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

void file_write_text(const char *path, const char *text)
{
	file_write(path, text, strlen(text));
}

void photos_write(size_t count)
{
	tanu_error err = {0};
	tanu_image *sheet = NULL;
	char path[64];

	if (tanu_image_read(&sheet, TANU_SOURCE_DIR "/.deps/demo/screenshot-facematch.jpg", NULL,
			    &err) < 0)
		fail_msg("%s: %s", err.place, err.message);
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "man-%zu.jpg", i);
		assert_int_equal(sheet_write_tile(sheet, sheet_same[i], path, &err), TANU_OK);
		snprintf(path, sizeof(path), "other-%zu.jpg", i);
		assert_int_equal(sheet_write_tile(sheet, sheet_strangers[i], path, &err), TANU_OK);
	}
	tanu_image_free(&sheet);
}

static void write_ppm(const char *name, const uint8_t *rgb, int32_t width, int32_t height)
{
	struct buf file = {0};

	buf_printf(&file, "P6\n%d %d\n255\n", width, height);
	buf_put(&file, rgb, 3 * (size_t)width * (size_t)height);
	assert_int_equal(os_replace_file(name, file.data, file.len, 0600, NULL), TANU_OK);
	buf_free(&file);
}

void films_write(const char *photo_path, int frames)
{
	tanu_image *photo = NULL;
	uint8_t *grey;
	uint32_t noise = 1;
	char name[40];
	size_t len;

	os_make_dir("film", 0700, NULL);
	os_make_dir("skin", 0700, NULL);
	os_make_dir("paper", 0700, NULL);
	assert_int_equal(tanu_image_read(&photo, photo_path, NULL, NULL), TANU_OK);
	len = 3 * (size_t)photo->width * (size_t)photo->height;
	grey = malloc(len);
	assert_non_null(grey);
	for (int i = 0; i < frames; i++) {
		for (size_t k = 0; k < len; k++) {
			noise = noise * 1664525 + 1013904223;
			photo->rgb[k] = (uint8_t)(photo->rgb[k] ^ (noise >> 31));
			grey[k] = photo->rgb[k - k % 3];
		}
		snprintf(name, sizeof(name), "film/f_%02d.ppm", i);
		write_ppm(name, photo->rgb, photo->width, photo->height);
		snprintf(name, sizeof(name), "skin/f_%02d.ppm", i);
		write_ppm(name, grey, photo->width, photo->height);
		memset(grey, 60 + i, len);
		snprintf(name, sizeof(name), "paper/f_%02d.ppm", i);
		write_ppm(name, grey, photo->width, photo->height);
	}
	free(grey);
	tanu_image_free(&photo);
}

/* ---- a walk ---- */

void walk_must(const char *script, const char *who, const char *logs)
{
	char root[] = "/dev/shm/tanu-walk-XXXXXX", command[512];
	const char *program = getenv("TANU_PROGRAM");
	int rc;

	if (!program || !os_is_memory("/dev/shm"))
		skip();
	assert_non_null(mkdtemp(root));
	file_write_text("walk.sh", script);
	snprintf(command, sizeof(command), "sh -x walk.sh %s %s %s 2>trace", root, program, who);
	rc = system(command);
	if (rc != 0) {
		snprintf(command, sizeof(command), "tail -n 8 %s", logs);
		rc = system(command) ? 2 : 1;
	}
	snprintf(command, sizeof(command), "rm -rf %s", root);
	assert_int_equal(system(command), 0);
	assert_int_equal(rc, 0);
}

/* ---- a site ---- */

const char small_photo_settings[] =
    "[site]\nname = Test\n[quality.door]\ninter_eye_px = 20\nsharpness = 0\nyaw = 60\npitch = 60\n"
    "roll = 60\n[quality.enrol]\ninter_eye_px = 20\nsharpness = 0\nyaw = 60\npitch = 60\nroll = "
    "60\n"
    "centred = 1\neyes_open = 0\n";

void site_settings(const char *more)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", small_photo_settings, more);
	file_write_text("s/tanu.ini", text);
}

void site_make(void)
{
	struct outcome o = {0};

	RUN(&o, 0, "init", "s", "--site", "Test");
	outcome_done(&o);
	site_settings("");
	setenv("TANU_DATA", "s", 1);
}

void site_add(char id[ID_HEX_LEN], const char *name, const char *born)
{
	struct outcome o = {0};

	RUN_JSON(&o, 0, "subject", "add", "--name", name, "--born", born);
	snprintf(id, ID_HEX_LEN, "%s", answer_text(&o, "id"));
	outcome_done(&o);
}

void site_consent(const char *id, const char *purposes)
{
	struct outcome o = {0};

	file_write_text("notice-1.txt", "What is stored, why, how long, and the equal way in.");
	RUN(&o, 0, "consent", "give", id, "--purpose", purposes, "--by", "self", "--until",
	    date_in(60), "--notice", "notice-1.txt");
	outcome_done(&o);
}

int site_enter(void **state)
{
	(void)state;
	folder_enter();
	site_make();
	return 0;
}

int site_leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}
