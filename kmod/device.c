// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual device: life cycle, settings, and what a namespace holds.
 */
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/wait_bit.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>
#include "device.h"
#include "encap.h"
#include "netlink_gen.h"
#include "socket.h"
#include "source.h"
#include "status.h"
#include "underlay.h"

/* What every link takes: 1500 less the larger outer header. */
#define LISP_MTU_DEFAULT	(ETH_DATA_LEN - LISP_HEADROOM6)
#define LISP_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			 NETIF_F_HW_CSUM | NETIF_F_RXCSUM | \
			 NETIF_F_GSO_SOFTWARE)

static bool create_default = true;
module_param_named(create, create_default, bool, 0444);
MODULE_PARM_DESC(create, "make lisp0 in the initial namespace (default: yes)");

static unsigned int lisp_net_id;

/**
 * lisp_net() - what the devices made in a namespace share
 * @net: namespace
 *
 * Context: any, while @net lives.
 * Return: never NULL.
 */
struct lisp_net *lisp_net(struct net *net)
{
	return net_generic(net, lisp_net_id);
}

static int lisp_open(struct net_device *dev)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct inet6_dev *in6 = __in6_dev_get(dev);

	/* Links have link-local addresses, and LISP is not one. */
	if (in6)
		in6->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
#endif
	return lisp_sock_join(netdev_priv(dev));
}

static int lisp_stop(struct net_device *dev)
{
	struct lisp_dev *ld = netdev_priv(dev);

	lisp_sock_leave(ld);
	lisp_pending_flush(ld);
	return 0;
}

static int lisp_dev_init(struct net_device *dev)
{
	struct lisp_dev *ld = netdev_priv(dev);

	ld->stats = lisp_stats_alloc();
	ld->sources = lisp_sources_alloc();
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (ld->stats && ld->sources && dev->tstats) {
		atomic_inc(&ld->ln->unfreed);
		return 0;
	}
	free_percpu(dev->tstats);
	lisp_sources_free(ld->sources);
	free_percpu(ld->stats);
	return -ENOMEM;
}

static void lisp_dev_uninit(struct net_device *dev)
{
	struct lisp_dev *ld = netdev_priv(dev);

	list_del_init(&ld->node);
}

/*
 * No ndo_fill_metadata_dst: it completes what a packet brings along of its
 * tunnel (dst_metadata), for devices that are told the way with each packet.
 * Here the map-cache knows it, and what a packet brings is not looked at.
 */
static const struct net_device_ops lisp_netdev_ops = {
	.ndo_init		= lisp_dev_init,
	.ndo_uninit		= lisp_dev_uninit,
	.ndo_open		= lisp_open,
	.ndo_stop		= lisp_stop,
	.ndo_start_xmit		= lisp_encap_xmit,
	.ndo_get_stats64	= dev_get_tstats64,
};

/**
 * lisp_dev_is() - is this one of our devices
 * @dev: any device
 *
 * Context: any.
 * Return: true if so.
 */
bool lisp_dev_is(const struct net_device *dev)
{
	return dev->netdev_ops == &lisp_netdev_ops;
}

static void lisp_get_drvinfo(struct net_device *dev,
			     struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
	strscpy(info->version, LISP_VERSION, sizeof(info->version));
}

static const struct ethtool_ops lisp_ethtool_ops = {
	.get_drvinfo	= lisp_get_drvinfo,
	.get_link	= ethtool_op_get_link,
};

static const struct device_type lisp_device_type = {
	.name = KBUILD_MODNAME,
};

/* The last reference is gone: nobody can look at the device any more. */
static void lisp_dev_destructor(struct net_device *dev)
{
	struct lisp_dev *ld = netdev_priv(dev);
	struct lisp_net *ln = ld->ln;

	/* In this order: the map-cache's timer sends on what waits. */
	lisp_mapcache_destroy(ld);
	lisp_pending_destroy(ld);
	free_percpu(dev->tstats);
	lisp_sources_free(ld->sources);
	free_percpu(ld->stats);
	/* Nothing of @ln may be looked at after this. */
	if (atomic_dec_and_test(&ln->unfreed))
		wake_up_var(&ln->unfreed);
}

static void lisp_setup(struct net_device *dev)
{
	struct lisp_dev *ld = netdev_priv(dev);

	dev->netdev_ops = &lisp_netdev_ops;
	dev->ethtool_ops = &lisp_ethtool_ops;
	dev->priv_destructor = lisp_dev_destructor;
	dev->needs_free_netdev = true;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->hard_header_len = 0;
	dev->addr_len = 0;
	dev->needed_headroom = LISP_HEADROOM6 + LL_MAX_HEADER;
	dev->features |= LISP_FEATURES;
	dev->hw_features |= LISP_FEATURES;
	dev->mtu = LISP_MTU_DEFAULT;
	dev->min_mtu = IPV4_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - LISP_HEADROOM6;
	lisp_dev_set_lltx(dev);
	lisp_dev_set_big_tcp(dev);
	SET_NETDEV_DEVTYPE(dev, &lisp_device_type);
	/* The route is wanted for ICMP answers to senders. */
	netif_keep_dst(dev);

	ld->dev = dev;
	INIT_LIST_HEAD(&ld->node);
	ld->port = LISP_UDP_DATA_PORT;
	ld->ttl_mode = LISP_TTL_MODE_PROPAGATE;
	lisp_mapcache_init(ld);
	lisp_pending_init(ld);
	ld->mc.max_entries = 1 << 20;
	ld->pending.max_packets = 4096;
	ld->pending.max_packets_eid = 64;
	ld->pending.max_bytes = 8 << 20;
	ld->pending.time = 10 * MSEC_PER_SEC;
	ld->pending.rate = 1000;
}

/* Attributes that are flags of struct lisp_dev. */
static const struct {
	int type;
	u32 flag;
} link_flags[] = {
	{ IFLA_LISP_PITR, LISP_DEV_PITR },
	{ IFLA_LISP_RTR, LISP_DEV_RTR },
	{ IFLA_LISP_STRICT_SOURCE, LISP_DEV_STRICT_SOURCE },
	{ IFLA_LISP_DECAP_DSCP, LISP_DEV_DECAP_DSCP },
	{ IFLA_LISP_UDP6_ZERO_CSUM, LISP_DEV_UDP6_ZERO_CSUM },
	{ IFLA_LISP_FRAGMENT_INNER, LISP_DEV_FRAGMENT_INNER },
	{ IFLA_LISP_HEAR_STATUS_BITS, LISP_DEV_HEAR_STATUS },
};

static u32 link_get_flags(struct nlattr **link, u32 flags)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(link_flags); i++) {
		if (!link[link_flags[i].type])
			continue;
		if (nla_get_u8(link[link_flags[i].type]))
			flags |= link_flags[i].flag;
		else
			flags &= ~link_flags[i].flag;
	}
	return flags;
}

static int link_put_flags(struct sk_buff *skb, u32 flags)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(link_flags); i++)
		if (nla_put_u8(skb, link_flags[i].type,
			       !!(flags & link_flags[i].flag)))
			return -EMSGSIZE;
	return 0;
}

static void link_u32(struct nlattr **link, int type, u32 *to)
{
	if (link[type])
		WRITE_ONCE(*to, nla_get_u32(link[type]));
}

/**
 * lisp_dev_change() - change the settings that can be changed
 * @ld: device
 * @link: IFLA_LISP_* attributes, validated by policy, or NULL
 * @extack: error text
 *
 * All of it is checked before any of it is changed.
 *
 * Context: process, rtnl held.
 * Return: 0, or -EOPNOTSUPP for what is fixed at creation.
 */
int lisp_dev_change(struct lisp_dev *ld, struct nlattr **link,
		    struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (!link)
		return 0;
	if (link[IFLA_LISP_INSTANCE_ID] &&
	    nla_get_u32(link[IFLA_LISP_INSTANCE_ID]) != ld->iid) {
		NL_SET_ERR_MSG_ATTR(extack, link[IFLA_LISP_INSTANCE_ID],
				    "instance-id is fixed when the device is made");
		return -EOPNOTSUPP;
	}
	if (link[IFLA_LISP_PORT] &&
	    nla_get_u16(link[IFLA_LISP_PORT]) != ld->port) {
		NL_SET_ERR_MSG_ATTR(extack, link[IFLA_LISP_PORT],
				    "port is fixed when the device is made");
		return -EOPNOTSUPP;
	}
	if (link[IFLA_LISP_TTL_MODE])
		WRITE_ONCE(ld->ttl_mode, nla_get_u8(link[IFLA_LISP_TTL_MODE]));
	if (link[IFLA_LISP_MAX_ENTRIES])
		lisp_mapcache_limit(ld, nla_get_u32(link[IFLA_LISP_MAX_ENTRIES]));
	link_u32(link, IFLA_LISP_PARK_PACKETS, &ld->pending.max_packets);
	link_u32(link, IFLA_LISP_PARK_PACKETS_EID,
		 &ld->pending.max_packets_eid);
	link_u32(link, IFLA_LISP_PARK_BYTES, &ld->pending.max_bytes);
	link_u32(link, IFLA_LISP_PARK_TIME, &ld->pending.time);
	link_u32(link, IFLA_LISP_MISS_RATE, &ld->pending.rate);
	if (link[IFLA_LISP_PARK_TIME] && ld->dev->reg_state == NETREG_REGISTERED)
		lisp_pending_retime(ld);
	link_u32(link, IFLA_LISP_NATIVE_MARK, &ld->native_mark);
	link_u32(link, IFLA_LISP_STATUS_BITS, &ld->status_bits);
	WRITE_ONCE(ld->flags, link_get_flags(link, ld->flags));
	return 0;
}

static int dev_add(struct lisp_dev *ld, struct net *net, struct nlattr **link,
		   struct netlink_ext_ack *extack)
{
	struct lisp_net *ln = lisp_net(net);
	struct lisp_dev *other;
	int err;

	if (link && link[IFLA_LISP_INSTANCE_ID])
		ld->iid = nla_get_u32(link[IFLA_LISP_INSTANCE_ID]);
	if (link && link[IFLA_LISP_PORT])
		ld->port = nla_get_u16(link[IFLA_LISP_PORT]);
	if (ld->iid > LISP_INSTANCE_ID_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, link[IFLA_LISP_INSTANCE_ID],
				    "instance-id has 24 bits");
		return -ERANGE;
	}
	list_for_each_entry(other, &ln->devices, node)
		if (other->port == ld->port && other->iid == ld->iid) {
			NL_SET_ERR_MSG(extack,
				       "a device of this instance-id and port was made in this namespace already");
			return -EEXIST;
		}
	ld->ln = ln;
	err = lisp_dev_change(ld, link, extack);
	if (err)
		return err;
	err = register_netdevice(ld->dev);
	if (err)
		return err;
	list_add_tail(&ld->node, &ln->devices);
	return 0;
}

#ifdef LISP_HAVE_NEWLINK_PARAMS
static int lisp_newlink(struct net_device *dev,
			struct rtnl_newlink_params *params,
			struct netlink_ext_ack *extack)
{
	return dev_add(netdev_priv(dev), rtnl_newlink_link_net(params),
		       params->data, extack);
}
#else
static int lisp_newlink(struct net *net, struct net_device *dev,
			struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	return dev_add(netdev_priv(dev), net, data, extack);
}
#endif

static int lisp_changelink(struct net_device *dev, struct nlattr *tb[],
			   struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	return lisp_dev_change(netdev_priv(dev), data, extack);
}

static size_t lisp_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u32)) * 9 +
	       nla_total_size(sizeof(u16)) +
	       nla_total_size(sizeof(u8)) * (1 + ARRAY_SIZE(link_flags));
}

/**
 * lisp_dev_fill_link() - write the IFLA_LISP_* attributes of a device
 * @skb: message
 * @ld: device
 *
 * Context: process.
 * Return: 0 or -EMSGSIZE.
 */
int lisp_dev_fill_link(struct sk_buff *skb, const struct lisp_dev *ld)
{
	const struct lisp_pending *p = &ld->pending;

	if (nla_put_u32(skb, IFLA_LISP_INSTANCE_ID, ld->iid) ||
	    nla_put_u16(skb, IFLA_LISP_PORT, ld->port) ||
	    nla_put_u8(skb, IFLA_LISP_TTL_MODE, READ_ONCE(ld->ttl_mode)) ||
	    nla_put_u32(skb, IFLA_LISP_MAX_ENTRIES,
			READ_ONCE(ld->mc.max_entries)) ||
	    nla_put_u32(skb, IFLA_LISP_PARK_PACKETS,
			READ_ONCE(p->max_packets)) ||
	    nla_put_u32(skb, IFLA_LISP_PARK_PACKETS_EID,
			READ_ONCE(p->max_packets_eid)) ||
	    nla_put_u32(skb, IFLA_LISP_PARK_BYTES, READ_ONCE(p->max_bytes)) ||
	    nla_put_u32(skb, IFLA_LISP_PARK_TIME, READ_ONCE(p->time)) ||
	    nla_put_u32(skb, IFLA_LISP_MISS_RATE, READ_ONCE(p->rate)) ||
	    nla_put_u32(skb, IFLA_LISP_NATIVE_MARK,
			READ_ONCE(ld->native_mark)) ||
	    nla_put_u32(skb, IFLA_LISP_STATUS_BITS,
			READ_ONCE(ld->status_bits)))
		return -EMSGSIZE;
	return link_put_flags(skb, READ_ONCE(ld->flags));
}

static int lisp_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	return lisp_dev_fill_link(skb, netdev_priv(dev));
}

static struct net *lisp_get_link_net(const struct net_device *dev)
{
	const struct lisp_dev *ld = netdev_priv(dev);

	return ld->ln->net;
}

static struct rtnl_link_ops lisp_link_ops __read_mostly = {
	.kind		= KBUILD_MODNAME,
	.priv_size	= sizeof(struct lisp_dev),
	.setup		= lisp_setup,
	.policy		= lisp_link_nl_policy,
	.maxtype	= IFLA_LISP_MAX,
	.newlink	= lisp_newlink,
	.changelink	= lisp_changelink,
	.get_size	= lisp_get_size,
	.fill_info	= lisp_fill_info,
	.get_link_net	= lisp_get_link_net,
};

static int __net_init lisp_net_init(struct net *net)
{
	struct lisp_net *ln = lisp_net(net);

	ln->net = net;
	mutex_init(&ln->lock);
	INIT_LIST_HEAD(&ln->devices);
	INIT_LIST_HEAD(&ln->socks);
	get_random_bytes(&ln->seed, sizeof(ln->seed));
	lisp_underlay_net_init(ln);
	lisp_status_net_init(ln);
	return 0;
}

/*
 * Devices made in a dying namespace go with it, wherever they are now. One that
 * somebody else has just deleted in another namespace is in no list any more,
 * but comes here to give back its locators when its last user is gone.
 */
static void __net_exit lisp_net_exit_batch(struct list_head *nets)
{
	struct lisp_dev *ld, *next;
	bool used = false;
	struct net *net;
	LIST_HEAD(kill);

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list)
		list_for_each_entry_safe(ld, next, &lisp_net(net)->devices,
					 node)
			unregister_netdevice_queue(ld->dev, &kill);
	unregister_netdevice_many(&kill);
	rtnl_unlock();
	list_for_each_entry(net, nets, exit_list) {
		struct lisp_net *ln = lisp_net(net);

		wait_var_event(&ln->unfreed, !atomic_read(&ln->unfreed));
		WARN_ON_ONCE(!list_empty(&ln->socks));
		lisp_status_net_exit(ln);
		lisp_underlay_net_exit(ln);
		mutex_destroy(&ln->lock);
		used |= test_bit(LISP_NET_USED, &ln->flags);
	}
	/*
	 * The last RLOCs give their routes back in callbacks. What counts IPv6's
	 * routes goes next.
	 */
	if (used)
		rcu_barrier();
}

static struct pernet_operations lisp_net_ops = {
	.init		= lisp_net_init,
	.exit_batch	= lisp_net_exit_batch,
	.id		= &lisp_net_id,
	.size		= sizeof(struct lisp_net),
};

static int make_default(void)
{
	struct net_device *dev;
	int err;

	if (!create_default)
		return 0;
	/* The next number where somebody else's device has the name. */
	dev = alloc_netdev(sizeof(struct lisp_dev), "lisp%d",
			   NET_NAME_ENUM, lisp_setup);
	if (!dev)
		return -ENOMEM;
	dev->rtnl_link_ops = &lisp_link_ops;
	rtnl_lock();
	err = dev_add(netdev_priv(dev), &init_net, NULL, NULL);
	rtnl_unlock();
	if (err)
		free_netdev(dev);
	return err;
}

/**
 * lisp_device_init() - register namespace part and link type, make lisp0
 *
 * Context: process, module init.
 * Return: 0 or a negative errno.
 */
int lisp_device_init(void)
{
	int err = register_pernet_subsys(&lisp_net_ops);

	if (err)
		return err;
	err = lisp_underlay_init();
	if (err)
		goto err_pernet;
	err = rtnl_link_register(&lisp_link_ops);
	if (err)
		goto err_underlay;
	err = make_default();
	if (err)
		goto err_link;
	return 0;

err_link:
	rtnl_link_unregister(&lisp_link_ops);
err_underlay:
	lisp_underlay_exit();
err_pernet:
	unregister_pernet_subsys(&lisp_net_ops);
	return err;
}

/**
 * lisp_device_exit() - delete all devices, unregister
 *
 * Context: process, module exit.
 */
void lisp_device_exit(void)
{
	rtnl_link_unregister(&lisp_link_ops);
	lisp_underlay_exit();
	unregister_pernet_subsys(&lisp_net_ops);
}
