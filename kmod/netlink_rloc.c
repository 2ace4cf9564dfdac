// SPDX-License-Identifier: GPL-2.0
/*
 * Generic-netlink family "lisp": locators.
 */
#include "netlink.h"
#include "device.h"
#include "underlay.h"

static int fill_rloc(struct sk_buff *skb, struct lisp_net *ln,
		     const struct lisp_rloc *rloc)
{
	struct nlattr *nest = nla_nest_start(skb, LISP_A_LOCATOR);
	unsigned int mtu = lisp_underlay_mtu(ln, rloc);
	u64 packets, bytes;

	if (!nest)
		return -EMSGSIZE;
	lisp_rloc_count(rloc, &packets, &bytes);
	if (nla_put(skb, LISP_A_LOCATOR_ADDR, lisp_addr_len(rloc->addr.family),
		    rloc->addr.bytes) ||
	    nla_put_u8(skb, LISP_A_LOCATOR_STATE, READ_ONCE(rloc->up)) ||
	    nla_put_u8(skb, LISP_A_LOCATOR_REASON, lisp_rloc_reason(rloc)) ||
	    lisp_rloc_fill_said(skb, rloc) ||
	    (mtu && nla_put_u32(skb, LISP_A_LOCATOR_MTU, mtu)) ||
	    nla_put_u64_64bit(skb, LISP_A_LOCATOR_PACKETS, packets,
			      LISP_A_LOCATOR_PAD) ||
	    nla_put_u64_64bit(skb, LISP_A_LOCATOR_BYTES, bytes,
			      LISP_A_LOCATOR_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int parse_locator(struct genl_info *info, struct nlattr **tb,
			 struct lisp_addr *addr)
{
	int err;

	if (!info->attrs[LISP_A_LOCATOR]) {
		NL_SET_ERR_MSG(info->extack, "no locator given");
		return -EINVAL;
	}
	err = lisp_nl_one(info, LISP_A_LOCATOR);
	if (err)
		return err;
	err = nla_parse_nested(tb, LISP_A_LOCATOR_MAX,
			       info->attrs[LISP_A_LOCATOR],
			       lisp_locator_nl_policy, info->extack);
	if (err)
		return err;
	if (!tb[LISP_A_LOCATOR_ADDR]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[LISP_A_LOCATOR],
				    "no locator address given");
		return -EINVAL;
	}
	return lisp_nl_parse_addr(tb[LISP_A_LOCATOR_ADDR], addr, info->extack);
}

static int fill_rloc_reply(struct sk_buff *skb, struct lisp_dev *ld,
			   const void *arg)
{
	struct lisp_rloc *rloc;
	int err = -ENOENT;

	mutex_lock(&ld->ln->lock);
	rloc = lisp_rloc_find(ld->ln, arg);
	if (rloc)
		err = fill_rloc(skb, ld->ln, rloc);
	mutex_unlock(&ld->ln->lock);
	return err;
}

int lisp_nl_rloc_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[LISP_A_LOCATOR_MAX + 1];
	struct lisp_addr addr;
	struct lisp_dev *ld;
	int err;

	err = parse_locator(info, tb, &addr);
	if (err)
		return err;
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	err = lisp_nl_reply(info, ld, LISP_CMD_RLOC_GET, NLMSG_GOODSIZE,
			    fill_rloc_reply, &addr);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no entry uses this locator");
	lisp_nl_dev_put(ld);
	return err;
}

/* Readers of the buckets need RCU only: RLOCs are freed after it. */
static int dump_rloc(struct sk_buff *skb, struct netlink_callback *cb,
		     struct lisp_dev *ld)
{
	struct lisp_nl_cursor *c = lisp_nl_cursor(cb);

	for (; c->phase < 1 << LISP_NET_HASH_BITS; c->phase++, c->index = 0) {
		struct lisp_rloc *rloc;
		unsigned int i = 0;

		hlist_for_each_entry_rcu(rloc, &ld->ln->rlocs[c->phase],
					 node) {
			void *hdr;

			if (i++ < c->index)
				continue;
			hdr = lisp_nl_dump_put(skb, cb, ld, LISP_CMD_RLOC_GET);
			if (!hdr)
				return -EMSGSIZE;
			if (fill_rloc(skb, ld->ln, rloc)) {
				genlmsg_cancel(skb, hdr);
				return -EMSGSIZE;
			}
			genlmsg_end(skb, hdr);
			c->index = i;
		}
	}
	return 0;
}

int lisp_nl_rloc_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return lisp_nl_dump_devices(skb, cb, dump_rloc);
}

/*
 * A locator is of all devices made in its namespace. Who was handed one of them
 * in a namespace of his own is not to stop the others.
 */
static bool may_set(const struct sk_buff *skb, const struct lisp_dev *ld)
{
	return netlink_ns_capable(skb, ld->ln->net->user_ns, CAP_NET_ADMIN);
}

int lisp_nl_rloc_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[LISP_A_LOCATOR_MAX + 1];
	struct lisp_addr addr;
	struct lisp_dev *ld;
	int err;

	err = parse_locator(info, tb, &addr);
	if (err)
		return err;
	if (!tb[LISP_A_LOCATOR_STATE]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[LISP_A_LOCATOR],
				    "no state given");
		return -EINVAL;
	}
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	if (!may_set(skb, ld)) {
		NL_SET_ERR_MSG(info->extack,
			       "locators are the namespace's in which the device was made");
		err = -EPERM;
		goto out;
	}
	err = lisp_rloc_set_state(ld->ln, &addr,
				  nla_get_u8(tb[LISP_A_LOCATOR_STATE]) ==
				  LISP_RLOC_STATE_UP);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, tb[LISP_A_LOCATOR_ADDR],
				    "no entry uses this locator");
out:
	lisp_nl_dev_put(ld);
	return err;
}
