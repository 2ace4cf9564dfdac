// SPDX-License-Identifier: GPL-2.0
/*
 * Another reader as oracle for all that is sent, not only for messages made for
 * it (test_wire_tshark.c): whatever the core sends in any of its unit tests,
 * and in a run of the simulator, goes through tshark, which must not call
 * anything malformed or leave octets over.
 *
 * Gaps of tshark 4.0: a Map-Notify-Ack is only octets to it; therefore each is
 * there as a Map-Notify, too (pcap.h).
# timeout=900
 */
#include <glob.h>
#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "selftests/sim/pcap.h"
#include "selftests/sim/sim.h"
#include "wire_util.h"

static char dir[4096];		/* of the test programs */
static char capture[] = "/tmp/lisp-oracle-XXXXXX";
static bool no_tshark;

/* What tshark says of messages that are all right. */
static const struct {
	const char *protocols, *types;
} clean[] = {
	{ "raw:ip:udp:lisp", "1" }, { "raw:ip:udp:lisp", "2" },
	{ "raw:ip:udp:lisp", "3" }, { "raw:ip:udp:lisp", "4" },
	{ "raw:ip:udp:lisp", "7" },
	{ "raw:ipv6:udp:lisp", "1" }, { "raw:ipv6:udp:lisp", "2" },
	{ "raw:ipv6:udp:lisp", "3" }, { "raw:ipv6:udp:lisp", "4" },
	{ "raw:ipv6:udp:lisp", "7" },
	{ "raw:ip:udp:lisp:ip:udp:lisp", "8,1" },
	{ "raw:ip:udp:lisp:ipv6:udp:lisp", "8,1" },
	{ "raw:ipv6:udp:lisp:ip:udp:lisp", "8,1" },
	{ "raw:ipv6:udp:lisp:ipv6:udp:lisp", "8,1" },
	/* the gap */
	{ "raw:ip:udp:lisp:data", "5" }, { "raw:ipv6:udp:lisp:data", "5" },
};

static bool is_clean(const char *protocols, const char *types)
{
	unsigned int i;

	for (i = 0; i < sizeof(clean) / sizeof(clean[0]); i++) {
		if (!strcmp(protocols, clean[i].protocols) &&
		    !strcmp(types, clean[i].types))
			return true;
	}
	return false;
}

/* Remarks: not that a hop limit has been counted down as far as it may be. */
static bool is_remarkable(const char *fields)
{
	static const char low_ttl[] = "\"Time To Live\" only ";

	fields += strspn(fields, "\t");
	return *fields && strncmp(fields, low_ttl, strlen(low_ttl));
}

struct verdict {
	unsigned int messages, bad, by_type[16];
};

static void judge(char *line, struct verdict *v)
{
	const char *number = strsep(&line, "\t");
	const char *protocols = strsep(&line, "\t");
	const char *types = strsep(&line, "\t");

	v->messages++;
	if (types)
		v->by_type[atoi(types) & 15]++;
	/* then nothing but the tabulators between empty fields */
	if (types && is_clean(protocols, types) && !is_remarkable(line))
		return;
	if (v->bad++ < 10)
		printf("# packet %s of the capture: %s, type %s, %s\n", number,
		       protocols ? protocols : "-", types ? types : "-",
		       line ? line : "");
}

/* Ask tshark of all that is in the capture, and forget it. */
static struct verdict read_capture(void)
{
	char command[512], *line = NULL;
	struct verdict v = { 0 };
	size_t size = 0;
	FILE *p;

	snprintf(command, sizeof(command),
		 "tshark -r %s -n -T fields -E separator=/t -e frame.number -e frame.protocols -e lisp.type -e _ws.malformed -e _ws.expert.message -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE 2>/dev/null",
		 capture);
	p = popen(command, "r");
	assert_non_null(p);
	while (getline(&line, &size, p) > 0) {
		line[strcspn(line, "\n")] = '\0';
		judge(line, &v);
	}
	free(line);
	assert_int_equal(pclose(p), 0);
	assert_int_equal(truncate(capture, 0), 0);
	return v;
}

/* Its own verdict is given elsewhere. */
static void run(const char *program)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		setenv("LISP_PCAP", capture, 1);
		if (!freopen("/dev/null", "w", stdout) ||
		    !freopen("/dev/null", "w", stderr))
			_exit(126);
		execl(program, program, NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 126);
}

static void unit_tests(void **state)
{
	char pattern[4200];
	struct verdict v;
	unsigned int ran = 0;
	glob_t g;
	size_t i;

	(void)state;
	if (no_tshark)
		skip();
	snprintf(pattern, sizeof(pattern), "%s/test_core_*", dir);
	assert_int_equal(glob(pattern, 0, NULL, &g), 0);
	for (i = 0; i < g.gl_pathc; i++) {
		if (strchr(basename(g.gl_pathv[i]), '.') ||
		    access(g.gl_pathv[i], X_OK))
			continue;
		run(g.gl_pathv[i]);
		ran++;
	}
	globfree(&g);
	assert_true(ran >= 8);
	v = read_capture();
	printf("# %u messages of %u programs\n", v.messages, ran);
	assert_int_equal(v.bad, 0);
	for (i = LISP_MAP_REQUEST; i <= LISP_MAP_NOTIFY_ACK; i++)
		assert_true(v.by_type[i] > 0);
	assert_true(v.by_type[LISP_ECM] > 0);
}

static void simulation(void **state)
{
	struct sim_options opt = { .seed = 1, .n_xtrs = 12, .n_servers = 2,
				   .pcap = capture };
	static struct sim s;
	struct verdict v;

	(void)state;
	if (no_tshark)
		skip();
	assert_int_equal(sim_run(&opt, &s), 0);
	v = read_capture();
	printf("# %u messages\n", v.messages);
	assert_int_equal(v.bad, 0);
	assert_true(v.messages > 1000);
}

/* A Map-Reply that says it has @records, less its last @cut octets */
static unsigned int broken(uint8_t records, size_t cut)
{
	const struct lisp_endpoint from = { addr_of("10.0.0.1"), 4342 };
	const struct lisp_endpoint to = { addr_of("10.0.0.2"), 4342 };
	FILE *f = pcap_open(capture);
	uint8_t buf[2048];
	size_t len = golden_bytes("reply", buf, sizeof(buf));

	assert_non_null(f);
	buf[3] = records;
	pcap_write(f, 0, &from, &to, buf, len - cut);
	assert_int_equal(fclose(f), 0);
	return read_capture().bad;
}

/* The oracle bites: as it is; then cut; with a record too many, and too few */
static void sees_broken(void **state)
{
	(void)state;
	if (no_tshark)
		skip();
	assert_int_equal(broken(1, 0), 0);
	assert_int_equal(broken(1, 4), 1);
	assert_int_equal(broken(2, 0), 1);
	assert_int_equal(broken(0, 0), 1);
}

static int setup(void **state)
{
	int fd;

	(void)state;
	no_tshark = system("tshark --version >/dev/null 2>&1");
	fd = mkstemp(capture);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(capture);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sees_broken),
		cmocka_unit_test(unit_tests),
		cmocka_unit_test(simulation),
	};
	char self[4096];

	(void)argc;
	snprintf(self, sizeof(self), "%s", argv[0]);
	snprintf(dir, sizeof(dir), "%s", dirname(self));
	return cmocka_run_group_tests(tests, setup, teardown);
}
