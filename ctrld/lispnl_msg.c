// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of the netlink family "lisp" and of rtnetlink for its devices, as
 * C structures and back.
 */
#include <errno.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include "lispnl.h"

#define KIND	"lisp"

/* Writing */

static void put_addr(struct nl_msg *msg, int type, uint16_t afi,
		     const uint8_t *bytes)
{
	nla_put(msg, type, lisp_afi_bits(afi) / 8, bytes);
}

void lisp_nl_put_eid(struct nl_msg *msg, const struct lisp_eid *eid, bool host)
{
	struct nlattr *nest = nla_nest_start(msg, LISP_A_EID);

	put_addr(msg, LISP_A_EID_ADDR, eid->afi, eid->bytes);
	if (!host)
		nla_put_u8(msg, LISP_A_EID_PREFIX_LEN, eid->plen);
	nla_nest_end(msg, nest);
}

void lisp_nl_put_map_eid(struct nl_msg *msg, const struct lisp_eid *eid,
			 bool host)
{
	struct nlattr *nest = nla_nest_start(msg, LISP_A_MAP);

	put_addr(msg, LISP_A_MAP_EID, eid->afi, eid->bytes);
	if (!host)
		nla_put_u8(msg, LISP_A_MAP_PREFIX_LEN, eid->plen);
	nla_nest_end(msg, nest);
}

bool lisp_nl_put_map(struct nl_msg *msg, const struct lisp_nl_map *map)
{
	/* an entry is at most this long, whatever it holds */
	size_t need = 128 + map->n_locators * 48, used, i;
	struct nlattr *nest, *loc;

	used = nlmsg_hdr(msg)->nlmsg_len;
	if (used + need > nlmsg_get_max_size(msg) || used + need > UINT16_MAX)
		return false;
	nest = nla_nest_start(msg, LISP_A_MAP);
	put_addr(msg, LISP_A_MAP_EID, map->eid.afi, map->eid.bytes);
	nla_put_u8(msg, LISP_A_MAP_PREFIX_LEN, map->eid.plen);
	/* What is absent is forward and static. */
	if (map->action != LISP_MAP_ACTION_FORWARD)
		nla_put_u8(msg, LISP_A_MAP_ACTION, map->action);
	if (map->origin != LISP_MAP_ORIGIN_STATIC)
		nla_put_u8(msg, LISP_A_MAP_ORIGIN, map->origin);
	if (map->has_ttl)
		nla_put_u32(msg, LISP_A_MAP_TTL, map->ttl);
	for (i = 0; i < map->n_locators; i++) {
		const struct lisp_nl_locator *l = &map->locators[i];

		loc = nla_nest_start(msg, LISP_A_MAP_LOCATOR);
		put_addr(msg, LISP_A_LOCATOR_ADDR, l->addr.afi, l->addr.bytes);
		nla_put_u8(msg, LISP_A_LOCATOR_PRIORITY, l->priority);
		nla_put_u8(msg, LISP_A_LOCATOR_WEIGHT, l->weight);
		if (l->has_state)
			nla_put_u8(msg, LISP_A_LOCATOR_STATE, l->state);
		nla_nest_end(msg, loc);
	}
	nla_nest_end(msg, nest);
	return true;
}

void lisp_nl_put_locator(struct nl_msg *msg, const struct lisp_addr *addr,
			 int state)
{
	struct nlattr *nest = nla_nest_start(msg, LISP_A_LOCATOR);

	put_addr(msg, LISP_A_LOCATOR_ADDR, addr->afi, addr->bytes);
	if (state >= 0)
		nla_put_u8(msg, LISP_A_LOCATOR_STATE, state);
	nla_nest_end(msg, nest);
}

/* Reading. What is malformed is left out; attributes not known are ignored. */

uint8_t lisp_nl_cmd(const struct nlmsghdr *nlh)
{
	if (nlmsg_datalen(nlh) < (int)sizeof(struct genlmsghdr))
		return 0;
	return ((struct genlmsghdr *)nlmsg_data(nlh))->cmd;
}

/* From @a on; 0: any type. */
static struct nlattr *skip_to(struct nlattr *a, int type, int *rem)
{
	while (nla_ok(a, *rem)) {
		if (!type || nla_type(a) == type)
			return a;
		a = nla_next(a, rem);
	}
	return NULL;
}

struct nlattr *lisp_nl_first(const struct nlmsghdr *nlh, int type, int *rem)
{
	*rem = nlmsg_datalen(nlh) - (int)GENL_HDRLEN;
	return skip_to((struct nlattr *)((char *)nlmsg_data(nlh) +
					 GENL_HDRLEN), type, rem);
}

struct nlattr *lisp_nl_next(struct nlattr *a, int type, int *rem)
{
	return skip_to(nla_next(a, rem), type, rem);
}

struct nlattr *lisp_nl_attr(const struct nlmsghdr *nlh, int type)
{
	int rem;

	return lisp_nl_first(nlh, type, &rem);
}

unsigned int lisp_nl_ifindex(const struct nlmsghdr *nlh)
{
	struct nlattr *a = lisp_nl_attr(nlh, LISP_A_IFINDEX);

	return a && nla_len(a) == sizeof(uint32_t) ? nla_get_u32(a) : 0;
}

bool lisp_nl_parse_addr(const struct nlattr *a, struct lisp_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (nla_len(a) == 4)
		addr->afi = LISP_AFI_IPV4;
	else if (nla_len(a) == 16)
		addr->afi = LISP_AFI_IPV6;
	else
		return false;
	memcpy(addr->bytes, nla_data(a), nla_len(a));
	return true;
}

/* An unsigned integer of whatever width it was sent in. */
static uint64_t get_uint(const struct nlattr *a)
{
	switch (nla_len(a)) {
	case 1:
		return nla_get_u8((struct nlattr *)a);
	case 2:
		return nla_get_u16((struct nlattr *)a);
	case 4:
		return nla_get_u32((struct nlattr *)a);
	case 8:
		return nla_get_u64((struct nlattr *)a);
	}
	return 0;
}

static bool set_eid(struct lisp_eid *eid, const struct nlattr *a, int plen)
{
	struct lisp_addr addr;

	if (!lisp_nl_parse_addr(a, &addr))
		return false;
	*eid = lisp_eid_from_addr(0, &addr);
	if (plen > eid->plen)
		return false;
	if (plen >= 0)
		eid->plen = plen;
	return true;
}

bool lisp_nl_parse_locator(const struct nlattr *nest,
			   struct lisp_nl_locator *loc)
{
	bool ok = false;
	struct nlattr *a;
	int rem;

	memset(loc, 0, sizeof(*loc));
	nla_for_each_nested(a, (struct nlattr *)nest, rem) {
		switch (nla_type(a)) {
		case LISP_A_LOCATOR_ADDR:
			ok = lisp_nl_parse_addr(a, &loc->addr);
			break;
		case LISP_A_LOCATOR_PRIORITY:
			loc->priority = get_uint(a);
			break;
		case LISP_A_LOCATOR_WEIGHT:
			loc->weight = get_uint(a);
			break;
		case LISP_A_LOCATOR_STATE:
			loc->state = get_uint(a);
			loc->has_state = true;
			break;
		case LISP_A_LOCATOR_REASON:
			loc->reason = get_uint(a);
			break;
		case LISP_A_LOCATOR_STATUS_BIT:
			loc->said = get_uint(a);
			loc->has_said = true;
			break;
		case LISP_A_LOCATOR_MTU:
			loc->mtu = get_uint(a);
			break;
		case LISP_A_LOCATOR_PACKETS:
			loc->packets = get_uint(a);
			break;
		case LISP_A_LOCATOR_BYTES:
			loc->bytes = get_uint(a);
			break;
		}
	}
	return ok;
}

static void map_field(struct lisp_nl_map *map, const struct nlattr *a)
{
	switch (nla_type(a)) {
	case LISP_A_MAP_ACTION:
		map->action = get_uint(a);
		break;
	case LISP_A_MAP_ORIGIN:
		map->origin = get_uint(a);
		break;
	case LISP_A_MAP_TTL:
		map->ttl = get_uint(a);
		map->has_ttl = true;
		break;
	case LISP_A_MAP_UPTIME:
		map->uptime = get_uint(a);
		break;
	case LISP_A_MAP_EXPIRES:
		map->expires = get_uint(a);
		map->has_expires = true;
		break;
	case LISP_A_MAP_IDLE:
		map->idle = get_uint(a);
		map->has_idle = true;
		break;
	case LISP_A_MAP_PACKETS:
		map->packets = get_uint(a);
		break;
	case LISP_A_MAP_BYTES:
		map->bytes = get_uint(a);
		break;
	case LISP_A_MAP_LOCATOR:
		if (map->n_locators < LISP_LOCATORS_MAX &&
		    lisp_nl_parse_locator(a, &map->locators[map->n_locators]))
			map->n_locators++;
		break;
	}
}

bool lisp_nl_parse_map(const struct nlattr *nest, struct lisp_nl_map *map)
{
	struct nlattr *a, *eid = NULL;
	int rem, plen = -1;

	/* not the locators: there is room for many */
	memset(map, 0, offsetof(struct lisp_nl_map, locators));
	nla_for_each_nested(a, (struct nlattr *)nest, rem) {
		if (nla_type(a) == LISP_A_MAP_EID)
			eid = a;
		else if (nla_type(a) == LISP_A_MAP_PREFIX_LEN)
			plen = get_uint(a);
		else
			map_field(map, a);
	}
	return eid && set_eid(&map->eid, eid, plen);
}

bool lisp_nl_parse_eid(const struct nlattr *nest, struct lisp_nl_eid *eid)
{
	struct nlattr *a, *addr = NULL;
	int rem, plen = -1;

	memset(eid, 0, sizeof(*eid));
	nla_for_each_nested(a, (struct nlattr *)nest, rem) {
		switch (nla_type(a)) {
		case LISP_A_EID_ADDR:
			addr = a;
			break;
		case LISP_A_EID_PREFIX_LEN:
			plen = get_uint(a);
			break;
		case LISP_A_EID_PACKETS:
			eid->packets = get_uint(a);
			break;
		case LISP_A_EID_UPTIME:
			eid->uptime = get_uint(a);
			break;
		}
	}
	return addr && set_eid(&eid->eid, addr, plen);
}

bool lisp_nl_parse_source(const struct nlattr *nest,
			  struct lisp_nl_source *src)
{
	bool ok = false;
	struct nlattr *a;
	int rem;

	memset(src, 0, sizeof(*src));
	nla_for_each_nested(a, (struct nlattr *)nest, rem) {
		if (nla_type(a) == LISP_A_SOURCE_ADDR)
			ok = lisp_nl_parse_addr(a, &src->addr);
		else if (nla_type(a) == LISP_A_SOURCE_IDLE)
			src->idle = get_uint(a);
	}
	return ok;
}

bool lisp_nl_parse_dev(const struct nlmsghdr *nlh, struct lisp_nl_dev *dev)
{
	struct nlattr *a, *b;
	int rem, rem2;

	memset(dev, 0, sizeof(*dev));
	dev->ifindex = lisp_nl_ifindex(nlh);
	lisp_nl_for_each(a, nlh, 0, rem) {
		switch (nla_type(a)) {
		case LISP_A_IFNAME:
			nla_strlcpy(dev->ifname, a, sizeof(dev->ifname));
			break;
		case LISP_A_ENTRIES:
			dev->entries = get_uint(a);
			break;
		case LISP_A_MTU:
			dev->mtu = get_uint(a);
			break;
		case LISP_A_LINK:
			nla_for_each_nested(b, a, rem2)
				if (nla_type(b) <= IFLA_LISP_MAX)
					dev->link[nla_type(b)] = get_uint(b);
			break;
		case LISP_A_STATS:
			nla_for_each_nested(b, a, rem2)
				if (nla_type(b) <= LISP_A_STATS_MAX)
					dev->stats[nla_type(b)] = get_uint(b);
			break;
		}
	}
	return dev->ifindex != 0;
}

/* Settings of a device */

const struct lisp_nl_param lisp_nl_params[IFLA_LISP_MAX + 1] = {
	[IFLA_LISP_INSTANCE_ID] = { "instance-id", NLA_U32, 0,
				    LISP_INSTANCE_ID_MAX, true },
	[IFLA_LISP_PORT] = { "port", NLA_U16, 1, UINT16_MAX, true },
	[IFLA_LISP_TTL_MODE] = { "ttl-mode", NLA_U8, 0, LISP_TTL_MODE_HIDE,
				 false },
	[IFLA_LISP_MAX_ENTRIES] = { "max-entries", NLA_U32, 0, UINT32_MAX,
				    false },
	[IFLA_LISP_PARK_PACKETS] = { "park-packets", NLA_U32, 0, UINT32_MAX,
				     false },
	[IFLA_LISP_PARK_PACKETS_EID] = { "park-packets-eid", NLA_U32, 0,
					 UINT32_MAX, false },
	[IFLA_LISP_PARK_BYTES] = { "park-bytes", NLA_U32, 0, UINT32_MAX,
				   false },
	[IFLA_LISP_PARK_TIME] = { "park-time", NLA_U32, 1, UINT32_MAX, false },
	[IFLA_LISP_MISS_RATE] = { "miss-rate", NLA_U32, 0, UINT32_MAX, false },
	[IFLA_LISP_PITR] = { "pitr", NLA_U8, 0, 1, false },
	[IFLA_LISP_RTR] = { "rtr", NLA_U8, 0, 1, false },
	[IFLA_LISP_STRICT_SOURCE] = { "strict-source", NLA_U8, 0, 1, false },
	[IFLA_LISP_DECAP_DSCP] = { "decap-dscp", NLA_U8, 0, 1, false },
	[IFLA_LISP_UDP6_ZERO_CSUM] = { "udp6-zero-csum", NLA_U8, 0, 1, false },
	[IFLA_LISP_NATIVE_MARK] = { "native-mark", NLA_U32, 0, UINT32_MAX,
				    false },
	[IFLA_LISP_STATUS_BITS] = { "status-bits", NLA_U32, 0, UINT32_MAX,
				    false },
	[IFLA_LISP_FRAGMENT_INNER] = { "fragment-inner", NLA_U8, 0, 1, false },
	[IFLA_LISP_HEAR_STATUS_BITS] = { "hear-status-bits", NLA_U8, 0, 1,
					 false },
};

const char *const lisp_nl_stats[LISP_A_STATS_MAX + 1] = {
	[LISP_A_STATS_ENCAP] = "encap",
	[LISP_A_STATS_DECAP] = "decap",
	[LISP_A_STATS_PARKED] = "parked",
	[LISP_A_STATS_RELEASED] = "released",
	[LISP_A_STATS_PARK_NOW] = "park-now",
	[LISP_A_STATS_MISS] = "miss",
	[LISP_A_STATS_MISS_LIMITED] = "miss-limited",
	[LISP_A_STATS_DROP_PARK_FULL] = "drop-park-full",
	[LISP_A_STATS_DROP_PARK_TIMEOUT] = "drop-park-timeout",
	[LISP_A_STATS_DROP_NO_ENTRY] = "drop-no-entry",
	[LISP_A_STATS_DROP_ACTION] = "drop-action",
	[LISP_A_STATS_DROP_NATIVE] = "drop-native",
	[LISP_A_STATS_DROP_NO_RLOC] = "drop-no-rloc",
	[LISP_A_STATS_DROP_NO_ROUTE] = "drop-no-route",
	[LISP_A_STATS_DROP_LOOP] = "drop-loop",
	[LISP_A_STATS_DROP_TOO_BIG] = "drop-too-big",
	[LISP_A_STATS_DROP_INNER] = "drop-inner",
	[LISP_A_STATS_DROP_SOURCE_EID] = "drop-source-eid",
	[LISP_A_STATS_DROP_DEST_EID] = "drop-dest-eid",
	[LISP_A_STATS_DROP_SOURCE_RLOC] = "drop-source-rloc",
	[LISP_A_STATS_NATIVE] = "native",
	[LISP_A_STATS_DROP_ECN] = "drop-ecn",
	[LISP_A_STATS_DROP_NO_MEMORY] = "drop-no-memory",
	[LISP_A_STATS_EVICTED] = "evicted",
	[LISP_A_STATS_ICMP_RELAYED] = "icmp-relayed",
	[LISP_A_STATS_SOURCES_EVICTED] = "sources-evicted",
	[LISP_A_STATS_DROP_OUTPUT] = "drop-output",
};

void lisp_nl_put_param(struct nl_msg *msg, int attr, uint32_t value)
{
	switch (lisp_nl_params[attr].type) {
	case NLA_U8:
		nla_put_u8(msg, attr, value);
		break;
	case NLA_U16:
		nla_put_u16(msg, attr, value);
		break;
	default:
		nla_put_u32(msg, attr, value);
	}
}

/* rtnetlink */

static struct nl_msg *link_msg(int type, int flags, unsigned int ifindex,
			       unsigned int set_flags)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC, .ifi_index = ifindex,
		.ifi_flags = set_flags, .ifi_change = set_flags,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (!msg || nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0)
		abort();
	return msg;
}

int lisp_nl_link_add(struct lisp_nl *route, const char *name,
		     const uint32_t *value, const bool *set)
{
	struct nl_msg *msg = link_msg(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
				      0, 0);
	struct nlattr *info, *data;
	int i;

	nla_put_string(msg, IFLA_IFNAME, name);
	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, KIND);
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	for (i = 1; i <= IFLA_LISP_MAX; i++)
		if (set[i])
			lisp_nl_put_param(msg, i, value[i]);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return lisp_nl_do(route, msg, NULL, NULL);
}

int lisp_nl_link_del(struct lisp_nl *route, unsigned int ifindex)
{
	return lisp_nl_do(route, link_msg(RTM_DELLINK, 0, ifindex, 0), NULL,
			  NULL);
}

int lisp_nl_link_up(struct lisp_nl *route, unsigned int ifindex)
{
	return lisp_nl_do(route, link_msg(RTM_NEWLINK, 0, ifindex, IFF_UP),
			  NULL, NULL);
}

/* What RTM_*LINK says: index, name, whether it is up and of kind lisp. */
static bool parse_link(const struct nlmsghdr *nlh, unsigned int *ifindex,
		       char name[IFNAMSIZ], bool *up, bool *is_lisp)
{
	const struct ifinfomsg *ifi = nlmsg_data(nlh);
	struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];

	if (nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*ifi), tb, IFLA_MAX,
			NULL) < 0 || !tb[IFLA_IFNAME])
		return false;
	*ifindex = ifi->ifi_index;
	*up = ifi->ifi_flags & IFF_UP;
	*is_lisp = false;
	nla_strlcpy(name, tb[IFLA_IFNAME], IFNAMSIZ);
	if (!tb[IFLA_LINKINFO] ||
	    nla_parse_nested(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO], NULL) < 0)
		return true;
	*is_lisp = info[IFLA_INFO_KIND] &&
		!nla_strcmp(info[IFLA_INFO_KIND], KIND);
	return true;
}

bool lisp_nl_parse_link(const struct nlmsghdr *nlh, unsigned int *ifindex,
			char name[IFNAMSIZ], bool *gone, bool *up)
{
	bool is_lisp;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return false;
	*gone = nlh->nlmsg_type == RTM_DELLINK;
	return parse_link(nlh, ifindex, name, up, &is_lisp) && is_lisp;
}

struct kind {
	unsigned int ifindex;
	bool up, is_lisp, found;
};

static void take_kind(const struct nlmsghdr *nlh, void *arg)
{
	struct kind *k = arg;
	char name[IFNAMSIZ];

	k->found = parse_link(nlh, &k->ifindex, name, &k->up, &k->is_lisp);
}

int lisp_nl_link_kind(struct lisp_nl *route, const char *name,
		      unsigned int *ifindex, bool *up)
{
	struct nl_msg *msg = link_msg(RTM_GETLINK, 0, 0, 0);
	struct kind k = { 0 };
	int err;

	nla_put_string(msg, IFLA_IFNAME, name);
	err = lisp_nl_do(route, msg, take_kind, &k);
	if (err)
		return err;
	if (!k.found)
		return -ENODEV;
	*ifindex = k.ifindex;
	*up = k.up;
	return k.is_lisp;
}

/* Names */

static const char *const actions[] = {
	[LISP_MAP_ACTION_FORWARD] = "forward",
	[LISP_MAP_ACTION_NATIVELY_FORWARD] = "natively-forward",
	[LISP_MAP_ACTION_SEND_MAP_REQUEST] = "send-map-request",
	[LISP_MAP_ACTION_DROP] = "drop",
	[LISP_MAP_ACTION_DROP_POLICY] = "drop-policy",
	[LISP_MAP_ACTION_DROP_AUTH] = "drop-auth",
};

static const char *const origins[] = {
	[LISP_MAP_ORIGIN_STATIC] = "static",
	[LISP_MAP_ORIGIN_CONFIG] = "config",
	[LISP_MAP_ORIGIN_MAP_REPLY] = "map-reply",
};

static const char *const reasons[] = {
	[LISP_RLOC_REASON_NONE] = "none",
	[LISP_RLOC_REASON_SET] = "set",
	[LISP_RLOC_REASON_NO_ROUTE] = "no-route",
	[LISP_RLOC_REASON_LINK_DOWN] = "link-down",
	[LISP_RLOC_REASON_ICMP] = "icmp",
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static int find(const char *const *names, unsigned int n, const char *s)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!strcmp(names[i], s))
			return i;
	return -EINVAL;
}

const char *lisp_nl_action_str(unsigned int action)
{
	return action < ARRAY_SIZE(actions) ? actions[action] : "unknown";
}

int lisp_nl_action_parse(const char *s)
{
	return find(actions, ARRAY_SIZE(actions), s);
}

const char *lisp_nl_origin_str(unsigned int origin)
{
	return origin < ARRAY_SIZE(origins) ? origins[origin] : "unknown";
}

const char *lisp_nl_reason_str(unsigned int reason)
{
	return reason < ARRAY_SIZE(reasons) ? reasons[reason] : "unknown";
}

int lisp_nl_origin_parse(const char *s)
{
	return find(origins, ARRAY_SIZE(origins), s);
}
