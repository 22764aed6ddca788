/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole gate, frame after frame: bench_gate_frames [--json] [FRAMES], 2,000 unless said
 * otherwise. Recorded frames of living people (nuaa-train, 640 x 480) come before its camera with
 * empty frames between them; cards are shown, the real evidence of life is on, the door opens, and
 * events go to a real disk. It fails when memory has grown by more than 2 MiB since the warm-up.
 *
 * Told are: the frame that decides (detection, evidence, features of the best frames, comparison,
 * rules, the event on the disk, the door's relay), next to the CPU time of the models that it ran;
 * and memory over all frames. One thread, so one core. Time between the frames is simulated.
 */
#include "gate/crowd.h"

#include "memory.h"

#include <unistd.h>

#define WARM_UP	    1500
#define GROWTH_KB   2048
#define EMPTY_MS    3000 /* frames without anybody before each visit */
#define PATIENCE_MS 4000
#define VISITS_MAX  100000
#define STEP_MS	    20

static const struct {
	const char *person, *enrolled, *live;
} who[] = {{"0001", "0001_00_00_01_0.jpg", "0001_00_00_02_"},
	   {"0005", "0005_00_00_01_0.jpg", "0005_00_00_02_"},
	   {"0009", "0009_01_00_01_0.jpg", "0009_01_00_02_"}};

struct sample {
	double cpu_ms, wall_ms, models_ms, ratio, wall_ratio;
};

struct run {
	struct world *w;
	struct film films[ARRAY_LEN(who)];
	struct photo empty;
	struct sample *samples;
	size_t len, visits, granted, wanted, told_at;
	long start_kb;
	int64_t begin_ns, begin_models_ns;
	uint64_t first_frame;
	bool json;
};

static uint64_t frames_of(const struct run *r)
{
	return r->w->frames;
}

static void watch_memory(struct run *r)
{
	struct gate_state s = seen(r->w);

	if (!r->start_kb && frames_of(r) >= WARM_UP) {
		r->start_kb = resident_kb(0);
		r->first_frame = frames_of(r);
		r->begin_ns = os_thread_ns();
		r->begin_models_ns = s.models_ns;
		r->told_at = frames_of(r);
	}
	if (!r->json && r->start_kb && frames_of(r) - r->told_at >= r->wanted / 20 + 1) {
		r->told_at = frames_of(r);
		printf("%8llu frames, %zu visits: %ld kB\n",
		       (unsigned long long)(frames_of(r) - r->first_frame), r->visits,
		       resident_kb(0));
		fflush(stdout);
	}
}

/* One step; a decision after features is a sample. */
static bool step(struct run *r)
{
	struct gate_state before = seen(r->w), after;
	int64_t cpu = os_thread_ns(), wall = os_monotonic_ns();
	struct sample s;

	MUST(gate_step(r->w->gate, r->w->now_ms, err));
	r->w->now_ms += STEP_MS;
	s.cpu_ms = (double)(os_thread_ns() - cpu) / 1e6;
	s.wall_ms = (double)(os_monotonic_ns() - wall) / 1e6;
	after = seen(r->w);
	if (after.embeddings == before.embeddings)
		return false;
	s.models_ms = (double)(after.models_ns - before.models_ns) / 1e6;
	s.ratio = s.cpu_ms / s.models_ms;
	s.wall_ratio = s.wall_ms / s.models_ms;
	if (r->start_kb && r->len < VISITS_MAX)
		r->samples[r->len++] = s;
	return true;
}

static void nobody(struct run *r, int64_t ms)
{
	int64_t end = r->w->now_ms + ms;

	r->w->hand = NULL;
	r->w->still = false;
	crowd_show(r->w, &r->empty);
	while (r->w->now_ms < end)
		step(r);
}

static void visit(struct run *r, size_t i)
{
	struct world *w = r->w;
	uint64_t before = seen(w).grants;
	int64_t end;

	nobody(r, EMPTY_MS);
	w->hand = film_turn;
	w->hand_self = &r->films[i];
	w->still = true; /* it has its own noise */
	film_turn(w);
	for (end = w->now_ms + 600; w->now_ms < end;)
		step(r);
	show_card(w, 10 + i);
	for (end = w->now_ms + PATIENCE_MS; w->now_ms < end && !step(r);)
		;
	r->granted += seen(w).grants > before;
	r->visits++;
	for (end = w->now_ms + 2500; w->now_ms < end;)
		step(r); /* she goes through */
	nobody(r, 70000 * (seen(w).grants == before));
	collect(w);
	w->events_len = 0;
	watch_memory(r);
}

static double at_percent(const struct run *r, size_t offset, size_t percent)
{
	double *v = calloc(r->len + 1, sizeof(*v)), out;

	assert_non_null(v);
	for (size_t i = 0; i < r->len; i++) {
		double x = *(const double *)((const char *)&r->samples[i] + offset);
		size_t k = i;

		for (; k > 0 && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
	out = r->len ? v[(r->len - 1) * percent / 100] : 0;
	free(v);
	return out;
}

#define AT(r, field, percent) at_percent(r, offsetof(struct sample, field), percent)

/* The recordings, which no gate holds. */
static long films_kb(const struct run *r)
{
	long kb = 0;

	for (size_t i = 0; i < ARRAY_LEN(r->films); i++)
		for (size_t k = 0; k < r->films[i].len; k++)
			kb += 3L * r->films[i].frame[k].width * r->films[i].frame[k].height / 1024;
	return kb;
}

static int tell(const struct run *r)
{
	uint64_t frames = frames_of(r) - r->first_frame;
	double cpu = (double)(os_thread_ns() - r->begin_ns) / 1e6 / (double)frames;
	double models = (double)(seen(r->w).models_ns - r->begin_models_ns) / 1e6 / (double)frames;
	long grown = resident_kb(0) - r->start_kb, now_kb = resident_kb(0) - films_kb(r);

	if (r->json)
		printf("{\"frames\":%llu,\"visits\":%zu,\"granted\":%zu,\"decisions\":%zu,"
		       "\"decision_cpu_p50_ms\":%.2f,\"decision_wall_p99_ms\":%.2f,"
		       "\"ratio_p50\":%.3f,\"ratio\":%.3f,\"wall_ratio_p99\":%.3f,"
		       "\"frame_cpu_ms\":%.2f,\"frame_models_ms\":%.2f,\"resident_mb\":%.1f,"
		       "\"grown_kb\":%ld}\n",
		       (unsigned long long)frames, r->visits, r->granted, r->len, AT(r, cpu_ms, 50),
		       AT(r, wall_ms, 99), AT(r, ratio, 50), AT(r, ratio, 99),
		       AT(r, wall_ratio, 99), cpu, models, (double)now_kb / 1024, grown);
	else
		printf("%llu frames, %zu visits, %zu let in\n"
		       "frame to decision, %zu times: CPU p50 %.2f ms, p99 %.2f; wall p50 %.2f, "
		       "p99 %.2f; models p50 %.2f\n"
		       "  of the models it ran: CPU p50 %.2f times, p99 %.2f; wall p50 %.2f, p99 "
		       "%.2f\n"
		       "all frames, the script's share included: CPU %.2f ms a frame, models %.2f\n"
		       "memory without the recordings: %ld kB, %+ld since the warm-up\n",
		       (unsigned long long)frames, r->visits, r->granted, r->len, AT(r, cpu_ms, 50),
		       AT(r, cpu_ms, 99), AT(r, wall_ms, 50), AT(r, wall_ms, 99),
		       AT(r, models_ms, 50), AT(r, ratio, 50), AT(r, ratio, 99),
		       AT(r, wall_ratio, 50), AT(r, wall_ratio, 99), cpu, models, now_kb, grown);
	if (grown > GROWTH_KB) {
		fprintf(stderr, "memory grew\n");
		return 1;
	}
	return 0;
}

static bool films_ready(struct run *r)
{
	for (size_t i = 0; i < ARRAY_LEN(who); i++) {
		char path[128];

		snprintf(path, sizeof(path), "nuaa-train/live/%s", who[i].person);
		if (!film_open(&r->films[i], path, who[i].live))
			return false;
		snprintf(path, sizeof(path), "nuaa-train/live/%s/%s", who[i].person,
			 who[i].enrolled);
		add(r->w, 10 + i, "8391");
		if (!data_path(path) || !crowd_enrol(r->w, 10 + i, path))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static struct run r;
	char state[] = "/var/tmp/tanu-bench-XXXXXX", command[64];
	int at = 1, code = 0;

	r.json = argc > at && strcmp(argv[at], "--json") == 0;
	at += r.json;
	r.wanted = argc > at ? (size_t)atol(argv[at]) : 2000;
	if (engine_start(NULL) != 0 || !mkdtemp(state))
		return 1;
	world_setup((void **)&r.w);
	r.w->has_camera = r.w->real_liveness = true;
	r.w->engine = engine;
	r.empty = photo_grey(640, 480, 90);
	r.samples = calloc(VISITS_MAX, sizeof(*r.samples));
	assert_non_null(r.samples);
	if (films_ready(&r)) {
		MUST(settings_set(&r.w->settings, "state.dir", state, err));
		world_open(r.w);
		lend(r.w, 24 * 365);
		act(r.w, "walk 400 900");
		for (size_t i = 0; !r.start_kb || frames_of(&r) - r.first_frame < r.wanted; i++)
			visit(&r, i % ARRAY_LEN(who));
		code = tell(&r);
	} else {
		fprintf(stderr, "skipped: the recordings of nuaa-train are not here\n");
	}
	world_teardown((void **)&r.w);
	snprintf(command, sizeof(command), "rm -rf '%s'", state);
	return system(command) == 0 ? code : 1;
}
