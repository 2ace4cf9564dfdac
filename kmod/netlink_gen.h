/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/lisp.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: uapi/generate.sh */

#ifndef _LINUX_LISP_GEN_H
#define _LINUX_LISP_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/lisp.h>

/* Common nested types */
extern const struct nla_policy lisp_eid_nl_policy[LISP_A_EID_UPTIME + 1];
extern const struct nla_policy lisp_link_nl_policy[IFLA_LISP_HEAR_STATUS_BITS + 1];
extern const struct nla_policy lisp_locator_nl_policy[LISP_A_LOCATOR_STATUS_BIT + 1];
extern const struct nla_policy lisp_map_nl_policy[LISP_A_MAP_BYTES + 1];
extern const struct nla_policy lisp_source_nl_policy[LISP_A_SOURCE_IDLE + 1];

extern const struct nla_policy lisp_dev_get_nl_policy[LISP_A_IFNAME + 1];

extern const struct nla_policy lisp_dev_set_nl_policy[LISP_A_LINK + 1];

extern const struct nla_policy lisp_map_get_nl_policy[LISP_A_MAP + 1];

extern const struct nla_policy lisp_map_add_nl_policy[LISP_A_MAP + 1];

extern const struct nla_policy lisp_map_del_nl_policy[LISP_A_MAP + 1];

extern const struct nla_policy lisp_map_flush_nl_policy[LISP_A_MAP + 1];

extern const struct nla_policy lisp_eid_get_nl_policy[LISP_A_EID + 1];

extern const struct nla_policy lisp_eid_add_nl_policy[LISP_A_EID + 1];

extern const struct nla_policy lisp_eid_del_nl_policy[LISP_A_EID + 1];

extern const struct nla_policy lisp_pending_get_nl_policy[LISP_A_EID + 1];

extern const struct nla_policy lisp_pending_del_nl_policy[LISP_A_EID + 1];

extern const struct nla_policy lisp_rloc_get_nl_policy[LISP_A_LOCATOR + 1];

extern const struct nla_policy lisp_rloc_set_nl_policy[LISP_A_LOCATOR + 1];

extern const struct nla_policy lisp_source_get_nl_policy[LISP_A_SOURCE + 1];

/* Ops table for lisp */
extern const struct genl_ops lisp_nl_ops[14];

int lisp_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lisp_nl_dev_set_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_map_get_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lisp_nl_map_add_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_map_del_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_map_flush_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_eid_get_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_eid_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lisp_nl_eid_add_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_eid_del_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_pending_get_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_pending_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int lisp_nl_pending_del_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_rloc_get_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_rloc_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int lisp_nl_rloc_set_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_source_get_doit(struct sk_buff *skb, struct genl_info *info);
int lisp_nl_source_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	LISP_NLGRP_MISS,
	LISP_NLGRP_MAPCACHE,
};

#endif /* _LINUX_LISP_GEN_H */
