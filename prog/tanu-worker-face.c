/* SPDX-License-Identifier: Apache-2.0 */
/* tanu-worker-face: measures faces for tanud, shut in. Started by it, never by hand. */
#include "engine/engine.h"

int main(int argc, char **argv)
{
	return engine_main(argc, argv);
}
