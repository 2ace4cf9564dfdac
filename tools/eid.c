// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl eid add, del; rloc up, down.
 */
#include "lispctl.h"

static int change_eid(struct ctl *ctl, uint8_t cmd, const char *prefix)
{
	const struct lisp_nl_dev *dev;
	struct lisp_eid eid;
	struct nl_msg *msg;
	struct kernel k;
	int err;

	err = parse_prefix(prefix, &eid);
	if (err)
		return err;
	dev = kernel_target(&k, ctl->device);
	if (!dev)
		return EXIT_FAILED;
	msg = lisp_nl_msg(&k.nl, cmd, 0, dev->ifindex);
	lisp_nl_put_eid(msg, &eid, false);
	return kernel_send(&k, msg, prefix);
}

int cmd_eid_add(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return change_eid(ctl, LISP_CMD_EID_ADD, argv[0]);
}

int cmd_eid_del(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return change_eid(ctl, LISP_CMD_EID_DEL, argv[0]);
}

static int change_rloc(struct ctl *ctl, int state, const char *address)
{
	const struct lisp_nl_dev *dev;
	struct lisp_addr addr;
	struct nl_msg *msg;
	struct kernel k;
	int err;

	err = parse_address(address, &addr);
	if (err)
		return err;
	dev = kernel_target(&k, ctl->device);
	if (!dev)
		return EXIT_FAILED;
	msg = lisp_nl_msg(&k.nl, LISP_CMD_RLOC_SET, 0, dev->ifindex);
	lisp_nl_put_locator(msg, &addr, state);
	return kernel_send(&k, msg, address);
}

int cmd_rloc_up(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return change_rloc(ctl, LISP_RLOC_STATE_UP, argv[0]);
}

int cmd_rloc_down(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return change_rloc(ctl, LISP_RLOC_STATE_DOWN, argv[0]);
}
