// SPDX-License-Identifier: GPL-2.0
/*
 * Generic-netlink family "lisp": the map-cache.
 */
#include "netlink.h"
#include "device.h"
#include "notify.h"

/* What map-get, map-del and map-flush may be told of an entry. */
struct map_key {
	struct lisp_prefix eid;
	bool has_eid;
	bool has_plen;
	int origin;
};

static int parse_locator(const struct nlattr *attr,
			 struct lisp_locset_spec *spec,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LISP_A_LOCATOR_MAX + 1];
	/* The policy was checked with the whole request, nests and all. */
	int err = nla_parse_nested(tb, LISP_A_LOCATOR_MAX, attr, NULL, extack);

	if (err)
		return err;
	if (!tb[LISP_A_LOCATOR_ADDR]) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no locator address given");
		return -EINVAL;
	}
	err = lisp_nl_parse_addr(tb[LISP_A_LOCATOR_ADDR], &spec->addr, extack);
	if (err)
		return err;
	if (!lisp_addr_is_unicast(&spec->addr)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[LISP_A_LOCATOR_ADDR],
				    "locator is not a unicast address");
		return -EINVAL;
	}
	spec->priority = tb[LISP_A_LOCATOR_PRIORITY] ?
		nla_get_u8(tb[LISP_A_LOCATOR_PRIORITY]) : 1;
	spec->weight = tb[LISP_A_LOCATOR_WEIGHT] ?
		nla_get_u8(tb[LISP_A_LOCATOR_WEIGHT]) : 100;
	return 0;
}

static bool locator_twice(const struct lisp_locset_spec *spec, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (lisp_addr_equal(&spec[i].addr, &spec[n].addr))
			return true;
	return false;
}

/* Read all locators of an entry. Return: how many, or a negative errno. */
static int parse_locators(const struct nlattr *map,
			  struct lisp_locset_spec *spec,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int rem, err, n = 0;

	nla_for_each_nested(attr, map, rem) {
		if (nla_type(attr) != LISP_A_MAP_LOCATOR)
			continue;
		if (n == LISP_LOCATORS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "more than 255 locators");
			return -E2BIG;
		}
		err = parse_locator(attr, &spec[n], extack);
		if (err)
			return err;
		if (locator_twice(spec, n)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "locator given twice");
			return -EINVAL;
		}
		n++;
	}
	return n;
}

static int parse_set(struct lisp_dev *ld, const struct nlattr *map,
		     struct lisp_entry_spec *e, struct lisp_locset_spec *spec,
		     struct netlink_ext_ack *extack)
{
	int n = parse_locators(map, spec, extack);

	if (n < 0)
		return n;
	if (e->action != LISP_MAP_ACTION_FORWARD) {
		if (!n)
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, map,
				    "locators go with action forward only");
		return -EINVAL;
	}
	if (!n) {
		NL_SET_ERR_MSG_ATTR(extack, map,
				    "action forward needs a locator");
		return -EINVAL;
	}
	e->set = lisp_locset_get(ld->ln, spec, n);
	return e->set ? 0 : -ENOMEM;
}

static int parse_entry(struct lisp_dev *ld, const struct nlattr *map,
		       struct lisp_entry_spec *e,
		       struct lisp_locset_spec *spec,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LISP_A_MAP_MAX + 1];
	int err = nla_parse_nested(tb, LISP_A_MAP_MAX, map, NULL, extack);

	if (err)
		return err;
	err = lisp_nl_parse_prefix(tb[LISP_A_MAP_EID],
				   tb[LISP_A_MAP_PREFIX_LEN], &e->eid, map,
				   extack);
	if (err)
		return err;
	e->action = tb[LISP_A_MAP_ACTION] ?
		nla_get_u8(tb[LISP_A_MAP_ACTION]) : LISP_MAP_ACTION_FORWARD;
	e->origin = tb[LISP_A_MAP_ORIGIN] ?
		nla_get_u8(tb[LISP_A_MAP_ORIGIN]) : LISP_MAP_ORIGIN_STATIC;
	e->ttl = tb[LISP_A_MAP_TTL] ?
		nla_get_u32(tb[LISP_A_MAP_TTL]) : LISP_TTL_FOREVER;
	if (!e->ttl) {
		NL_SET_ERR_MSG_ATTR(extack, tb[LISP_A_MAP_TTL],
				    "an entry lives at least one second");
		return -EINVAL;
	}
	return parse_set(ld, map, e, spec, extack);
}

static unsigned int count_maps(struct genl_info *info)
{
	struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == LISP_A_MAP;
	return n;
}

/* All entries of a request. Sets taken are in @e, also after an error. */
static int parse_entries(struct lisp_dev *ld, struct genl_info *info,
			 struct lisp_entry_spec *e)
{
	struct lisp_locset_spec *spec;
	struct nlattr *attr;
	int rem, err = 0;

	spec = kcalloc(LISP_LOCATORS_MAX, sizeof(*spec), GFP_KERNEL);
	if (!spec)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LISP_A_MAP)
			continue;
		err = parse_entry(ld, attr, e++, spec, info->extack);
		if (err)
			break;
	}
	kfree(spec);
	return err;
}

/* Add what was parsed, all of it or nothing. */
static int add_entries(struct lisp_dev *ld, struct lisp_entry_spec *e,
		       unsigned int n, struct netlink_ext_ack *extack)
{
	bool unveiled;
	int err;

	mutex_lock(&ld->mc.lock);
	err = lisp_mapcache_add(ld, e, n, &unveiled);
	mutex_unlock(&ld->mc.lock);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "map-cache is full (max-entries)");
	if (!err)
		lisp_pending_release(ld, n == 1 && !unveiled ? &e->eid : NULL);
	return err;
}

int lisp_nl_map_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	unsigned int i, n = count_maps(info);
	struct lisp_entry_spec *e;
	struct lisp_dev *ld;
	int err;

	if (!n) {
		NL_SET_ERR_MSG(info->extack, "no entry given");
		return -EINVAL;
	}
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	e = kvcalloc(n, sizeof(*e), GFP_KERNEL);
	if (!e) {
		err = -ENOMEM;
		goto out;
	}
	err = parse_entries(ld, info, e);
	if (!err)
		err = add_entries(ld, e, n, info->extack);
	/* Those that went into the map-cache are NULL by now. */
	for (i = 0; i < n; i++)
		lisp_locset_put(ld->ln, e[i].set);
	kvfree(e);
out:
	lisp_nl_dev_put(ld);
	return err;
}

static int parse_key(const struct nlattr *map, struct map_key *key,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LISP_A_MAP_MAX + 1];
	int err;

	memset(key, 0, sizeof(*key));
	key->origin = -1;
	if (!map)
		return 0;
	err = nla_parse_nested(tb, LISP_A_MAP_MAX, map, lisp_map_nl_policy,
			       extack);
	if (err)
		return err;
	if (tb[LISP_A_MAP_ORIGIN])
		key->origin = nla_get_u8(tb[LISP_A_MAP_ORIGIN]);
	key->has_plen = tb[LISP_A_MAP_PREFIX_LEN];
	if (!tb[LISP_A_MAP_EID])
		return 0;
	key->has_eid = true;
	return lisp_nl_parse_prefix(tb[LISP_A_MAP_EID],
				    tb[LISP_A_MAP_PREFIX_LEN], &key->eid, map,
				    extack);
}

static int parse_del(const struct nlattr *attr, struct map_key *key,
		     struct netlink_ext_ack *extack)
{
	int err = parse_key(attr, key, extack);

	if (err)
		return err;
	if (!key->has_eid) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no EID address given");
		return -EINVAL;
	}
	return 0;
}

/* Are all entries of a request there? The map-cache is locked. */
static int check_del(struct lisp_dev *ld, struct genl_info *info)
{
	struct nlattr *attr;
	struct map_key key;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LISP_A_MAP)
			continue;
		err = parse_del(attr, &key, info->extack);
		if (err)
			return err;
		if (!eid_trie_find(lisp_mapcache_trie(&ld->mc,
						      key.eid.addr.family),
				   key.eid.addr.bytes, key.eid.plen)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "no such entry");
			return -ENOENT;
		}
	}
	return 0;
}

/* What was given twice is gone the second time. */
static void del_entries(struct lisp_dev *ld, struct genl_info *info)
{
	struct nlattr *attr;
	struct map_key key;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		if (nla_type(attr) == LISP_A_MAP &&
		    !parse_del(attr, &key, info->extack))
			lisp_mapcache_del(ld, &key.eid);
}

int lisp_nl_map_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lisp_dev *ld;
	int err;

	if (!count_maps(info)) {
		NL_SET_ERR_MSG(info->extack, "no entry given");
		return -EINVAL;
	}
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	mutex_lock(&ld->mc.lock);
	err = check_del(ld, info);
	if (!err)
		del_entries(ld, info);
	mutex_unlock(&ld->mc.lock);
	/* A shorter prefix may have come into force. */
	lisp_pending_release(ld, NULL);
	lisp_nl_dev_put(ld);
	return err;
}

int lisp_nl_map_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lisp_dev *ld;
	struct map_key key;
	int err;

	err = lisp_nl_one(info, LISP_A_MAP) ?:
		parse_key(info->attrs[LISP_A_MAP], &key, info->extack);
	if (err)
		return err;
	if (key.has_eid) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[LISP_A_MAP],
				    "flush goes by origin, not by EID-prefix");
		return -EINVAL;
	}
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	lisp_mapcache_flush(ld, key.origin);
	/* Shorter prefixes of other origin may have come into force. */
	lisp_pending_release(ld, NULL);
	lisp_nl_dev_put(ld);
	return 0;
}

static struct lisp_entry *entry_find(struct lisp_dev *ld,
				     const struct map_key *key)
{
	u8 family = key->eid.addr.family;
	struct eid_leaf *leaf;

	if (!key->has_plen)
		return lisp_mapcache_lookup(&ld->mc, family,
					    key->eid.addr.bytes);
	leaf = eid_trie_find(lisp_mapcache_trie(&ld->mc, family),
			     key->eid.addr.bytes, key->eid.plen);
	return leaf ? container_of(leaf, struct lisp_entry, leaf) : NULL;
}

static int fill_map_reply(struct sk_buff *skb, struct lisp_dev *ld,
			  const void *arg)
{
	struct lisp_entry *e;
	int err = -ENOENT;

	rcu_read_lock();
	e = entry_find(ld, arg);
	if (e)
		err = lisp_fill_entry(skb, e, true);
	rcu_read_unlock();
	return err;
}

int lisp_nl_map_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lisp_dev *ld;
	struct map_key key;
	int err;

	err = lisp_nl_one(info, LISP_A_MAP) ?:
		parse_key(info->attrs[LISP_A_MAP], &key, info->extack);
	if (err)
		return err;
	if (!key.has_eid) {
		NL_SET_ERR_MSG(info->extack, "no EID address given");
		return -EINVAL;
	}
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	/* Room for an entry of 255 locators. */
	err = lisp_nl_reply(info, ld, LISP_CMD_MAP_GET,
			    256 + LISP_LOCATORS_MAX * 80, fill_map_reply, &key);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no such entry");
	lisp_nl_dev_put(ld);
	return err;
}

/* Is the entry inside the prefix and of the origin that a dump asks for? */
static bool entry_wanted(const struct lisp_entry *e, const struct map_key *key)
{
	if (key->origin >= 0 && e->origin != key->origin)
		return false;
	return !key->has_eid ||
	       (e->family == key->eid.addr.family &&
		e->leaf.plen >= key->eid.plen &&
		eid_prefix_match(e->leaf.key, key->eid.addr.bytes,
				 key->eid.plen));
}

/* Entries of one family from where the cursor stands. */
static int dump_family(struct sk_buff *skb, struct netlink_callback *cb,
		       struct lisp_dev *ld, u8 family,
		       const struct map_key *key)
{
	struct lisp_nl_cursor *c = lisp_nl_cursor(cb);
	struct eid_trie *t = lisp_mapcache_trie(&ld->mc, family);
	struct eid_leaf *leaf;

	while ((leaf = eid_trie_next(t, c->key, c->plen))) {
		struct lisp_entry *e = container_of(leaf, struct lisp_entry,
						    leaf);

		if (!lisp_entry_expired(e) && entry_wanted(e, key)) {
			void *hdr = lisp_nl_dump_put(skb, cb, ld,
						     LISP_CMD_MAP_GET);

			if (!hdr)
				return -EMSGSIZE;
			if (lisp_fill_entry(skb, e, true)) {
				genlmsg_cancel(skb, hdr);
				return -EMSGSIZE;
			}
			genlmsg_end(skb, hdr);
		}
		memcpy(c->key, leaf->key, sizeof(c->key));
		c->plen = leaf->plen;
		c->index = 1;
	}
	return 0;
}

static int dump_map(struct sk_buff *skb, struct netlink_callback *cb,
		    struct lisp_dev *ld)
{
	struct lisp_nl_cursor *c = lisp_nl_cursor(cb);
	struct map_key key;
	int err;

	err = parse_key(lisp_dump_attrs(cb)[LISP_A_MAP], &key, cb->extack);
	if (err)
		return err;
	for (; c->phase < 2; c->phase++) {
		err = dump_family(skb, cb, ld, c->phase ? AF_INET6 : AF_INET,
				  &key);
		if (err)
			return err;
		c->plen = -1;
		memset(c->key, 0, sizeof(c->key));
	}
	return 0;
}

int lisp_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return lisp_nl_dump_devices(skb, cb, dump_map);
}
