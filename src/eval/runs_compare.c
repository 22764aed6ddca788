/* SPDX-License-Identifier: Apache-2.0 */
/* Two runs over the same people: the same draws of people for both, so that luck cancels out. */
#include "eval/sets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A copy of a system with its people numbered as in a list that both runs share. */
struct renumbered {
	struct boot_pair *genuine, *impostor;
	uint32_t *photos;
	struct boot_system system;
};

static void renumbered_free(struct renumbered *r)
{
	free(r->genuine);
	free(r->impostor);
	free(r->photos);
}

static struct boot_pair *copy_pairs(const struct boot_pair *pairs, size_t len, const size_t *number)
{
	struct boot_pair *copy = calloc(len + 1, sizeof(*copy));

	for (size_t i = 0; copy && i < len; i++)
		copy[i] = (struct boot_pair){pairs[i].score, (uint32_t)number[pairs[i].a],
					     (uint32_t)number[pairs[i].b]};
	return copy;
}

static bool renumber(struct renumbered *out, const struct pair_set *set, const size_t *number,
		     size_t people)
{
	out->genuine = copy_pairs(set->genuine, set->genuine_len, number);
	out->impostor = copy_pairs(set->impostor, set->impostor_len, number);
	out->photos = calloc(people + 1, sizeof(*out->photos));
	if (!out->genuine || !out->impostor || !out->photos)
		return false;
	for (size_t i = 0; set->photos && i < set->people; i++)
		out->photos[number[i]] = set->photos[i];
	out->system = pair_set_system(set);
	out->system.genuine = out->genuine;
	out->system.impostor = out->impostor;
	out->system.photos = set->photos ? out->photos : NULL;
	return true;
}

static tanu_status number_people(size_t **out, struct name_list *all, const struct name_list *some,
				 tanu_error *err)
{
	size_t *number = calloc(some->len + 1, sizeof(*number));
	tanu_status st = TANU_OK;

	if (!number)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < some->len && st == TANU_OK; i++)
		st = name_list_add(all, &number[i], some->names[i], err);
	*out = number;
	return st;
}

/* The rates with everybody counted once. */
static tanu_status plain_rates(struct run_difference *d, const struct boot_system *base,
			       const struct boot_system *other, size_t people, tanu_error *err)
{
	uint32_t *once = calloc(people + 1, sizeof(*once));

	if (!once)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	for (size_t i = 0; i < people; i++)
		once[i] = 1;
	d->base = boot_fnmr(base, d->target, once, people);
	d->other = boot_fnmr(other, d->target, once, people);
	free(once);
	return TANU_OK;
}

tanu_status runs_compare(struct run_difference *out, const struct kept_run *base,
			 const struct pair_set *set, const struct name_list *people, double target,
			 const struct boot_options *options, tanu_error *err)
{
	struct run_difference d = {.target = target};
	struct name_list all = {0};
	size_t *base_number = NULL, *number = NULL;
	struct renumbered a = {0}, b = {0};
	tanu_status st;

	if ((st = number_people(&base_number, &all, &base->people, err)) < 0 ||
	    (st = number_people(&number, &all, people, err)) < 0)
		goto out;
	if (!renumber(&a, &base->set, base_number, all.len) ||
	    !renumber(&b, set, number, all.len)) {
		st = tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
		goto out;
	}
	if ((st = plain_rates(&d, &a.system, &b.system, all.len, err)) < 0 ||
	    (st = bootstrap_fnmr(&d.people, &a.system, &b.system, all.len, target, options, err)) <
		0)
		goto out;
	d.shown = d.people.difference.low > 0 || d.people.difference.high < 0;
	*out = d;
out:
	renumbered_free(&a);
	renumbered_free(&b);
	free(base_number);
	free(number);
	name_list_free(&all);
	return st;
}
