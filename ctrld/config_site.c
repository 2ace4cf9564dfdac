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

/* Keys: the same words in map-servers, sites, and a site's keys */

#define KEY_OF(type, member)						\
static int type##_secret(struct yaml *y, yaml_node_t *n, const char *s,	\
			 void *o)					\
{									\
	return lispd_config_secret(y, n, s, &((struct type *)o)->member);	\
}									\
static int type##_secret_file(struct yaml *y, yaml_node_t *n,		\
			      const char *s, void *o)			\
{									\
	return lispd_config_secret_file(y, n, s,			\
					&((struct type *)o)->member);	\
}									\
static int type##_key_id(struct yaml *y, yaml_node_t *n, const char *s,	\
			 void *o)					\
{									\
	return lispd_config_key_id(y, n, s, &((struct type *)o)->member);	\
}									\
static int type##_algorithm(struct yaml *y, yaml_node_t *n,		\
			    const char *s, void *o)			\
{									\
	return lispd_config_algorithm(y, n, s,				\
				      &((struct type *)o)->member);	\
}									\
static int type##_mac_length(struct yaml *y, yaml_node_t *n,		\
			     const char *s, void *o)			\
{									\
	return lispd_config_mac_length(y, n, s,				\
				       &((struct type *)o)->member);	\
}

#define KEYS_OF(type)							\
		{ "key", false, type##_secret },			\
		{ "key-file", false, type##_secret_file },		\
		{ "key-id", false, type##_key_id },			\
		{ "algorithm", false, type##_algorithm },		\
		{ "mac-length", false, type##_mac_length }

/* One key that stands in a mapping of its own, or beside other words. */
struct one_key {
	struct lisp_config_key k;
};

struct site {
	struct lisp_config_site s;
	struct lisp_config_key k;	/* beside the name */
};

KEY_OF(lisp_config_map_server, key)
KEY_OF(one_key, k)
KEY_OF(site, k)

/* map-servers */

static int server_address(struct yaml *y, yaml_node_t *node, const char *name,
			  void *obj)
{
	return lispd_config_address(y, node, name,
		       &((struct lisp_config_map_server *)obj)->addr);
}

static int server_proxy(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj)
{
	return yaml_bool(y, node, name,
			 &((struct lisp_config_map_server *)obj)->proxy_reply);
}

static int server_notify(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj)
{
	return yaml_bool(y, node, name,
			 &((struct lisp_config_map_server *)obj)->want_notify);
}

int lispd_config_map_server(struct yaml *y, yaml_node_t *node,
			    const char *name, void *obj)
{
	static const struct yaml_key keys[] = {
		{ "address", true, server_address },
		KEYS_OF(lisp_config_map_server),
		{ "proxy-reply", false, server_proxy },
		{ "map-notify", false, server_notify },
		{ 0 },
	};
	struct lisp_config_map_server *ms = obj;
	int err;

	(void)name;
	ms->want_notify = true;
	err = yaml_map(y, node, "map-server", keys, ms);
	return err ? err : lispd_config_key_done(y, node, "map-server",
						 &ms->key);
}

/* sites */

static int site_name(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	return lispd_config_label(y, node, name, &((struct site *)obj)->s.name);
}

static int site_description(struct yaml *y, yaml_node_t *node,
			    const char *name, void *obj)
{
	return lispd_config_label(y, node, name, &((struct site *)obj)->s.description);
}

static int site_key(struct yaml *y, yaml_node_t *node, const char *name,
		    void *obj)
{
	static const struct yaml_key keys[] = { KEYS_OF(one_key), { 0 } };
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

static int site_prefix_eid(struct yaml *y, yaml_node_t *node, const char *name,
			   void *obj)
{
	struct lisp_config_site_prefix *p = obj;

	return lispd_config_prefix(y, node, name, &p->eid);
}

static int site_prefix_iid(struct yaml *y, yaml_node_t *node, const char *name,
			   void *obj)
{
	struct lisp_config_site_prefix *p = obj;

	return lispd_config_iid(y, node, name, &p->eid.iid);
}

static int site_prefix_more(struct yaml *y, yaml_node_t *node,
			    const char *name, void *obj)
{
	struct lisp_config_site_prefix *p = obj;

	return yaml_bool(y, node, name, &p->accept_more_specifics);
}

static int site_prefix(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	static const struct yaml_key keys[] = {
		{ "prefix", true, site_prefix_eid },
		{ "instance-id", false, site_prefix_iid },
		{ "accept-more-specifics", false, site_prefix_more },
		{ 0 },
	};

	if (node->type == YAML_SCALAR_NODE)
		return site_prefix_eid(y, node, name, obj);
	return yaml_map(y, node, "eid-prefix", keys, obj);
}

static int site_prefixes(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj)
{
	struct lisp_config_site *s = &((struct site *)obj)->s;

	return yaml_list(y, node, name, 1, PREFIXES_MAX, &s->prefixes,
			 &s->n_prefixes, sizeof(*s->prefixes), site_prefix);
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
	static const struct yaml_key keys[] = {
		{ "name", true, site_name },
		{ "description", false, site_description },
		KEYS_OF(site),
		{ "keys", false, site_keys },
		{ "eid-prefixes", true, site_prefixes },
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
