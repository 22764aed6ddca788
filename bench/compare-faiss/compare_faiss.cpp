// SPDX-License-Identifier: Apache-2.0
// 1:N search of Tanu and of FAISS, exact in float and in 8 bits, over the same people in one run:
// compare_faiss [--json]. All take turns on one thread; the median of the rounds counts. Built only
// where libfaiss-dev is installed; Tanu does not use it.
#include "bench/people.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexScalarQuantizer.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

namespace
{

constexpr int rounds = 5;
constexpr double round_us = 20000; // repeat within a round for about this long
constexpr size_t probes_len = 32;  // in a call with many
constexpr int64_t wanted = 2;	   // the best and the runner-up, as Tanu finds

enum Who { tanu, flat, eight_bit, everyone };
const char *const who_names[everyone] = {"tanu", "faiss_flat", "faiss_8bit"};

using Search = std::function<void(size_t probes)>;

std::vector<float> unit_vector(const tanu_reference &r)
{
	std::vector<float> v(r.v, r.v + TANU_FEATURES);
	double squares = 0;

	for (float x : v)
		squares += double(x) * double(x);
	for (float &x : v)
		x = float(x / std::sqrt(squares));
	return v;
}

// The same people in three indexes, and the probes that are looked for.
struct Site {
	tanu_gallery *gallery = nullptr;
	faiss::IndexFlatIP flat{TANU_FEATURES};
	faiss::IndexScalarQuantizer eight_bit{TANU_FEATURES, faiss::ScalarQuantizer::QT_8bit,
					      faiss::METRIC_INNER_PRODUCT};
	std::vector<tanu_reference> probes;
	std::vector<float> probes_float;

	explicit Site(size_t count);
	~Site()
	{
		tanu_gallery_free(&gallery);
	}
};

Site::Site(size_t count)
{
	std::vector<float> all;
	people people;
	tanu_reference r;
	size_t index;

	if (tanu_gallery_new(&gallery, count, nullptr) < 0)
		std::exit(1);
	people_start(&people);
	for (size_t i = 0; i < count; i++) {
		people_next(&people, &r);
		if (tanu_gallery_add(gallery, &index, &r, nullptr) < 0)
			std::exit(1);
		const std::vector<float> v = unit_vector(r);
		all.insert(all.end(), v.begin(), v.end());
	}
	flat.add(int64_t(count), all.data());
	eight_bit.train(int64_t(count), all.data());
	eight_bit.add(int64_t(count), all.data());
	for (size_t i = 0; i < probes_len; i++) {
		people_stranger(&people, &r);
		probes.push_back(r);
		const std::vector<float> v = unit_vector(r);
		probes_float.insert(probes_float.end(), v.begin(), v.end());
	}
}

// What each found in its last search.
struct Found {
	std::vector<tanu_decision> tanu = std::vector<tanu_decision>(probes_len);
	std::vector<int64_t> labels[everyone];
	std::vector<float> scores = std::vector<float>(probes_len * wanted);

	Found()
	{
		for (auto &l : labels)
			l.resize(probes_len * wanted);
	}
	// Of all probes, those for which FAISS names the same best as Tanu.
	size_t agreed(Who who) const
	{
		size_t same = 0;

		for (size_t i = 0; i < probes_len; i++)
			same += labels[who][i * wanted] == int64_t(tanu[i].index);
		return same;
	}
};

void search_tanu(const Site &site, Found &found, size_t probes)
{
	static const tanu_calibration any = [] {
		tanu_calibration c = {};
		c.count = 2;
		c.point[0].fmr = 1e-2;
		c.point[0].score = 0.2F;
		c.point[1].fmr = 1e-12;
		c.point[1].score = 0.8F;
		return c;
	}();

	if (tanu_gallery_search_many(site.gallery, found.tanu.data(), site.probes.data(), probes,
				     &any, 1e-3, 0, 1, nullptr) < 0)
		std::exit(1);
}

double time_us(const Search &search, size_t probes)
{
	using clock = std::chrono::steady_clock;
	size_t times = 0;
	double spent;

	search(probes); // what was measured before has left its own memory in the cache
	const auto start = clock::now();
	do {
		search(probes);
		times++;
		spent = std::chrono::duration<double, std::micro>(clock::now() - start).count();
	} while (spent < round_us);
	return spent / double(times) / double(probes);
}

struct Row {
	size_t references, probes;
	double us[everyone];
	size_t agreed[everyone];
};

Row measure(const Site &site, size_t references, size_t probes)
{
	Row row = {references, probes, {}, {}};
	std::vector<double> us[everyone];
	Found found;
	const auto in_faiss = [&](const faiss::Index &index, Who who, size_t n) {
		index.search(int64_t(n), site.probes_float.data(), wanted, found.scores.data(),
			     found.labels[who].data());
	};
	const Search searches[everyone] = {
	    [&](size_t n) { search_tanu(site, found, n); },
	    [&](size_t n) { in_faiss(site.flat, flat, n); },
	    [&](size_t n) { in_faiss(site.eight_bit, eight_bit, n); },
	};

	for (int i = 0; i < rounds; i++)
		for (int who = 0; who < everyone; who++)
			us[who].push_back(time_us(searches[who], probes));
	for (int who = 0; who < everyone; who++) {
		std::sort(us[who].begin(), us[who].end());
		row.us[who] = us[who][rounds / 2];
		searches[who](probes_len);
	}
	for (int who = 0; who < everyone; who++)
		row.agreed[who] = found.agreed(Who(who));
	return row;
}

void print_text(const Row &r)
{
	std::printf("%10zu %6zu %10.1f %12.1f %12.1f %8.1f %8.1f %7zu %6zu\n", r.references,
		    r.probes, r.us[tanu], r.us[flat], r.us[eight_bit], r.us[flat] / r.us[tanu],
		    r.us[eight_bit] / r.us[tanu], r.agreed[flat], r.agreed[eight_bit]);
}

void print_json(const Row &r)
{
	std::printf(",\"%zu_%zu\":{\"float_ratio\":%.3f,\"8bit_ratio\":%.3f", r.references,
		    r.probes, r.us[flat] / r.us[tanu], r.us[eight_bit] / r.us[tanu]);
	for (int who = 0; who < everyone; who++)
		std::printf(",\"%s_us\":%.3f", who_names[who], r.us[who]);
	std::printf("}");
}

} // namespace

int main(int argc, char **argv)
{
	const bool json = argc > 1 && std::strcmp(argv[1], "--json") == 0;

	omp_set_num_threads(1);
	if (json)
		std::printf("{\"build\":\"%s\"", FAISS_BUILD);
	else
		std::printf("1:N search, 512 features, one thread; FAISS: %s\n"
			    "microseconds a probe; last: of %zu probes, the same best\n\n"
			    "%10s %6s %10s %12s %12s %8s %8s %7s %6s\n",
			    FAISS_BUILD, probes_len, "references", "probes", "tanu", "faiss float",
			    "faiss 8-bit", "float/t", "8-bit/t", "float", "8-bit");
	for (size_t references : {500, 10000, 100000}) {
		const Site site(references);

		for (size_t probes : {size_t(1), probes_len}) {
			const Row row = measure(site, references, probes);

			json ? print_json(row) : print_text(row);
		}
	}
	if (json)
		std::puts("}");
	return 0;
}
