/* SPDX-License-Identifier: Apache-2.0 */
/*
 * station.h - tanu-gate: the box at a door, as a program. Its settings, its sandbox, its pairing,
 * leases and events by hand, the loop, and the technician's check. docs/gate.md.
 */
#ifndef STATION_STATION_H
#define STATION_STATION_H

int station_main(int argc, char **argv);

#endif
