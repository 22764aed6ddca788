/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over the kernels without a test library, for tools/test-arm64-kernels. */
#include "match/kernel_walk.h"

static int failed;

static void judge(const struct match_kernel *kernel, bool agrees)
{
	printf("%-13s %s\n", kernel->name, agrees ? "agrees with the C kernel" : "DIFFERS");
	failed |= !agrees;
}

int main(void)
{
	walk_table(judge);
	printf("in use: %s\n", tanu_match_kernel());
	return failed;
}
