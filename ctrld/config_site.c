// SPDX-License-Identifier: GPL-2.0
/*
 * Who registers with whom: map-servers of an ETR, sites of a map-server, and
 * the keys of both.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "config_file.h"

#define PREFIXES_MAX	1000000u
#define ALLOWED_MAX	1024u
#define REGISTRATIONS_MAX 65536u

/* map-servers */

int lispd_config_map_server(struct yaml *y, yaml_node_t *node,
			    const char *name, void *obj)
{
	static const size_t key = offsetof(struct lisp_config_map_server, key);
	const struct yaml_key keys[] = {
		{ "address", true, lispd_config_address,
		  offsetof(struct lisp_config_map_server, addr) },
		{ "key", false, lispd_config_secret, key },
		{ "key-file", false, lispd_config_secret_file, key },
		{ "key-id", false, lispd_config_key_id, key },
		{ "algorithm", false, lispd_config_algorithm, key },
		{ "mac-length", false, lispd_config_mac_length, key },
		{ "proxy-reply", false, lispd_config_bool,
		  offsetof(struct lisp_config_map_server, proxy_reply) },
		{ "map-notify", false, lispd_config_bool,
		  offsetof(struct lisp_config_map_server, want_notify) },
		{ "merge", false, lispd_config_bool,
		  offsetof(struct lisp_config_map_server, merge) },
		{ 0 },
	};
	struct lisp_config_map_server *ms = obj;
	int err;

	(void)name;
	ms->want_notify = true;
	err = yaml_map(y, node, "map-server", keys, ms);
	if (err)
		return err;
	/* what the others have registered is learned by Map-Notifies only */
	if (ms->merge && !ms->want_notify && !ms->proxy_reply)
		return yaml_fail(y, node, NULL, "map-notify or proxy-reply",
				 "merge without any of these");
	return lispd_config_key_done(y, node, "map-server", &ms->key);
}

/* Who we are, among the ETRs of a site */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int lispd_config_xtr_id(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;
	const char *text;
	unsigned int i;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	for (i = 0; i < 32 && hex_digit(text[i]) >= 0; i++)
		c->xtr_id[i / 2] = c->xtr_id[i / 2] << 4 | hex_digit(text[i]);
	if (i < 32 || text[32])
		return yaml_fail(y, node, NULL, "32 hexadecimal digits",
				 "no %s", name);
	c->has_xtr_id = true;
	return 0;
}

int lispd_config_site_id(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;
	const char *text;
	char *end;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	errno = 0;
	c->site_id = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno)
		return yaml_fail(y, node, NULL, "0 to 18446744073709551615",
				 "no %s", name);
	return 0;
}

/* sites */

struct site {
	struct lisp_config_site s;
	struct lisp_config_key k;	/* beside the name */
};

static int site_key(struct yaml *y, yaml_node_t *node, const char *name,
		    void *obj)
{
	static const struct yaml_key keys[] = {
		{ "key", false, lispd_config_secret, 0 },
		{ "key-file", false, lispd_config_secret_file, 0 },
		{ "key-id", false, lispd_config_key_id, 0 },
		{ "algorithm", false, lispd_config_algorithm, 0 },
		{ "mac-length", false, lispd_config_mac_length, 0 },
		{ 0 },
	};
	int err = yaml_map(y, node, name, keys, obj);

	return err ? err : lispd_config_key_done(y, node, name, obj);
}

static int site_keys(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	struct lisp_config_site *s = &((struct site *)obj)->s;
	unsigned int i, k;
	int err;

	err = yaml_list(y, node, name, 1, 256, &s->keys, &s->n_keys,
			sizeof(*s->keys), site_key);
	for (i = 0; !err && i < s->n_keys; i++)
		for (k = 0; !err && k < i; k++)
			if (s->keys[i].key_id == s->keys[k].key_id)
				err = yaml_fail(y, yaml_element(y, node, i),
						NULL, "each key-id once",
						"key-id %u given twice",
						s->keys[i].key_id);
	return err;
}

static int site_prefix(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	static const struct yaml_key keys[] = {
		{ "prefix", true, lispd_config_prefix,
		  offsetof(struct lisp_config_site_prefix, eid) },
		{ "instance-id", false, lispd_config_iid,
		  offsetof(struct lisp_config_site_prefix, eid.iid) },
		{ "accept-more-specifics", false, lispd_config_bool,
		  offsetof(struct lisp_config_site_prefix,
			   accept_more_specifics) },
		{ 0 },
	};

	struct lisp_config_site_prefix *p = obj;

	if (node->type == YAML_SCALAR_NODE)
		return lispd_config_prefix(y, node, name, &p->eid);
	return yaml_map(y, node, "eid-prefix", keys, p);
}

static int site_prefixes(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj)
{
	struct lisp_config_site *s = &((struct site *)obj)->s;

	return yaml_list(y, node, name, 1, PREFIXES_MAX, &s->prefixes,
			 &s->n_prefixes, sizeof(*s->prefixes), site_prefix);
}

static int allowed_locator(struct yaml *y, yaml_node_t *node, const char *name,
			   void *obj)
{
	return lispd_config_prefix(y, node, name, obj);
}

static int site_allowed(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj)
{
	struct lisp_config_site *s = &((struct site *)obj)->s;

	return yaml_list(y, node, name, 1, ALLOWED_MAX, &s->allowed,
			 &s->n_allowed, sizeof(*s->allowed), allowed_locator);
}

static int max_registrations(struct yaml *y, yaml_node_t *node,
			     const char *name, void *obj)
{
	return yaml_number(y, node, name, 1, REGISTRATIONS_MAX, obj);
}

/* The one key of a site is its list of keys. */
static int site_single_key(struct yaml *y, yaml_node_t *node, struct site *st)
{
	yaml_node_t *keys = yaml_member(y, node, "keys");
	bool beside = yaml_member(y, node, "key") ||
		yaml_member(y, node, "key-file") ||
		yaml_member(y, node, "key-id") ||
		yaml_member(y, node, "algorithm") ||
		yaml_member(y, node, "mac-length");
	int err;

	if (keys)
		return beside ? yaml_fail(y, keys, NULL, "either key or keys",
					  "site has both key and keys") : 0;
	err = lispd_config_key_done(y, node, "site", &st->k);
	if (err)
		return err;
	st->s.keys = calloc(1, sizeof(*st->s.keys));
	if (!st->s.keys)
		return -ENOMEM;
	st->s.n_keys = 1;
	st->s.keys[0] = st->k;
	st->k.secret = NULL;
	return 0;
}

int lispd_config_site(struct yaml *y, yaml_node_t *node, const char *name,
		      void *obj)
{
	static const size_t key = offsetof(struct site, k);
	const struct yaml_key keys[] = {
		{ "name", true, lispd_config_label,
		  offsetof(struct site, s.name) },
		{ "description", false, lispd_config_label,
		  offsetof(struct site, s.description) },
		{ "key", false, lispd_config_secret, key },
		{ "key-file", false, lispd_config_secret_file, key },
		{ "key-id", false, lispd_config_key_id, key },
		{ "algorithm", false, lispd_config_algorithm, key },
		{ "mac-length", false, lispd_config_mac_length, key },
		{ "keys", false, site_keys, 0 },
		{ "eid-prefixes", true, site_prefixes, 0 },
		{ "allowed-locators", false, site_allowed, 0 },
		{ "max-registrations", false, max_registrations,
		  offsetof(struct site, s.max_registrations) },
		{ "any-nonce", false, lispd_config_bool,
		  offsetof(struct site, s.any_nonce) },
		{ 0 },
	};
	struct site st = { 0 };
	int err;

	(void)name;
	err = yaml_map(y, node, "site", keys, &st);
	if (!err)
		err = site_single_key(y, node, &st);
	if (st.k.secret)
		explicit_bzero(st.k.secret, strlen(st.k.secret));
	free(st.k.secret);
	memcpy(obj, &st.s, sizeof(st.s));
	return err;
}
