// SPDX-License-Identifier: GPL-2.0
/*
 * Generic-netlink family "lisp": RLOCs that packets come from.
 */
#include "netlink.h"
#include "device.h"
#include "source.h"

static int fill_source(struct sk_buff *skb, const struct lisp_source *src)
{
	struct nlattr *nest = nla_nest_start(skb, LISP_A_SOURCE);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, LISP_A_SOURCE_ADDR, lisp_addr_len(src->addr.family),
		    src->addr.bytes) ||
	    nla_put_u64_64bit(skb, LISP_A_SOURCE_IDLE, src->idle,
			      LISP_A_SOURCE_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int parse_source(struct genl_info *info, struct lisp_addr *addr)
{
	struct nlattr *tb[LISP_A_SOURCE_MAX + 1];
	int err;

	if (!info->attrs[LISP_A_SOURCE]) {
		NL_SET_ERR_MSG(info->extack, "no source given");
		return -EINVAL;
	}
	err = lisp_nl_one(info, LISP_A_SOURCE);
	if (err)
		return err;
	err = nla_parse_nested(tb, LISP_A_SOURCE_MAX,
			       info->attrs[LISP_A_SOURCE],
			       lisp_source_nl_policy, info->extack);
	if (err)
		return err;
	if (!tb[LISP_A_SOURCE_ADDR]) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[LISP_A_SOURCE],
				    "no source address given");
		return -EINVAL;
	}
	return lisp_nl_parse_addr(tb[LISP_A_SOURCE_ADDR], addr, info->extack);
}

static int fill_source_reply(struct sk_buff *skb, struct lisp_dev *ld,
			     const void *arg)
{
	struct lisp_source src;

	if (!lisp_sources_find(ld->sources, arg, &src))
		return -ENOENT;
	return fill_source(skb, &src);
}

int lisp_nl_source_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lisp_addr addr;
	struct lisp_dev *ld;
	int err;

	err = parse_source(info, &addr);
	if (err)
		return err;
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	err = lisp_nl_reply(info, ld, LISP_CMD_SOURCE_GET, NLMSG_GOODSIZE,
			    fill_source_reply, &addr);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no packet came from this address");
	lisp_nl_dev_put(ld);
	return err;
}

/*
 * Each set is read anew, at one time, for each message it goes into; who stays
 * in the table stays in its slot, and is told once.
 */
static int dump_source(struct sk_buff *skb, struct netlink_callback *cb,
		       struct lisp_dev *ld)
{
	struct lisp_nl_cursor *c = lisp_nl_cursor(cb);
	struct lisp_source set[LISP_SOURCE_WAYS];

	for (; c->phase < LISP_SOURCE_SETS; c->phase++, c->index = 0) {
		lisp_sources_read(ld->sources, c->phase, set);
		for (; c->index < LISP_SOURCE_WAYS; c->index++) {
			void *hdr;

			if (!set[c->index].addr.family)
				continue;
			hdr = lisp_nl_dump_put(skb, cb, ld,
					       LISP_CMD_SOURCE_GET);
			if (!hdr)
				return -EMSGSIZE;
			if (fill_source(skb, &set[c->index])) {
				genlmsg_cancel(skb, hdr);
				return -EMSGSIZE;
			}
			genlmsg_end(skb, hdr);
		}
	}
	return 0;
}

int lisp_nl_source_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return lisp_nl_dump_devices(skb, cb, dump_source);
}
