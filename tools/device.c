// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl device add, set, del.
 */
#include <errno.h>
#include <string.h>
#include "lispctl.h"

struct settings {
	bool set[IFLA_LISP_MAX + 1];
	uint32_t value[IFLA_LISP_MAX + 1];
};

static int find_param(const char *name)
{
	int i;

	for (i = 1; i <= IFLA_LISP_MAX; i++)
		if (!strcmp(lisp_nl_params[i].name, name))
			return i;
	return 0;
}

static int parse_value(int attr, const char *s, uint32_t *value)
{
	const struct lisp_nl_param *p = &lisp_nl_params[attr];

	if (attr == IFLA_LISP_TTL_MODE) {
		if (!strcmp(s, "propagate"))
			*value = LISP_TTL_MODE_PROPAGATE;
		else if (!strcmp(s, "hide"))
			*value = LISP_TTL_MODE_HIDE;
		else
			return usage("ttl-mode: '%s'; allowed: propagate, "
				     "hide", s);
		return EXIT_OK;
	}
	if (p->type == NLA_U8) {
		if (!strcmp(s, "on"))
			*value = 1;
		else if (!strcmp(s, "off"))
			*value = 0;
		else
			return usage("%s: '%s'; allowed: on, off", p->name, s);
		return EXIT_OK;
	}
	if (parse_number(s, p->min, p->max, value))
		return EXIT_OK;
	return usage("%s: '%s'; allowed: %u to %u", p->name, s, p->min,
		     p->max);
}

static int parse_settings(int argc, char **argv, struct settings *st)
{
	int i, attr, err;

	memset(st, 0, sizeof(*st));
	for (i = 0; i < argc; i += 2) {
		attr = find_param(argv[i]);
		if (!attr)
			return usage("no such setting: '%s'", argv[i]);
		if (i + 1 == argc)
			return usage("%s: value missing", argv[i]);
		if (st->set[attr])
			return usage("%s: given twice", argv[i]);
		err = parse_value(attr, argv[i + 1], &st->value[attr]);
		if (err)
			return err;
		st->set[attr] = true;
	}
	return EXIT_OK;
}

int cmd_device_add(struct ctl *ctl, int argc, char **argv)
{
	struct settings st;
	struct lisp_nl nl;
	int err;

	(void)ctl;
	if (strlen(argv[0]) >= IFNAMSIZ || !*argv[0])
		return usage("'%s' is no name for a device; allowed: 1 "
			     "to %d characters", argv[0], IFNAMSIZ - 1);
	err = parse_settings(argc - 1, argv + 1, &st);
	if (err)
		return err;
	if (lisp_nl_open_route(&nl))
		return kernel_failed(&nl, "");
	err = lisp_nl_link_add(&nl, argv[0], st.value, st.set);
	if (err == -EOPNOTSUPP)
		err = failed("%s: the kernel has no LISP: try 'modprobe lisp'",
			     argv[0]);
	else if (err)
		err = kernel_failed(&nl, argv[0]);
	lisp_nl_close(&nl);
	return err;
}

int cmd_device_set(struct ctl *ctl, int argc, char **argv)
{
	struct settings st;
	struct nlattr *nest;
	struct nl_msg *msg;
	struct kernel k;
	int i, err;

	(void)ctl;
	err = parse_settings(argc - 1, argv + 1, &st);
	if (err)
		return err;
	err = kernel_open_devs(&k, argv[0]);
	if (err)
		return err;
	msg = lisp_nl_msg(&k.nl, LISP_CMD_DEV_SET, 0, k.devs[0].ifindex);
	nest = nla_nest_start(msg, LISP_A_LINK);
	for (i = 1; i <= IFLA_LISP_MAX; i++)
		if (st.set[i])
			lisp_nl_put_param(msg, i, st.value[i]);
	nla_nest_end(msg, nest);
	if (lisp_nl_do(&k.nl, msg, NULL, NULL))
		err = kernel_failed(&k.nl, argv[0]);
	kernel_close(&k);
	return err;
}

int cmd_device_del(struct ctl *ctl, int argc, char **argv)
{
	struct lisp_nl nl;
	struct kernel k;
	int err;

	(void)ctl;
	(void)argc;
	/* by way of the family, so that only a LISP device can be meant */
	err = kernel_open_devs(&k, argv[0]);
	if (err)
		return err;
	if (lisp_nl_open_route(&nl)) {
		kernel_close(&k);
		return kernel_failed(&nl, "");
	}
	if (lisp_nl_link_del(&nl, k.devs[0].ifindex))
		err = kernel_failed(&nl, argv[0]);
	lisp_nl_close(&nl);
	kernel_close(&k);
	return err;
}
