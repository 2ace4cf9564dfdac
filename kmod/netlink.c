// SPDX-License-Identifier: GPL-2.0
/*
 * Generic-netlink family "lisp": devices, and what all requests share. The
 * objects of a device are in netlink_map.c, netlink_eid.c, netlink_rloc.c and
 * netlink_source.c.
 */
#include <linux/rtnetlink.h>
#include "netlink.h"
#include "device.h"

/* The tables are generated; the family is not, so that it can say more. */
#include "netlink_gen.c"

struct genl_family lisp_nl_family __ro_after_init = {
	.name		= LISP_GENL_NAME,
	.version	= LISP_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= lisp_nl_ops,
	.n_ops		= ARRAY_SIZE(lisp_nl_ops),
	.mcgrps		= lisp_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(lisp_nl_mcgrps),
	.maxattr	= LISP_A_MAX,
};

/**
 * lisp_nl_dev_get() - the device a request names
 * @net: namespace of the requester; the device must be in it
 * @attrs: LISP_A_IFINDEX or LISP_A_IFNAME
 * @extack: error text
 *
 * Context: process.
 * Return: device, held until lisp_nl_dev_put(); or an ERR_PTR.
 */
struct lisp_dev *lisp_nl_dev_get(struct net *net, struct nlattr **attrs,
				 struct netlink_ext_ack *extack)
{
	struct nlattr *by = attrs[LISP_A_IFINDEX] ?: attrs[LISP_A_IFNAME];
	struct net_device *dev;

	if (!by) {
		NL_SET_ERR_MSG(extack, "neither ifindex nor ifname given");
		return ERR_PTR(-EINVAL);
	}
	if (attrs[LISP_A_IFINDEX])
		dev = dev_get_by_index(net, nla_get_u32(by));
	else
		dev = dev_get_by_name(net, nla_data(by));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(extack, by, "no such device");
		return ERR_PTR(-ENODEV);
	}
	if (!lisp_dev_is(dev)) {
		dev_put(dev);
		NL_SET_ERR_MSG_ATTR(extack, by, "not a lisp device");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev_priv(dev);
}

/**
 * lisp_nl_dev_put() - end of a request
 * @ld: device
 *
 * Context: process.
 */
void lisp_nl_dev_put(struct lisp_dev *ld)
{
	dev_put(ld->dev);
}

/**
 * lisp_nl_one() - see that a request has no attribute twice that is for one
 * @info: request
 * @type: LISP_A_* that other commands take many of
 *
 * Otherwise the last one would count and the others be passed over in silence.
 *
 * Context: process.
 * Return: 0, also when there is none, or -EINVAL.
 */
int lisp_nl_one(struct genl_info *info, int type)
{
	struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != type || !n++)
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "this command takes one of these");
		return -EINVAL;
	}
	return 0;
}

/**
 * lisp_nl_parse_addr() - read an address attribute
 * @attr: 4 or 16 bytes
 * @addr: set
 * @extack: error text
 *
 * Return: 0 or -EINVAL.
 */
int lisp_nl_parse_addr(const struct nlattr *attr, struct lisp_addr *addr,
		       struct netlink_ext_ack *extack)
{
	switch (nla_len(attr)) {
	case 4:
		lisp_addr_set(addr, AF_INET, nla_data(attr));
		return 0;
	case 16:
		lisp_addr_set(addr, AF_INET6, nla_data(attr));
		return 0;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an address has 4 or 16 bytes");
		return -EINVAL;
	}
}

static bool host_bits(const struct lisp_prefix *p)
{
	unsigned int i = p->plen / 8;

	if (p->plen % 8 && p->addr.bytes[i++] & 0xff >> p->plen % 8)
		return true;
	/* Those past an IPv4 address are zero anyway. */
	return memchr_inv(p->addr.bytes + i, 0, sizeof(p->addr.bytes) - i);
}

/**
 * lisp_nl_parse_prefix() - read an EID-prefix
 * @addr: address attribute, or NULL when absent
 * @plen: prefix length attribute, or NULL: a host prefix
 * @p: set
 * @nest: what to blame for an absent address
 * @extack: error text
 *
 * Host bits that are set are an error, never masked away.
 *
 * Return: 0 or -EINVAL.
 */
int lisp_nl_parse_prefix(const struct nlattr *addr, const struct nlattr *plen,
			 struct lisp_prefix *p, const struct nlattr *nest,
			 struct netlink_ext_ack *extack)
{
	unsigned int bits;

	if (!addr) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "no EID address given");
		return -EINVAL;
	}
	if (lisp_nl_parse_addr(addr, &p->addr, extack))
		return -EINVAL;
	bits = lisp_addr_bits(p->addr.family);
	p->plen = plen ? nla_get_u8(plen) : bits;
	if (p->plen > bits) {
		NL_SET_ERR_MSG_ATTR(extack, plen,
				    "prefix longer than the address");
		return -EINVAL;
	}
	if (host_bits(p)) {
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "EID-prefix has host bits set");
		return -EINVAL;
	}
	return 0;
}

/**
 * lisp_nl_dump_put() - begin one message of a dump
 * @skb: message
 * @cb: dump
 * @ld: device it is about
 * @cmd: LISP_CMD_*
 *
 * Return: header for genlmsg_end() or genlmsg_cancel(), or NULL when full.
 */
void *lisp_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct lisp_dev *ld, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &lisp_nl_family,
				NLM_F_MULTI, cmd);

	if (!hdr)
		return NULL;
	genl_dump_check_consistent(cb, hdr);
	if (nla_put_u32(skb, LISP_A_IFINDEX, ld->dev->ifindex)) {
		genlmsg_cancel(skb, hdr);
		return NULL;
	}
	return hdr;
}

/* Changes whenever a map-cache of the namespace does. */
static unsigned int dump_seq(struct net *net)
{
	struct net_device *dev;
	unsigned int seq = 1;

	for_each_netdev_rcu(net, dev)
		if (lisp_dev_is(dev)) {
			struct lisp_dev *ld = netdev_priv(dev);

			seq += atomic_read(&ld->mc.gen);
		}
	return seq ?: 1;
}

static bool dump_wants(const struct net_device *dev, struct nlattr **attrs)
{
	if (!lisp_dev_is(dev))
		return false;
	if (attrs[LISP_A_IFINDEX])
		return nla_get_u32(attrs[LISP_A_IFINDEX]) == dev->ifindex;
	if (attrs[LISP_A_IFNAME])
		return !nla_strcmp(attrs[LISP_A_IFNAME], dev->name);
	return true;
}

/**
 * lisp_nl_dump_devices() - dump something of each device in a namespace
 * @skb: message
 * @cb: dump; a device named in the request restricts it to that one
 * @dump: writes what it can from where the cursor stands, and returns 0 when
 *	it is through with the device, -EMSGSIZE when @skb is full
 *
 * Context: process; @dump is called under RCU.
 * Return: bytes written, 0 at the end, or a negative errno.
 */
int lisp_nl_dump_devices(struct sk_buff *skb, struct netlink_callback *cb,
			 lisp_nl_dump_dev_t dump)
{
	struct lisp_nl_cursor *c = lisp_nl_cursor(cb);
	struct net *net = sock_net(skb->sk);
	struct net_device *dev;
	unsigned int i = 0;
	int err = 0;

	rcu_read_lock();
	cb->seq = dump_seq(net);
	for_each_netdev_rcu(net, dev) {
		if (!dump_wants(dev, lisp_dump_attrs(cb)) || i++ < c->dev)
			continue;
		if (!c->phase && !c->index)
			c->plen = -1;
		err = dump(skb, cb, netdev_priv(dev));
		if (err)
			break;
		memset(c, 0, sizeof(*c));
		c->dev = i;
	}
	rcu_read_unlock();
	/* An object that does not fit even an empty message must not end it. */
	return err && (err != -EMSGSIZE || !skb->len) ? err : skb->len;
}

static int fill_stats(struct sk_buff *skb, struct lisp_dev *ld)
{
	struct nlattr *nest = nla_nest_start(skb, LISP_A_STATS);
	u64 sum[LISP_A_STATS_MAX + 1];
	struct rtnl_link_stats64 link = {};
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	lisp_stats_sum(ld->stats, sum);
	/* The data path counts these once only. */
	dev_fetch_sw_netstats(&link, ld->dev->tstats);
	sum[LISP_A_STATS_ENCAP] = link.tx_packets;
	sum[LISP_A_STATS_DECAP] = link.rx_packets;
	sum[LISP_A_STATS_PARK_NOW] = READ_ONCE(ld->pending.packets);
	for (i = LISP_A_STATS_PAD + 1; i <= LISP_A_STATS_MAX; i++)
		if (nla_put_u64_64bit(skb, i, sum[i], LISP_A_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_dev(struct sk_buff *skb, struct lisp_dev *ld)
{
	struct nlattr *nest;

	if (nla_put_string(skb, LISP_A_IFNAME, ld->dev->name) ||
	    nla_put_u32(skb, LISP_A_ENTRIES, lisp_mapcache_count(&ld->mc)) ||
	    nla_put_u32(skb, LISP_A_MTU, READ_ONCE(ld->dev->mtu)))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, LISP_A_LINK);
	if (!nest || lisp_dev_fill_link(skb, ld))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return fill_stats(skb, ld);
}

/**
 * lisp_nl_reply() - answer a request with one message
 * @info: request
 * @ld: device it is about
 * @cmd: LISP_CMD_*
 * @size: bytes of attributes the answer may need
 * @fill: writes the attributes; 0, -EMSGSIZE, or -ENOENT when there is none
 * @arg: passed to @fill
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int lisp_nl_reply(struct genl_info *info, struct lisp_dev *ld, u8 cmd,
		  size_t size, lisp_nl_fill_t fill, const void *arg)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);
	void *hdr;
	int err = -EMSGSIZE;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &lisp_nl_family, 0, cmd);
	if (hdr && !nla_put_u32(skb, LISP_A_IFINDEX, ld->dev->ifindex))
		err = fill(skb, ld, arg);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static int fill_dev_reply(struct sk_buff *skb, struct lisp_dev *ld,
			  const void *arg)
{
	return fill_dev(skb, ld);
}

int lisp_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct lisp_dev *ld = lisp_nl_dev_get(genl_info_net(info), info->attrs,
					      info->extack);
	int err;

	if (IS_ERR(ld))
		return PTR_ERR(ld);
	err = lisp_nl_reply(info, ld, LISP_CMD_DEV_GET, NLMSG_GOODSIZE,
			    fill_dev_reply, NULL);
	lisp_nl_dev_put(ld);
	return err;
}

static int dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
		    struct lisp_dev *ld)
{
	void *hdr = lisp_nl_dump_put(skb, cb, ld, LISP_CMD_DEV_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (fill_dev(skb, ld)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int lisp_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return lisp_nl_dump_devices(skb, cb, dump_dev);
}

int lisp_nl_dev_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *link[IFLA_LISP_MAX + 1];
	struct lisp_dev *ld;
	int err;

	if (!info->attrs[LISP_A_LINK]) {
		NL_SET_ERR_MSG(info->extack, "no settings given");
		return -EINVAL;
	}
	err = nla_parse_nested(link, IFLA_LISP_MAX, info->attrs[LISP_A_LINK],
			       lisp_link_nl_policy, info->extack);
	if (err)
		return err;
	ld = lisp_nl_dev_get(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(ld))
		return PTR_ERR(ld);
	rtnl_lock();
	err = lisp_dev_change(ld, link, info->extack);
	if (!err)
		netdev_state_change(ld->dev);
	rtnl_unlock();
	lisp_nl_dev_put(ld);
	return err;
}

/**
 * lisp_netlink_init() - register the family
 *
 * Context: process, module init.
 * Return: 0 or a negative errno.
 */
int __init lisp_netlink_init(void)
{
	return genl_register_family(&lisp_nl_family);
}

/**
 * lisp_netlink_exit() - unregister the family
 *
 * Context: process, module exit.
 */
void lisp_netlink_exit(void)
{
	genl_unregister_family(&lisp_nl_family);
}
