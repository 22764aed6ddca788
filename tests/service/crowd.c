/* SPDX-License-Identifier: Apache-2.0 */
#include "service/crowd.h"

#include <math.h>

#define FAMILY 4242u

static float noise(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (float)(*seed >> 8) / (float)(1 << 23) - 1;
}

tanu_reference family_reference(struct site *site, uint32_t seed, float share)
{
	tanu_embedding e = {.quality = 0.5F};
	tanu_reference out = {0};
	tanu_calibration unused;
	uint32_t common = FAMILY, own = seed * 2654435761u + 17;

	MUST(model_calibration(site->s, &unused, e.model, err));
	for (size_t i = 0; i < 64; i++)
		noise(&own); /* seeds that are neighbours part */
	for (size_t i = 0; i < TANU_FEATURES; i++)
		e.v[i] = (share * noise(&common) + (1 - share) * noise(&own)) / 13;
	MUST(tanu_reference_from(&out, &e, err));
	return out;
}

tanu_id enrol_as(struct site *site, const tanu_id *subject, uint32_t seed, float share)
{
	tanu_reference reference = family_reference(site, seed, share);
	tanu_id id = {0};

	MUST(reference_keep(site->s, &id, subject, &reference, err));
	return id;
}

tanu_id enrolled(struct site *site, const char *name, unsigned purposes, uint32_t seed, float share)
{
	tanu_id id = add_person(site, name, 30);

	give(site, &id, purposes, 100);
	enrol_as(site, &id, seed, share);
	return id;
}

struct count {
	tanu_event type;
	size_t n;
};

static tanu_status count_event(void *self, const struct history_view *v, tanu_error *err)
{
	struct count *count = self;

	(void)err;
	count->n += v->event == count->type;
	return TANU_OK;
}

size_t events_of(struct site *site, const tanu_id *subject, tanu_event type)
{
	struct count count = {.type = type};

	MUST(service_history_each(site->s, subject, count_event, &count, err));
	return count.n;
}

bool is_enrolled(struct site *site, const tanu_id *subject)
{
	bool enrolled = false;

	MUST(reference_exists(site->s, &enrolled, subject, err));
	return enrolled;
}

bool needs_second_factor(struct site *site, const tanu_id *subject)
{
	struct subject_view view;

	MUST(service_subject_get(site->s, &view, subject, err));
	return view.second_factor;
}
