// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file, key by key.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>
#include "config_file.h"

#define TTL_MAX		525600u		/* minutes: a year */
#define SERVERS_MAX	8u
#define DEVICES_MAX	4096u
#define LIST_MAX	1000000u
#define DYNAMIC_MAX	1024u
#define ROLES		"itr, etr, pitr, petr, rtr, map-server, map-resolver"
#define PREFIX_FORM	"IPv4 or IPv6 ADDRESS/LENGTH"

/* Addresses, prefixes, names */

int lispd_config_address(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj)
{
	struct lisp_addr *addr = obj;
	const char *text;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	if (lisp_addr_parse(text, addr))
		return yaml_fail(y, node, NULL, "an IPv4 or IPv6 address",
				 "%s: not an address", name);
	if (!lisp_addr_is_rloc(addr))
		return yaml_fail(y, node, NULL, "a unicast address that is "
				 "neither loopback nor link-local",
				 "%s: cannot be a locator", name);
	return 0;
}

/* What @eid would be with its host bits zero. */
static const char *masked(const char *text, char buf[LISP_STRLEN])
{
	char copy[LISP_STRLEN];
	struct lisp_eid eid;
	char *slash;
	unsigned int i, plen;

	snprintf(copy, sizeof(copy), "%s", text);
	slash = strchr(copy, '/');
	if (!slash)
		return PREFIX_FORM;
	*slash = '\0';
	plen = atoi(slash + 1);
	if (lisp_eid_parse(copy, &eid) || plen > eid.plen)
		return PREFIX_FORM;
	eid.plen = plen;
	for (i = 0; i < sizeof(eid.bytes); i++, plen -= plen < 8 ? plen : 8)
		if (plen < 8)
			eid.bytes[i] &= 0xff00 >> plen;
	return lisp_eid_str(&eid, buf);
}

int lispd_config_prefix(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj)
{
	struct lisp_eid *eid = obj;
	uint32_t iid = eid->iid;	/* its key may have come before */
	char buf[LISP_STRLEN];
	const char *text;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	err = *text == '[' ? -EINVAL : lisp_eid_parse(text, eid);
	eid->iid = iid;
	switch (err) {
	case 0:
		return 0;
	case -EDOM:
		return yaml_fail(y, node, NULL, masked(text, buf),
				 "%s: bits are set past the prefix length",
				 name);
	case -ERANGE:
		return yaml_fail(y, node, NULL, "0 to 32 for IPv4, 0 to 128 "
				 "for IPv6", "%s: prefix length out of range",
				 name);
	default:
		return yaml_fail(y, node, NULL, PREFIX_FORM,
				 "%s: not an EID-prefix", name);
	}
}

int lispd_config_iid(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	return yaml_number(y, node, name, 0, LISP_IID_MAX, obj);
}

int lispd_config_bool(struct yaml *y, yaml_node_t *node, const char *name,
		      void *obj)
{
	return yaml_bool(y, node, name, obj);
}

int lispd_config_byte(struct yaml *y, yaml_node_t *node, const char *name,
		      void *obj)
{
	uint32_t v;
	int err = yaml_number(y, node, name, 0, 255, &v);

	if (!err)
		*(uint8_t *)obj = v;
	return err;
}

/* Text shown to people: printable, not too long. */
int lispd_config_label(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	const char *text, *p;
	char **out = obj;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	for (p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return yaml_fail(y, node, NULL, "printable text",
					 "%s: control character", name);
	if (p - text > 128)
		return yaml_fail(y, node, NULL, "1 to 128 bytes",
				 "%s is too long", name);
	*out = strdup(text);
	return *out ? 0 : -ENOMEM;
}

/* devices */

static bool ifname_ok(const char *text)
{
	const char *p;

	for (p = text; *p; p++)
		if (*p == '/' || *p == ':' || *p <= ' ' || *p == 0x7f)
			return false;
	return *text && p - text < IFNAMSIZ && strcmp(text, ".") &&
	       strcmp(text, "..");
}

int lispd_config_ifname(struct yaml *y, yaml_node_t *node, const char *name,
			const char *kind, const char **text)
{
	int err = yaml_text(y, node, name, text);

	if (err)
		return err;
	if (!ifname_ok(*text))
		return yaml_fail(y, node, NULL,
				 "1 to 15 characters without blank, ':', '/'",
				 "no name for %s", kind);
	return 0;
}

static int device_name(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	struct lisp_config_device *d = obj;
	const char *text;
	int err = lispd_config_ifname(y, node, name, "a device", &text);

	if (err)
		return err;
	d->name = strdup(text);
	return d->name ? 0 : -ENOMEM;
}

static int device(struct yaml *y, yaml_node_t *node, const char *name,
		  void *obj)
{
	static const struct yaml_key keys[] = {
		{ "name", true, device_name, 0 },
		{ "instance-id", false, lispd_config_iid,
		  offsetof(struct lisp_config_device, iid) },
		{ "rloc-probing", false, lispd_config_device_probing, 0 },
		{ 0 },
	};

	(void)name;
	return yaml_map(y, node, "device", keys, obj);
}

/* database-mappings */

static int mapping_ttl(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	return yaml_number(y, node, name, 1, TTL_MAX, obj);
}

static int mapping(struct yaml *y, yaml_node_t *node, const char *name,
		   void *obj)
{
	static const struct yaml_key keys[] = {
		{ "eid-prefix", true, lispd_config_prefix,
		  offsetof(struct lisp_config_mapping, eid) },
		{ "instance-id", false, lispd_config_iid,
		  offsetof(struct lisp_config_mapping, eid.iid) },
		{ "ttl", false, mapping_ttl,
		  offsetof(struct lisp_config_mapping, ttl_min) },
		{ "rlocs", true, lispd_config_rlocs, 0 },
		{ 0 },
	};

	(void)name;
	((struct lisp_config_mapping *)obj)->ttl_min = 1440;
	return yaml_map(y, node, "database-mapping", keys, obj);
}

/* dynamic-eids */

static int dynamic_rlocs(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj)
{
	struct lisp_config_dynamic *d = obj;
	struct lisp_config_mapping m = { 0 };
	int err = lispd_config_rlocs(y, node, name, &m);

	d->rlocs = m.rlocs;
	d->n_rlocs = m.n_rlocs;
	return err;
}

static int dynamic_interface(struct yaml *y, yaml_node_t *node,
			     const char *name, void *obj)
{
	struct lisp_config_dynamic *d = obj;
	const char *text;
	int err = lispd_config_ifname(y, node, name, "an interface", &text);

	if (err)
		return err;
	d->interface = strdup(text);
	return d->interface ? 0 : -ENOMEM;
}

static int dynamic(struct yaml *y, yaml_node_t *node, const char *name,
		   void *obj)
{
	static const struct yaml_key keys[] = {
		{ "eid-prefix", true, lispd_config_prefix,
		  offsetof(struct lisp_config_dynamic, eid) },
		{ "instance-id", false, lispd_config_iid,
		  offsetof(struct lisp_config_dynamic, eid.iid) },
		{ "interface", true, dynamic_interface, 0 },
		{ "ttl", false, mapping_ttl,
		  offsetof(struct lisp_config_dynamic, ttl_min) },
		{ "rlocs", true, dynamic_rlocs, 0 },
		{ 0 },
	};

	(void)name;
	((struct lisp_config_dynamic *)obj)->ttl_min = 15;
	return yaml_map(y, node, "dynamic-eid", keys, obj);
}

static int top_dynamic(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;

	return yaml_list(y, node, name, 1, DYNAMIC_MAX, &c->dynamic,
			 &c->n_dynamic, sizeof(*c->dynamic), dynamic);
}

/* The whole file */

static int role(struct yaml *y, yaml_node_t *node, const char *name, void *obj)
{
	struct lisp_config *cfg = *(struct lisp_config **)obj;
	const char *text;
	bool *set;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	if (!strcmp(text, "itr"))
		set = &cfg->itr;
	else if (!strcmp(text, "etr"))
		set = &cfg->etr;
	else if (!strcmp(text, "pitr"))
		set = &cfg->pitr;
	else if (!strcmp(text, "petr"))
		set = &cfg->petr;
	else if (!strcmp(text, "rtr"))
		set = &cfg->rtr;
	else if (!strcmp(text, "map-server"))
		set = &cfg->map_server;
	else if (!strcmp(text, "map-resolver"))
		set = &cfg->map_resolver;
	else
		return yaml_fail(y, node, NULL, ROLES, "no such role");
	if (*set)
		return yaml_fail(y, node, NULL, "each role once",
				 "role given twice");
	*set = true;
	return 0;
}

static int top_roles(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	struct lispd_config *cfg = obj;
	struct lisp_config *core = &cfg->core;
	unsigned int i;
	int err = 0;

	if (node->type != YAML_SEQUENCE_NODE ||
	    node->data.sequence.items.top == node->data.sequence.items.start)
		return yaml_fail(y, node, NULL, "a list of " ROLES,
				 "%s is not a list of roles", name);
	for (i = 0; !err && &node->data.sequence.items.start[i] <
	     node->data.sequence.items.top; i++)
		err = role(y, yaml_element(y, node, i), "role", &core);
	return err;
}

static int top_devices(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;

	return yaml_list(y, node, name, 1, DEVICES_MAX, &c->devices,
			 &c->n_devices, sizeof(*c->devices), device);
}

static int top_mappings(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;

	return yaml_list(y, node, name, 1, LIST_MAX, &c->mappings,
			 &c->n_mappings, sizeof(*c->mappings), mapping);
}

static int top_servers(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;

	return yaml_list(y, node, name, 1, SERVERS_MAX, &c->map_servers,
			 &c->n_map_servers, sizeof(*c->map_servers),
			 lispd_config_map_server);
}

static int top_sites(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;

	return yaml_list(y, node, name, 1, LIST_MAX, &c->sites, &c->n_sites,
			 sizeof(*c->sites), lispd_config_site);
}

static int top_socket(struct yaml *y, yaml_node_t *node, const char *name,
		      void *obj)
{
	struct lispd_config *cfg = obj;
	struct sockaddr_un sa;
	const char *text;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	if (*text != '/' || strlen(text) >= sizeof(sa.sun_path))
		return yaml_fail(y, node, NULL, "an absolute path of at most "
				 "107 bytes", "%s", name);
	cfg->control_socket = strdup(text);
	return cfg->control_socket ? 0 : -ENOMEM;
}

static int top_state(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	struct lispd_config *cfg = obj;
	const char *text;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	if (*text != '/' || strlen(text) > 1024)
		return yaml_fail(y, node, NULL, "an absolute path of at most "
				 "1024 bytes", "%s", name);
	cfg->state_directory = strdup(text);
	return cfg->state_directory ? 0 : -ENOMEM;
}

int lispd_config_parse(const char *file, const char *text, size_t len,
		       struct lispd_config *cfg, char error[YAML_ERROR_LEN],
		       void (*warn)(void *arg, const char *text), void *arg)
{
	static const struct yaml_key keys[] = {
		{ "roles", true, top_roles, 0 },
		{ "devices", false, top_devices, 0 },
		{ "rlocs", false, lispd_config_own_rlocs, 0 },
		{ "database-mappings", false, top_mappings, 0 },
		{ "dynamic-eids", false, top_dynamic, 0 },
		{ "map-resolvers", false, lispd_config_map_resolvers, 0 },
		{ "use-petr", false, lispd_config_petrs, 0 },
		{ "eid-space", false, lispd_config_eid_space, 0 },
		{ "map-servers", false, top_servers, 0 },
		{ "xtr-id", false, lispd_config_xtr_id, 0 },
		{ "site-id", false, lispd_config_site_id, 0 },
		{ "sites", false, top_sites, 0 },
		{ "map-cache", false, lispd_config_map_cache, 0 },
		{ "rloc-probing", false, lispd_config_probing, 0 },
		{ "map-request-data", false, lispd_config_request_data, 0 },
		{ "pre-cache", false, lispd_config_pre_cache, 0 },
		{ "state-directory", false, top_state, 0 },
		{ "control-socket", false, top_socket, 0 },
		{ 0 },
	};
	struct yaml y = { .file = file, .warn = warn, .arg = arg };
	int err;

	memset(cfg, 0, sizeof(*cfg));
	err = yaml_load(&y, text, len);
	if (!err)
		err = yaml_map(&y, yaml_root(&y), "configuration", keys, cfg);
	if (!err)
		err = lispd_config_check(&y, cfg);
	yaml_unload(&y);
	if (err)
		lispd_config_free(cfg);
	snprintf(error, YAML_ERROR_LEN, "%s", *y.error ? y.error :
		 err ? strerror(-err) : "");
	return err;
}

static ssize_t read_all(int fd, char **text)
{
	size_t size = 4096, n = 0;
	char *buf = NULL, *more;
	ssize_t got;

	for (;;) {
		more = realloc(buf, size);
		if (!more)
			break;
		buf = more;
		got = read(fd, buf + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		n += got;
		if (!got || n > YAML_SIZE_MAX) {
			*text = buf;
			return n;
		}
		if (n == size)
			size *= 2;
	}
	free(buf);
	return -1;
}

int lispd_config_load(const char *file, struct lispd_config *cfg,
		      char error[YAML_ERROR_LEN],
		      void (*warn)(void *arg, const char *text), void *arg)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), err;
	char *text = NULL;
	ssize_t n = -1;

	memset(cfg, 0, sizeof(*cfg));
	if (fd >= 0)
		n = read_all(fd, &text);
	err = -errno;
	if (fd >= 0)
		close(fd);
	if (n < 0) {
		snprintf(error, YAML_ERROR_LEN, "%s: %s", file,
			 strerror(-err));
		return err;
	}
	err = lispd_config_parse(file, text, n, cfg, error, warn, arg);
	explicit_bzero(text, n);
	free(text);
	return err;
}

void lispd_config_free(struct lispd_config *cfg)
{
	lisp_config_free(&cfg->core);
	free(cfg->own);
	free(cfg->control_socket);
	free(cfg->state_directory);
	memset(cfg, 0, sizeof(*cfg));
}
