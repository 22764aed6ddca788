/* SPDX-License-Identifier: Apache-2.0 */
/* Leases and events that are carried, where there is no network. */
#include "station/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A gate without any device: for work on its folder. */
static tanu_status bare_gate(struct station *b, tanu_error *err)
{
	struct sim_world *world = NULL;
	tanu_status st;

	b->options = (struct gate_options){
	    .settings = &b->settings, .identity = &b->identity, .log = to_log, .self = b};
	if ((st = sim_world_open(&world, "", 0, err)) < 0)
		return st;
	b->devices.world = world;
	b->options.door = sim_world_door(world);
	return gate_open(&b->gate, &b->options, err);
}

tanu_status run_lease(struct station *b, tanu_error *err)
{
	struct lease_keys keys = {.gallery = {{0}}};
	struct buf doc = {0}, file = {0};
	tanu_status st;

	if (!b->call->operand || !b->call->keys)
		return tanu_fail(err, TANU_ERR_USAGE, "lease", "name the lease, and --keys");
	if ((st = os_read_file(&doc, b->call->operand, LEASE_BYTES_MAX, err)) < 0 ||
	    (st = os_read_file(&file, b->call->keys, sizeof(keys), err)) < 0)
		goto out;
	if (file.len != sizeof(keys)) {
		st = tanu_fail(err, TANU_ERR_FORMAT, b->call->keys,
			       "these are not the keys of a lease");
		goto out;
	}
	memcpy(&keys, file.data, sizeof(keys));
	if ((st = bare_gate(b, err)) == TANU_OK &&
	    (st = gate_lease_take(b->gate, doc.data, doc.len, &keys, err)) == TANU_OK)
		printf("The lease is here; its keys are in memory, in %s.\n",
		       settings_text(&b->settings, "run.dir"));
out:
	mem_wipe(&keys, sizeof(keys));
	buf_free(&doc);
	buf_wipe(&file);
	return st;
}

tanu_status run_events(struct station *b, tanu_error *err)
{
	struct buf batch = {0};
	uint64_t last = 0;
	tanu_status st = bare_gate(b, err);

	if (st < 0)
		return st;
	if (b->call->taken)
		return gate_events_ack(b->gate, strtoull(b->call->taken, NULL, 10), err);
	if (!b->call->out)
		return tanu_fail(err, TANU_ERR_USAGE, "events", "give --out or --taken");
	if ((st = gate_events_export(b->gate, &batch, &last, err)) == TANU_OK && last)
		st = os_replace_file(b->call->out, batch.data, batch.len, 0600, err);
	if (st == TANU_OK)
		printf(last ? "Events up to %llu are in %s.\n" : "Nothing waits.\n",
		       (unsigned long long)last, b->call->out);
	buf_free(&batch);
	return st;
}
