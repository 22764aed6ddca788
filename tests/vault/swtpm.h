/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swtpm.h - a TPM 2.0 in a program, for tests: swtpm on a socket of this machine, its memory in a
 * folder. Where swtpm is not installed a test says so and is skipped; there is no other reason.
 */
#ifndef TESTS_VAULT_SWTPM_H
#define TESTS_VAULT_SWTPM_H

#include "os/os.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct swtpm {
	char dir[96];	     /* its memory */
	char tcti[64];	     /* how to reach it */
	unsigned short port; /* and the one after it, for control */
	pid_t pid;
};

static inline bool swtpm_is_installed(void)
{
	return os_is_program("/usr/bin/swtpm") || os_is_program("/usr/local/bin/swtpm");
}

#define NEEDS_SWTPM()                                                              \
	do {                                                                       \
		if (!swtpm_is_installed()) {                                       \
			print_message("swtpm is not installed: no TPM to test\n"); \
			skip();                                                    \
		}                                                                  \
	} while (0)

static inline bool swtpm_port_is_free(unsigned short port)
{
	const struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_free = bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	return is_free;
}

static inline bool swtpm_answers(unsigned short port)
{
	const struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers = connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	return answers;
}

static inline void swtpm_exec(const struct swtpm *t)
{
	char server[64], control[64], state[160], pid[176];
	int null = open("/dev/null", O_RDWR);

	snprintf(server, sizeof(server), "type=tcp,bindaddr=127.0.0.1,port=%d", t->port);
	snprintf(control, sizeof(control), "type=tcp,bindaddr=127.0.0.1,port=%d", t->port + 1);
	snprintf(state, sizeof(state), "dir=%s", t->dir);
	snprintf(pid, sizeof(pid), "file=%s/pid", t->dir);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state, "--server", server,
	       "--ctrl", control, "--pid", pid, "--flags", "not-need-init,startup-clear",
	       (char *)NULL);
	_exit(127);
}

/*
 * It writes its number once the ports are its own. That one of them answers says little: between
 * looking and binding, the TPM of another test may have taken them.
 */
static inline bool swtpm_runs(struct swtpm *t)
{
	char pid[176];
	int status;

	snprintf(pid, sizeof(pid), "%s/pid", t->dir);
	for (int i = 0; i < 500; i++) {
		if (waitpid(t->pid, &status, WNOHANG) == t->pid)
			return false;
		if (access(pid, F_OK) == 0 && swtpm_answers(t->port + 1))
			return true;
		usleep(10000);
	}
	return false;
}

/* On two free ports, with the memory of `dir` (made if need be). */
static inline bool swtpm_start(struct swtpm *t, const char *dir)
{
	unsigned short port = (unsigned short)(20000 + getpid() % 20000 * 2);
	char pid[176];

	*t = (struct swtpm){0};
	snprintf(t->dir, sizeof(t->dir), "%s", dir);
	if (os_make_dir(dir, 0700, NULL) < 0)
		return false;
	for (int i = 0; i < 50; i++, port = (unsigned short)(port + 74)) {
		if (!swtpm_port_is_free(port) || !swtpm_port_is_free(port + 1))
			continue;
		t->port = port;
		snprintf(pid, sizeof(pid), "%s/pid", dir);
		unlink(pid);
		t->pid = fork();
		if (t->pid == 0)
			swtpm_exec(t);
		if (swtpm_runs(t)) {
			snprintf(t->tcti, sizeof(t->tcti), "swtpm:host=127.0.0.1,port=%d", port);
			return true;
		}
	}
	return false;
}

static inline void swtpm_stop(struct swtpm *t)
{
	if (t->pid <= 0)
		return;
	kill(t->pid, SIGTERM);
	waitpid(t->pid, NULL, 0);
	t->pid = 0;
}

#endif
