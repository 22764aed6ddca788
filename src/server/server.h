/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - tanud: the service of one data folder behind HTTPS. Opens, shuts itself in, serves,
 * reloads its certificate by SIGHUP, stops gracefully by SIGTERM.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

int server_main(int argc, char **argv);

#endif
