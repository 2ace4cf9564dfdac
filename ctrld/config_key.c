// SPDX-License-Identifier: GPL-2.0
/*
 * Authentication keys in the configuration, written there or in files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "config_file.h"

#define SECRET_MAX	1024
#define ALGORITHMS	"sha1, sha256, sha256-hkdf"

static int set_secret(struct yaml *y, yaml_node_t *node, const char *name,
		      struct lisp_config_key *key, const char *secret,
		      size_t len)
{
	if (len > SECRET_MAX)
		return yaml_fail(y, node, "", "1 to 1024 bytes",
				 "%s is too long", name);
	if (key->secret)
		return yaml_fail(y, node, "", "either key or key-file",
				 "%s: there is another key", name);
	key->secret = strndup(secret, len);
	return key->secret ? 0 : -ENOMEM;
}

int lispd_config_secret(struct yaml *y, yaml_node_t *node, const char *name,
			void *key)
{
	const char *text;
	int err = yaml_text(y, node, name, &text);

	return err ? err : set_secret(y, node, name, key, text, strlen(text));
}

/* Relative names count from the directory of the configuration file. */
static int open_beside(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	char *path;
	int fd;

	if (*name == '/' || !slash)
		return open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (asprintf(&path, "%.*s/%s", (int)(slash - file), file, name) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	free(path);
	return fd;
}

/* The secret is the file without the newline at its end. */
static int use_file(struct yaml *y, yaml_node_t *node, const char *name,
		    struct lisp_config_key *key, int fd)
{
	char buf[SECRET_MAX + 4];
	ssize_t n = read(fd, buf, sizeof(buf));
	struct stat st;
	int err;

	if (n < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return yaml_fail(y, node, NULL, "a readable file",
				 "%s: %s", name, n < 0 ? strerror(errno) :
				 "not a regular file");
	if (st.st_mode & 0004)
		yaml_warn(y, node, NULL, "%s can be read by everybody", name);
	if (n && buf[n - 1] == '\n')
		n--;
	if (n && buf[n - 1] == '\r')
		n--;
	if (!n || memchr(buf, '\0', n))
		return yaml_fail(y, node, NULL, "text of 1 to 1024 bytes",
				 "%s %s", name, n ? "holds a NUL" :
				 "is empty");
	err = set_secret(y, node, name, key, buf, n);
	explicit_bzero(buf, sizeof(buf));
	return err;
}

int lispd_config_secret_file(struct yaml *y, yaml_node_t *node,
			     const char *name, void *key)
{
	const char *text;
	int err = yaml_text(y, node, name, &text), fd;

	if (err)
		return err;
	fd = open_beside(y->file, text);
	if (fd < 0)
		return yaml_fail(y, node, NULL, "a readable file", "%s: %s",
				 name, strerror(errno));
	err = use_file(y, node, name, key, fd);
	close(fd);
	return err;
}

int lispd_config_key_id(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj)
{
	struct lisp_config_key *key = obj;
	uint32_t v;
	int err = yaml_number(y, node, name, 0, 255, &v);

	if (!err)
		key->key_id = v;
	return err;
}

int lispd_config_algorithm(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj)
{
	struct lisp_config_key *key = obj;
	const char *text;
	int err = yaml_text(y, node, name, &text), alg;

	if (err)
		return err;
	alg = lisp_auth_alg_parse(text);
	if (alg <= 0)
		return yaml_fail(y, node, NULL, ALGORITHMS,
				 "no such algorithm");
	key->alg_id = alg;
	return 0;
}

int lispd_config_mac_length(struct yaml *y, yaml_node_t *node,
			    const char *name, void *obj)
{
	struct lisp_config_key *key = obj;
	uint32_t v;
	int err = yaml_number(y, node, name, 12, LISP_AUTH_LEN_MAX, &v);

	if (!err)
		key->mac_len = v;
	return err;
}

int lispd_config_key_done(struct yaml *y, yaml_node_t *map, const char *what,
			  struct lisp_config_key *key)
{
	bool sha1;

	if (!key->alg_id)
		key->alg_id = LISP_AUTH_SHA256_128;
	if (!key->secret)
		return yaml_fail(y, map, "key", "key, key-file",
				 "key missing in %s", what);
	sha1 = key->alg_id == LISP_AUTH_SHA1_96;
	if (!key->mac_len ||
	    (sha1 && (key->mac_len == 12 || key->mac_len == 20)) ||
	    (!sha1 && (key->mac_len == 16 || key->mac_len == 32)))
		return 0;
	return yaml_fail(y, yaml_member(y, map, "mac-length"), NULL,
			 sha1 ? "12, 20" : "16, 32",
			 "mac-length does not fit the algorithm");
}
