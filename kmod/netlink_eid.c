// SPDX-License-Identifier: GPL-2.0
/*
 * Generic-netlink family "lisp": local EID-prefixes, and EIDs that
 * packets wait for.
 */
#include "netlink.h"
#include "device.h"
#include "notify.h"

static int parse_eid(const struct nlattr *attr, struct lisp_prefix *eid,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LISP_A_EID_MAX + 1];
	int err = nla_parse_nested(tb, LISP_A_EID_MAX, attr,
				   lisp_eid_nl_policy, extack);

	return err ?: lisp_nl_parse_prefix(tb[LISP_A_EID_ADDR],
					   tb[LISP_A_EID_PREFIX_LEN], eid,
					   attr, extack);
}

typedef int (*eid_fn)(struct lisp_dev *ld, const struct lisp_prefix *eid,
		      struct netlink_ext_ack *extack);

/* Do @fn to each LISP_A_EID of a request; the first that fails ends it. */
static int each_eid(struct lisp_dev *ld, struct genl_info *info, eid_fn fn)
{
	struct lisp_prefix eid;
	struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LISP_A_EID)
			continue;
		err = parse_eid(attr, &eid, info->extack);
		if (err)
			return err;
		err = fn(ld, &eid, info->extack);
		if (err) {
			NL_SET_BAD_ATTR(info->extack, attr);
			return err;
		}
	}
	return 0;
}

/*
 * @check every EID of a request, and only then do @one to each of them. Where
 * that can fail, for want of memory, @keep or @undo follows for each.
 */
static int change_eids(struct genl_info *info, eid_fn check, eid_fn one,
		       eid_fn keep, eid_fn undo)
{
	struct lisp_dev *ld;
	int err;

	if (!info->attrs[LISP_A_EID]) {
		NL_SET_ERR_MSG(info->extack, "no EID given");
		return -EINVAL;
	}
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	mutex_lock(&ld->mc.lock);
	err = each_eid(ld, info, check);
	if (!err) {
		err = each_eid(ld, info, one);
		if (keep)
			each_eid(ld, info, err ? undo : keep);
	}
	mutex_unlock(&ld->mc.lock);
	lisp_nl_dev_put(ld);
	return err;
}

static int check_any(struct lisp_dev *ld, const struct lisp_prefix *eid,
		     struct netlink_ext_ack *extack)
{
	return 0;
}

static int one_local_add(struct lisp_dev *ld, const struct lisp_prefix *eid,
			 struct netlink_ext_ack *extack)
{
	return lisp_local_add(ld, eid);
}

static int one_local_keep(struct lisp_dev *ld, const struct lisp_prefix *eid,
			  struct netlink_ext_ack *extack)
{
	lisp_local_added(ld, eid, true);
	return 0;
}

static int one_local_undo(struct lisp_dev *ld, const struct lisp_prefix *eid,
			  struct netlink_ext_ack *extack)
{
	lisp_local_added(ld, eid, false);
	return 0;
}

int lisp_nl_eid_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_eids(info, check_any, one_local_add, one_local_keep,
			   one_local_undo);
}

static int check_local(struct lisp_dev *ld, const struct lisp_prefix *eid,
		       struct netlink_ext_ack *extack)
{
	if (eid_trie_find(lisp_local_trie(&ld->mc, eid->addr.family),
			  eid->addr.bytes, eid->plen))
		return 0;
	NL_SET_ERR_MSG(extack, "no such local EID-prefix");
	return -ENOENT;
}

static int one_local_del(struct lisp_dev *ld, const struct lisp_prefix *eid,
			 struct netlink_ext_ack *extack)
{
	/* What was given twice is gone the second time. */
	lisp_local_del(ld, eid);
	return 0;
}

int lisp_nl_eid_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_eids(info, check_local, one_local_del, NULL, NULL);
}

static int check_host(struct lisp_dev *ld, const struct lisp_prefix *eid,
		      struct netlink_ext_ack *extack)
{
	if (eid->plen == lisp_addr_bits(eid->addr.family))
		return 0;
	NL_SET_ERR_MSG(extack, "packets wait for addresses, not prefixes");
	return -EINVAL;
}

static int one_pending_del(struct lisp_dev *ld, const struct lisp_prefix *eid,
			   struct netlink_ext_ack *extack)
{
	int err = lisp_pending_give_up(ld, &eid->addr);

	if (err)
		NL_SET_ERR_MSG(extack, "no packet waits for this EID");
	return err;
}

int lisp_nl_pending_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return change_eids(info, check_host, one_pending_del, NULL, NULL);
}

/* The one EID of a get request, and the device. */
static struct lisp_dev *get_eid(struct genl_info *info,
				struct lisp_prefix *eid)
{
	int err;

	if (!info->attrs[LISP_A_EID]) {
		NL_SET_ERR_MSG(info->extack, "no EID given");
		return ERR_PTR(-EINVAL);
	}
	err = lisp_nl_one(info, LISP_A_EID) ?:
		parse_eid(info->attrs[LISP_A_EID], eid, info->extack);
	if (err)
		return ERR_PTR(err);
	return lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
}

static int fill_local_reply(struct sk_buff *skb, struct lisp_dev *ld,
			    const void *arg)
{
	const struct lisp_prefix *eid = arg;
	struct eid_leaf *leaf;
	int err = -ENOENT;

	rcu_read_lock();
	leaf = eid_trie_lookup_max(lisp_local_trie(&ld->mc, eid->addr.family),
				   eid->addr.bytes, eid->plen);
	if (leaf)
		err = lisp_fill_eid(skb, leaf->key, eid->addr.family,
				    leaf->plen, NULL, 0);
	rcu_read_unlock();
	return err;
}

int lisp_nl_eid_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lisp_prefix eid;
	struct lisp_dev *ld = get_eid(info, &eid);
	int err;

	if (IS_ERR(ld))
		return PTR_ERR(ld);
	err = lisp_nl_reply(info, ld, LISP_CMD_EID_GET, NLMSG_GOODSIZE,
			    fill_local_reply, &eid);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "not a local EID");
	lisp_nl_dev_put(ld);
	return err;
}

static int dump_local(struct sk_buff *skb, struct netlink_callback *cb,
		      struct lisp_dev *ld)
{
	struct lisp_nl_cursor *c = lisp_nl_cursor(cb);

	for (; c->phase < 2; c->phase++, c->plen = -1) {
		u8 family = c->phase ? AF_INET6 : AF_INET;
		struct eid_trie *t = lisp_local_trie(&ld->mc, family);
		struct eid_leaf *leaf;

		if (c->plen < 0)
			memset(c->key, 0, sizeof(c->key));
		while ((leaf = eid_trie_next(t, c->key, c->plen))) {
			void *hdr = lisp_nl_dump_put(skb, cb, ld,
						     LISP_CMD_EID_GET);

			if (!hdr)
				return -EMSGSIZE;
			if (lisp_fill_eid(skb, leaf->key, family, leaf->plen,
					  NULL, 0)) {
				genlmsg_cancel(skb, hdr);
				return -EMSGSIZE;
			}
			genlmsg_end(skb, hdr);
			memcpy(c->key, leaf->key, sizeof(c->key));
			c->plen = leaf->plen;
			c->index++;
		}
	}
	return 0;
}

int lisp_nl_eid_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return lisp_nl_dump_devices(skb, cb, dump_local);
}

static int fill_waiting(struct sk_buff *skb, const struct lisp_waiting *w)
{
	unsigned int packets = skb_queue_len(&w->queue);

	return lisp_fill_eid(skb, w->eid.bytes, w->eid.family,
			     lisp_addr_bits(w->eid.family), &packets, w->since);
}

static int fill_waiting_reply(struct sk_buff *skb, struct lisp_dev *ld,
			      const void *arg)
{
	const struct lisp_prefix *eid = arg;
	struct lisp_waiting *w;
	int err = -ENOENT;

	spin_lock_bh(&ld->pending.lock);
	list_for_each_entry(w, &ld->pending.oldest, age)
		if (lisp_addr_equal(&w->eid, &eid->addr)) {
			err = fill_waiting(skb, w);
			break;
		}
	spin_unlock_bh(&ld->pending.lock);
	return err;
}

int lisp_nl_pending_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lisp_prefix eid;
	struct lisp_dev *ld = get_eid(info, &eid);
	int err;

	if (IS_ERR(ld))
		return PTR_ERR(ld);
	err = lisp_nl_reply(info, ld, LISP_CMD_PENDING_GET, NLMSG_GOODSIZE,
			    fill_waiting_reply, &eid);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no packet waits for this EID");
	lisp_nl_dev_put(ld);
	return err;
}

/* Those that were told may have gone meanwhile, so they are not counted. */
static int dump_waiting(struct sk_buff *skb, struct netlink_callback *cb,
			struct lisp_dev *ld)
{
	struct lisp_nl_cursor *c = lisp_nl_cursor(cb);
	struct lisp_waiting *w;
	int err = 0;

	spin_lock_bh(&ld->pending.lock);
	list_for_each_entry(w, &ld->pending.oldest, age) {
		void *hdr;

		if (c->phase && (s32)(w->serial - c->index) <= 0)
			continue;
		hdr = lisp_nl_dump_put(skb, cb, ld, LISP_CMD_PENDING_GET);
		if (!hdr) {
			err = -EMSGSIZE;
			break;
		}
		err = fill_waiting(skb, w);
		if (err) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		c->index = w->serial;
		c->phase = 1;
	}
	spin_unlock_bh(&ld->pending.lock);
	return err;
}

int lisp_nl_pending_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	return lisp_nl_dump_devices(skb, cb, dump_waiting);
}
