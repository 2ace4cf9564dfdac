/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic-netlink family "lisp", described in uapi/lisp.yaml.
 */
#ifndef _LISP_NETLINK_H
#define _LISP_NETLINK_H

#include <net/genetlink.h>
#include "mapcache.h"
#include "netlink_gen.h"

extern struct genl_family lisp_nl_family;

int lisp_netlink_init(void);
void lisp_netlink_exit(void);

struct lisp_dev *lisp_nl_dev_get(struct net *net, struct nlattr **attrs,
				 struct netlink_ext_ack *extack);
void lisp_nl_dev_put(struct lisp_dev *ld);
int lisp_nl_one(struct genl_info *info, int type);
int lisp_nl_parse_addr(const struct nlattr *attr, struct lisp_addr *addr,
		       struct netlink_ext_ack *extack);
int lisp_nl_parse_prefix(const struct nlattr *addr, const struct nlattr *plen,
			 struct lisp_prefix *p, const struct nlattr *nest,
			 struct netlink_ext_ack *extack);

typedef int (*lisp_nl_fill_t)(struct sk_buff *skb, struct lisp_dev *ld,
			      const void *arg);
int lisp_nl_reply(struct genl_info *info, struct lisp_dev *ld, u8 cmd,
		  size_t size, lisp_nl_fill_t fill, const void *arg);

typedef int (*lisp_nl_dump_dev_t)(struct sk_buff *skb,
				  struct netlink_callback *cb,
				  struct lisp_dev *ld);
int lisp_nl_dump_devices(struct sk_buff *skb, struct netlink_callback *cb,
			 lisp_nl_dump_dev_t dump);
void *lisp_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct lisp_dev *ld, u8 cmd);

/**
 * struct lisp_nl_cursor - where a dump stands, in netlink_callback.ctx
 * @dev: devices of the namespace done
 * @phase: what of the device comes next
 * @plen: prefix length after which to go on, -1 to begin
 * @key: address after which to go on
 * @index: the same where a number will do
 */
struct lisp_nl_cursor {
	unsigned int dev;
	unsigned int phase;
	int plen;
	u8 key[16];
	unsigned int index;
};

static inline struct lisp_nl_cursor *lisp_nl_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct lisp_nl_cursor) > sizeof(cb->ctx));
	return (struct lisp_nl_cursor *)cb->ctx;
}

#endif
