/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <sched.h>

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

struct os_cpu os_cpu_features(void)
{
	struct os_cpu cpu = {0};

#if defined(__x86_64__)
	/* These ask the kernel too whether it saves the wide registers. */
	__builtin_cpu_init();
	cpu.avx2 = __builtin_cpu_supports("avx2");
	cpu.fma = __builtin_cpu_supports("fma");
	cpu.avx512f = __builtin_cpu_supports("avx512f");
	cpu.avx512bw = __builtin_cpu_supports("avx512bw");
	cpu.avx512vl = __builtin_cpu_supports("avx512vl");
	cpu.avx512vnni = __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
	unsigned long caps = getauxval(AT_HWCAP);

	cpu.neon = caps & HWCAP_ASIMD;
	cpu.dotprod = caps & HWCAP_ASIMDDP;
#endif
	return cpu;
}

int os_cpu_count(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
}
