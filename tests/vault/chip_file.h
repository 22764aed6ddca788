/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chip_file.h - a chip for tests: its memory is one file, each change of it on the disk when the
 * call returns. It counts what it is asked, and can fail at the n-th change: before it, after it
 * (the answer is lost), or half way (the slot is torn).
 */
#ifndef TESTS_VAULT_CHIP_FILE_H
#define TESTS_VAULT_CHIP_FILE_H

#include "vault/chip.h"

#include <stdlib.h>
#include <string.h>

enum chip_fault { CHIP_REFUSES, CHIP_LOSES_ANSWER, CHIP_TEARS };

/* What all file chips of a test do and have done. */
static struct {
	size_t writes, increments;
	size_t fail_at; /* this many changes from now; 0: never */
	enum chip_fault fault;
} chip_file;

struct chip_memory {
	uint32_t place; /* 0: nothing is made */
	struct secret auth;
	uint64_t counter;
	uint8_t slot[CHIP_SLOTS][CHIP_SLOT_LEN];
};

struct file_chip {
	struct chip chip;
	const char *path;
	struct chip_memory memory;
	bool attached;
};

static inline tanu_status chip_file_load(struct chip_memory *out, const char *path, tanu_error *err)
{
	struct buf bytes = {0};
	tanu_status st = os_read_file(&bytes, path, sizeof(*out), err);

	if (st == TANU_NOT_FOUND) {
		*out = (struct chip_memory){0};
		return TANU_OK;
	}
	if (st == TANU_OK)
		memcpy(out, bytes.data, sizeof(*out));
	buf_wipe(&bytes);
	return st;
}

static inline tanu_status chip_file_keep(const char *path, const struct chip_memory *memory,
					 tanu_error *err)
{
	return os_replace_file(path, memory, sizeof(*memory), 0600, err);
}

static inline tanu_status chip_file_fail(tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_TPM, "chip", "the chip of the test fails as it was told to");
}

/* The chip becomes `next`, unless this is the change that fails. */
static inline tanu_status chip_file_change(struct file_chip *c, const struct chip_memory *next,
					   tanu_error *err)
{
	bool fails = chip_file.fail_at > 0 && --chip_file.fail_at == 0;
	struct chip_memory kept = *next;
	tanu_status st;

	if (fails && chip_file.fault == CHIP_REFUSES)
		return chip_file_fail(err);
	if (fails && chip_file.fault == CHIP_TEARS)
		for (unsigned i = 0; i < CHIP_SLOTS; i++)
			memcpy(kept.slot[i] + CHIP_SLOT_LEN / 2,
			       c->memory.slot[i] + CHIP_SLOT_LEN / 2, CHIP_SLOT_LEN / 2);
	if ((st = chip_file_keep(c->path, &kept, err)) < 0)
		return st;
	c->memory = kept;
	return fails ? chip_file_fail(err) : TANU_OK;
}

static inline void chip_file_close(struct chip *chip)
{
	free(chip);
}

static inline tanu_status chip_file_attach(struct chip *chip, uint32_t place,
					   const struct secret *auth, tanu_error *err)
{
	struct file_chip *c = (struct file_chip *)chip;

	if (c->memory.place != place || !secret_equal(&c->memory.auth, auth))
		return tanu_fail(err, TANU_ERR_TPM, "chip", "this chip does not hold the root");
	c->attached = true;
	return TANU_OK;
}

static inline tanu_status chip_file_define(struct chip *chip, uint32_t place,
					   const struct secret *auth, tanu_error *err)
{
	struct file_chip *c = (struct file_chip *)chip;
	struct chip_memory next = {.place = place, .auth = *auth, .counter = 41};
	tanu_status st;

	if (c->memory.place == place)
		return tanu_fail(err, TANU_ERR_CONFLICT, "chip", "this number is taken");
	if ((st = chip_file_change(c, &next, err)) < 0)
		return st;
	c->attached = true;
	return TANU_OK;
}

static inline tanu_status chip_file_remove(struct chip *chip, tanu_error *err)
{
	static const struct chip_memory none;

	return chip_file_change((struct file_chip *)chip, &none, err);
}

static inline tanu_status chip_file_read(struct chip *chip, uint8_t out[CHIP_SLOT_LEN],
					 unsigned slot, tanu_error *err)
{
	struct file_chip *c = (struct file_chip *)chip;

	(void)err;
	assert_true(c->attached);
	memcpy(out, c->memory.slot[slot], CHIP_SLOT_LEN);
	return TANU_OK;
}

static inline tanu_status chip_file_write(struct chip *chip, unsigned slot,
					  const uint8_t bytes[CHIP_SLOT_LEN], tanu_error *err)
{
	struct file_chip *c = (struct file_chip *)chip;
	struct chip_memory next = c->memory;

	assert_true(c->attached);
	memcpy(next.slot[slot], bytes, CHIP_SLOT_LEN);
	chip_file.writes++;
	return chip_file_change(c, &next, err);
}

static inline tanu_status chip_file_counter(struct chip *chip, uint64_t *out, tanu_error *err)
{
	struct file_chip *c = (struct file_chip *)chip;

	(void)err;
	assert_true(c->attached);
	*out = c->memory.counter;
	return TANU_OK;
}

static inline tanu_status chip_file_increment(struct chip *chip, tanu_error *err)
{
	struct file_chip *c = (struct file_chip *)chip;
	struct chip_memory next = c->memory;

	assert_true(c->attached);
	next.counter++;
	chip_file.increments++;
	return chip_file_change(c, &next, err);
}

static inline tanu_status chip_file_open(struct chip **out, const struct chip_source *source,
					 tanu_error *err)
{
	static const struct chip_calls calls = {
	    .close = chip_file_close,
	    .define = chip_file_define,
	    .attach = chip_file_attach,
	    .remove = chip_file_remove,
	    .read = chip_file_read,
	    .write = chip_file_write,
	    .counter = chip_file_counter,
	    .increment = chip_file_increment,
	};
	struct file_chip *c = calloc(1, sizeof(*c));
	tanu_status st;

	if (!c)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	c->chip.calls = &calls;
	strcpy(c->chip.name, "a file that plays a chip");
	c->path = source->at;
	if ((st = chip_file_load(&c->memory, c->path, err)) < 0)
		free(c);
	else
		*out = &c->chip;
	return st;
}

static inline struct chip_source chip_in_file(const char *path)
{
	return (struct chip_source){.open = chip_file_open, .at = path};
}

#endif
