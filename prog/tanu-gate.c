/* SPDX-License-Identifier: Apache-2.0 */
/* The box at a door. docs/gate.md. */
#include "station/station.h"

int main(int argc, char **argv)
{
	return station_main(argc, argv);
}
