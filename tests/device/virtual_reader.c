/* SPDX-License-Identifier: Apache-2.0 */
#include "device/virtual_reader.h"

#include "os/os.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SERVICE "/usr/sbin/pcscd"
#define DRIVER	"/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
#define SOCKETS "/run/pcscd"

static pid_t service;
static int port;
static char folder[] = "/tmp/tanu-pcsc-XXXXXX";

/* ---- the service ---- */

static bool own_namespace(void)
{
	(void)mkdir(SOCKETS, 0755);
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tanu-test", SOCKETS, "tmpfs", 0, NULL) == 0;
}

/* Below those that the kernel gives to whoever asks for any: until the service has it, no other
 * test takes it. */
static int free_port(void)
{
	for (int i = 0; i < 1000; i++) {
		const int one = 20000 + (getpid() + i * 7) % 12000;
		struct sockaddr_in at = {.sin_family = AF_INET,
					 .sin_port = htons((uint16_t)one),
					 .sin_addr = {htonl(INADDR_LOOPBACK)}};
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		const bool is_free = bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

		close(fd);
		if (is_free)
			return one;
	}
	return 0;
}

static bool write_settings(void)
{
	char path[64];
	FILE *f;

	if (!mkdtemp(folder))
		return false;
	snprintf(path, sizeof(path), "%s/vpcd", folder);
	if (!(f = fopen(path, "w")))
		return false;
	fprintf(f,
		"FRIENDLYNAME \"Tanu test\"\nDEVICENAME /dev/null:0x%04X\nLIBPATH %s\n"
		"CHANNELID 0x%04X\n",
		(unsigned)port, DRIVER, (unsigned)port);
	return fclose(f) == 0;
}

static bool start_service(void)
{
	char *argv[] = {SERVICE, "-f", "-c", folder, NULL};
	char *envp[] = {NULL};
	posix_spawn_file_actions_t files;
	int rc;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	rc = posix_spawn(&service, SERVICE, &files, NULL, argv, envp);
	posix_spawn_file_actions_destroy(&files);
	for (int i = 0; rc == 0 && i < 500; i++) {
		if (access(SOCKETS "/pcscd.comm", F_OK) == 0)
			return true;
		usleep(10000);
	}
	return false;
}

void virtual_reader_stop(void)
{
	char path[64];

	if (service > 0) {
		kill(service, SIGTERM);
		waitpid(service, NULL, 0);
	}
	service = 0;
	snprintf(path, sizeof(path), "%s/vpcd", folder);
	unlink(path);
	rmdir(folder);
}

/* ---- the card's end of the virtual reader: messages with two bytes of length ---- */

int virtual_card_lay_on(void)
{
	struct sockaddr_in there = {.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr = {htonl(INADDR_LOOPBACK)}};

	for (int i = 0; i < 500; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(fd, (struct sockaddr *)&there, sizeof(there)) == 0)
			return fd;
		close(fd);
		usleep(10000);
	}
	fail_msg("the virtual reader does not listen");
	return -1;
}

static bool receive(int fd, uint8_t *out, size_t len)
{
	size_t got = 0;

	return os_read_until(fd, out, len, &got, os_monotonic_ns() + 2000000000) && got == len;
}

static void answer(int fd, const uint8_t *bytes, size_t len)
{
	uint8_t message[2 + CHIP_APDU_MAX] = {(uint8_t)(len >> 8), (uint8_t)len};

	memcpy(message + 2, bytes, len);
	assert_int_equal(send(fd, message, len + 2, MSG_NOSIGNAL), (ssize_t)len + 2);
}

void virtual_card_serve(int fd, struct vcard *card)
{
	static const uint8_t atr[] = {0x3b, 0x80, 0x80, 0x01, 0x01};
	struct pollfd p = {.fd = fd, .events = POLLIN};
	uint8_t head[2], command[CHIP_APDU_MAX], reply[CHIP_APDU_MAX];
	size_t len;

	while (poll(&p, 1, 0) > 0 && receive(fd, head, 2)) {
		len = (size_t)head[0] << 8 | head[1];
		if (len > sizeof(command) || !receive(fd, command, len))
			return;
		if (len > 1)
			answer(fd, reply, vcard_answer(card, reply, command, len));
		else if (command[0] == 4)
			answer(fd, atr, sizeof(atr));
	}
}

bool virtual_reader_start(void)
{
	if (access(SERVICE, X_OK) != 0 || access(DRIVER, R_OK) != 0) {
		printf("skipped: pcscd and vsmartcard-vpcd are not installed\n");
		return false;
	}
	if (!own_namespace()) {
		printf("skipped: no mount namespace: %s\n", strerror(errno));
		return false;
	}
	port = free_port();
	if (write_settings() && start_service())
		return true;
	virtual_reader_stop();
	printf("skipped: pcscd does not start here\n");
	return false;
}
