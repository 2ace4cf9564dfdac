// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	uapi/lisp.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: uapi/generate.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/lisp.h>

/* Common nested types */
const struct nla_policy lisp_eid_nl_policy[LISP_A_EID_UPTIME + 1] = {
	[LISP_A_EID_ADDR] = NLA_POLICY_MAX_LEN(LISP_ADDR_LEN_MAX),
	[LISP_A_EID_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[LISP_A_EID_PACKETS] = { .type = NLA_U64, },
	[LISP_A_EID_UPTIME] = { .type = NLA_U64, },
};

const struct nla_policy lisp_link_nl_policy[IFLA_LISP_HEAR_STATUS_BITS + 1] = {
	[IFLA_LISP_INSTANCE_ID] = { .type = NLA_U32, },
	[IFLA_LISP_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[IFLA_LISP_TTL_MODE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_LISP_MAX_ENTRIES] = { .type = NLA_U32, },
	[IFLA_LISP_PARK_PACKETS] = { .type = NLA_U32, },
	[IFLA_LISP_PARK_PACKETS_EID] = { .type = NLA_U32, },
	[IFLA_LISP_PARK_BYTES] = { .type = NLA_U32, },
	[IFLA_LISP_PARK_TIME] = NLA_POLICY_MIN(NLA_U32, 1),
	[IFLA_LISP_MISS_RATE] = { .type = NLA_U32, },
	[IFLA_LISP_PITR] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_LISP_RTR] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_LISP_STRICT_SOURCE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_LISP_DECAP_DSCP] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_LISP_UDP6_ZERO_CSUM] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_LISP_NATIVE_MARK] = { .type = NLA_U32, },
	[IFLA_LISP_STATUS_BITS] = { .type = NLA_U32, },
	[IFLA_LISP_FRAGMENT_INNER] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_LISP_HEAR_STATUS_BITS] = NLA_POLICY_MAX(NLA_U8, 1),
};

const struct nla_policy lisp_locator_nl_policy[LISP_A_LOCATOR_STATUS_BIT + 1] = {
	[LISP_A_LOCATOR_ADDR] = NLA_POLICY_MAX_LEN(LISP_ADDR_LEN_MAX),
	[LISP_A_LOCATOR_PRIORITY] = { .type = NLA_U8, },
	[LISP_A_LOCATOR_WEIGHT] = { .type = NLA_U8, },
	[LISP_A_LOCATOR_STATE] = NLA_POLICY_MAX(NLA_U8, 1),
	[LISP_A_LOCATOR_PACKETS] = { .type = NLA_U64, },
	[LISP_A_LOCATOR_BYTES] = { .type = NLA_U64, },
	[LISP_A_LOCATOR_REASON] = NLA_POLICY_MAX(NLA_U8, 4),
	[LISP_A_LOCATOR_MTU] = { .type = NLA_U32, },
	[LISP_A_LOCATOR_STATUS_BIT] = NLA_POLICY_MAX(NLA_U8, 1),
};

const struct nla_policy lisp_map_nl_policy[LISP_A_MAP_BYTES + 1] = {
	[LISP_A_MAP_EID] = NLA_POLICY_MAX_LEN(LISP_ADDR_LEN_MAX),
	[LISP_A_MAP_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[LISP_A_MAP_ACTION] = NLA_POLICY_MAX(NLA_U8, 5),
	[LISP_A_MAP_ORIGIN] = NLA_POLICY_MAX(NLA_U8, 2),
	[LISP_A_MAP_TTL] = { .type = NLA_U32, },
	[LISP_A_MAP_LOCATOR] = NLA_POLICY_NESTED(lisp_locator_nl_policy),
	[LISP_A_MAP_UPTIME] = { .type = NLA_U64, },
	[LISP_A_MAP_EXPIRES] = { .type = NLA_U64, },
	[LISP_A_MAP_IDLE] = { .type = NLA_U64, },
	[LISP_A_MAP_PACKETS] = { .type = NLA_U64, },
	[LISP_A_MAP_BYTES] = { .type = NLA_U64, },
};

const struct nla_policy lisp_source_nl_policy[LISP_A_SOURCE_IDLE + 1] = {
	[LISP_A_SOURCE_ADDR] = NLA_POLICY_MAX_LEN(LISP_ADDR_LEN_MAX),
	[LISP_A_SOURCE_IDLE] = { .type = NLA_U64, },
};

/* LISP_CMD_DEV_GET - do */
const struct nla_policy lisp_dev_get_nl_policy[LISP_A_IFNAME + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* LISP_CMD_DEV_SET - do */
const struct nla_policy lisp_dev_set_nl_policy[LISP_A_LINK + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_LINK] = NLA_POLICY_NESTED(lisp_link_nl_policy),
};

/* LISP_CMD_MAP_GET - do */
const struct nla_policy lisp_map_get_nl_policy[LISP_A_MAP + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_MAP] = NLA_POLICY_NESTED(lisp_map_nl_policy),
};

/* LISP_CMD_MAP_ADD - do */
const struct nla_policy lisp_map_add_nl_policy[LISP_A_MAP + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_MAP] = NLA_POLICY_NESTED(lisp_map_nl_policy),
};

/* LISP_CMD_MAP_DEL - do */
const struct nla_policy lisp_map_del_nl_policy[LISP_A_MAP + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_MAP] = NLA_POLICY_NESTED(lisp_map_nl_policy),
};

/* LISP_CMD_MAP_FLUSH - do */
const struct nla_policy lisp_map_flush_nl_policy[LISP_A_MAP + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_MAP] = NLA_POLICY_NESTED(lisp_map_nl_policy),
};

/* LISP_CMD_EID_GET - do */
const struct nla_policy lisp_eid_get_nl_policy[LISP_A_EID + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_EID] = NLA_POLICY_NESTED(lisp_eid_nl_policy),
};

/* LISP_CMD_EID_ADD - do */
const struct nla_policy lisp_eid_add_nl_policy[LISP_A_EID + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_EID] = NLA_POLICY_NESTED(lisp_eid_nl_policy),
};

/* LISP_CMD_EID_DEL - do */
const struct nla_policy lisp_eid_del_nl_policy[LISP_A_EID + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_EID] = NLA_POLICY_NESTED(lisp_eid_nl_policy),
};

/* LISP_CMD_PENDING_GET - do */
const struct nla_policy lisp_pending_get_nl_policy[LISP_A_EID + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_EID] = NLA_POLICY_NESTED(lisp_eid_nl_policy),
};

/* LISP_CMD_PENDING_DEL - do */
const struct nla_policy lisp_pending_del_nl_policy[LISP_A_EID + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_EID] = NLA_POLICY_NESTED(lisp_eid_nl_policy),
};

/* LISP_CMD_RLOC_GET - do */
const struct nla_policy lisp_rloc_get_nl_policy[LISP_A_LOCATOR + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_LOCATOR] = NLA_POLICY_NESTED(lisp_locator_nl_policy),
};

/* LISP_CMD_RLOC_SET - do */
const struct nla_policy lisp_rloc_set_nl_policy[LISP_A_LOCATOR + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_LOCATOR] = NLA_POLICY_NESTED(lisp_locator_nl_policy),
};

/* LISP_CMD_SOURCE_GET - do */
const struct nla_policy lisp_source_get_nl_policy[LISP_A_SOURCE + 1] = {
	[LISP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[LISP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[LISP_A_SOURCE] = NLA_POLICY_NESTED(lisp_source_nl_policy),
};

/* Ops table for lisp */
const struct genl_ops lisp_nl_ops[14] = {
	{
		.cmd		= LISP_CMD_DEV_GET,
		.doit		= lisp_nl_dev_get_doit,
		.dumpit		= lisp_nl_dev_get_dumpit,
		.policy		= lisp_dev_get_nl_policy,
		.maxattr	= LISP_A_IFNAME,
	},
	{
		.cmd		= LISP_CMD_DEV_SET,
		.doit		= lisp_nl_dev_set_doit,
		.policy		= lisp_dev_set_nl_policy,
		.maxattr	= LISP_A_LINK,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= LISP_CMD_MAP_GET,
		.doit		= lisp_nl_map_get_doit,
		.dumpit		= lisp_nl_map_get_dumpit,
		.policy		= lisp_map_get_nl_policy,
		.maxattr	= LISP_A_MAP,
	},
	{
		.cmd		= LISP_CMD_MAP_ADD,
		.doit		= lisp_nl_map_add_doit,
		.policy		= lisp_map_add_nl_policy,
		.maxattr	= LISP_A_MAP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= LISP_CMD_MAP_DEL,
		.doit		= lisp_nl_map_del_doit,
		.policy		= lisp_map_del_nl_policy,
		.maxattr	= LISP_A_MAP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= LISP_CMD_MAP_FLUSH,
		.doit		= lisp_nl_map_flush_doit,
		.policy		= lisp_map_flush_nl_policy,
		.maxattr	= LISP_A_MAP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= LISP_CMD_EID_GET,
		.doit		= lisp_nl_eid_get_doit,
		.dumpit		= lisp_nl_eid_get_dumpit,
		.policy		= lisp_eid_get_nl_policy,
		.maxattr	= LISP_A_EID,
	},
	{
		.cmd		= LISP_CMD_EID_ADD,
		.doit		= lisp_nl_eid_add_doit,
		.policy		= lisp_eid_add_nl_policy,
		.maxattr	= LISP_A_EID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= LISP_CMD_EID_DEL,
		.doit		= lisp_nl_eid_del_doit,
		.policy		= lisp_eid_del_nl_policy,
		.maxattr	= LISP_A_EID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= LISP_CMD_PENDING_GET,
		.doit		= lisp_nl_pending_get_doit,
		.dumpit		= lisp_nl_pending_get_dumpit,
		.policy		= lisp_pending_get_nl_policy,
		.maxattr	= LISP_A_EID,
	},
	{
		.cmd		= LISP_CMD_PENDING_DEL,
		.doit		= lisp_nl_pending_del_doit,
		.policy		= lisp_pending_del_nl_policy,
		.maxattr	= LISP_A_EID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= LISP_CMD_RLOC_GET,
		.doit		= lisp_nl_rloc_get_doit,
		.dumpit		= lisp_nl_rloc_get_dumpit,
		.policy		= lisp_rloc_get_nl_policy,
		.maxattr	= LISP_A_LOCATOR,
	},
	{
		.cmd		= LISP_CMD_RLOC_SET,
		.doit		= lisp_nl_rloc_set_doit,
		.policy		= lisp_rloc_set_nl_policy,
		.maxattr	= LISP_A_LOCATOR,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= LISP_CMD_SOURCE_GET,
		.doit		= lisp_nl_source_get_doit,
		.dumpit		= lisp_nl_source_get_dumpit,
		.policy		= lisp_source_get_nl_policy,
		.maxattr	= LISP_A_SOURCE,
	},
};

static const struct genl_multicast_group lisp_nl_mcgrps[] = {
	[LISP_NLGRP_MISS] = { "miss", },
	[LISP_NLGRP_MAPCACHE] = { "mapcache", },
};
