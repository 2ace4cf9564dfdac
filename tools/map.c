// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl map add, del, flush. For map load see load.c.
 */
#include <stddef.h>
#include <string.h>
#include "lispctl.h"

/* The words after PREFIX of map add. */
struct words {
	struct lisp_nl_map *map;
	bool action;
};

static int add_locator(struct words *w, const char *s)
{
	struct lisp_nl_map *m = w->map;
	struct lisp_nl_locator *l;
	int err;

	if (m->n_locators == LISP_LOCATORS_MAX)
		return usage("too many locators; allowed: %d",
			     LISP_LOCATORS_MAX);
	l = &m->locators[m->n_locators];
	memset(l, 0, sizeof(*l));
	l->priority = 1;
	l->weight = 100;
	err = parse_address(s, &l->addr);
	if (!err)
		m->n_locators++;
	return err;
}

static int set_rank(struct words *w, const char *what, const char *s)
{
	struct lisp_nl_locator *l;
	uint32_t v;

	if (!w->map->n_locators)
		return usage("%s: stands after an rloc", what);
	l = &w->map->locators[w->map->n_locators - 1];
	if (!parse_number(s, 0, 255, &v))
		return usage("%s: '%s'; allowed: 0 to 255", what, s);
	if (*what == 'p')
		l->priority = v;
	else
		l->weight = v;
	return EXIT_OK;
}

static int word(struct words *w, const char *key, const char *value)
{
	int action, origin;

	if (!strcmp(key, "rloc"))
		return add_locator(w, value);
	if (!strcmp(key, "priority") || !strcmp(key, "weight"))
		return set_rank(w, key, value);
	if (!strcmp(key, "ttl")) {
		if (!parse_number(value, 1, UINT32_MAX, &w->map->ttl))
			return usage("ttl: '%s'; allowed: 1 to %u "
				     "seconds", value, UINT32_MAX);
		w->map->has_ttl = true;
		return EXIT_OK;
	}
	if (!strcmp(key, "action")) {
		action = lisp_nl_action_parse(value);
		if (action < 0)
			return usage("action: '%s'; allowed: forward, "
				     "natively-forward, send-map-request, "
				     "drop, drop-policy, drop-auth", value);
		w->map->action = action;
		w->action = true;
		return EXIT_OK;
	}
	if (!strcmp(key, "origin")) {
		origin = lisp_nl_origin_parse(value);
		if (origin < 0)
			return usage("origin: '%s'; allowed: static, config, "
				     "map-reply", value);
		w->map->origin = origin;
		return EXIT_OK;
	}
	return usage("'%s'; allowed: rloc, priority, weight, action, "
		     "ttl, origin", key);
}

int parse_map(int argc, char **argv, struct lisp_nl_map *map)
{
	struct words w = { .map = map };
	int i, err;

	/* Locators are set when they are counted. */
	memset(map, 0, offsetof(struct lisp_nl_map, locators));
	map->origin = LISP_MAP_ORIGIN_STATIC;
	map->action = LISP_MAP_ACTION_FORWARD;
	err = parse_prefix(argv[0], &map->eid);
	for (i = 1; !err && i < argc; i += 2) {
		if (i + 1 == argc)
			return usage("%s: value missing", argv[i]);
		err = word(&w, argv[i], argv[i + 1]);
	}
	if (!err && !map->n_locators && !w.action)
		return usage("neither rloc nor action given");
	if (!err && map->n_locators && map->action)
		return usage("action %s has no rloc",
			     lisp_nl_action_str(map->action));
	return err;
}

int cmd_map_add(struct ctl *ctl, int argc, char **argv)
{
	static struct lisp_nl_map map;
	const struct lisp_nl_dev *dev;
	struct nl_msg *msg;
	struct kernel k;
	int err;

	err = parse_map(argc, argv, &map);
	if (err)
		return err;
	dev = kernel_target(&k, ctl->device);
	if (!dev)
		return EXIT_FAILED;
	msg = lisp_nl_msg(&k.nl, LISP_CMD_MAP_ADD, 0, dev->ifindex);
	lisp_nl_put_map(msg, &map);
	return kernel_send(&k, msg, argv[0]);
}

int cmd_map_del(struct ctl *ctl, int argc, char **argv)
{
	const struct lisp_nl_dev *dev;
	struct lisp_eid eid;
	struct nl_msg *msg;
	struct kernel k;
	int err;

	(void)argc;
	err = parse_prefix(argv[0], &eid);
	if (err)
		return err;
	dev = kernel_target(&k, ctl->device);
	if (!dev)
		return EXIT_FAILED;
	msg = lisp_nl_msg(&k.nl, LISP_CMD_MAP_DEL, 0, dev->ifindex);
	lisp_nl_put_map_eid(msg, &eid, false);
	return kernel_send(&k, msg, argv[0]);
}

int cmd_map_flush(struct ctl *ctl, int argc, char **argv)
{
	const struct lisp_nl_dev *dev;
	struct nlattr *nest;
	struct nl_msg *msg;
	struct kernel k;
	int origin = -1;

	if (argc && strcmp(argv[0], "origin"))
		return usage("'%s'; allowed: origin", argv[0]);
	if (argc == 1)
		return usage("origin: value missing");
	if (argc)
		origin = lisp_nl_origin_parse(argv[1]);
	if (argc && origin < 0)
		return usage("origin: '%s'; allowed: static, config, "
			     "map-reply", argv[1]);
	dev = kernel_target(&k, ctl->device);
	if (!dev)
		return EXIT_FAILED;
	msg = lisp_nl_msg(&k.nl, LISP_CMD_MAP_FLUSH, 0, dev->ifindex);
	if (origin >= 0) {
		nest = nla_nest_start(msg, LISP_A_MAP);
		nla_put_u8(msg, LISP_A_MAP_ORIGIN, origin);
		nla_nest_end(msg, nest);
	}
	return kernel_send(&k, msg, dev->ifname);
}
