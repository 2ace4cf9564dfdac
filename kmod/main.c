// SPDX-License-Identifier: GPL-2.0
/*
 * LISP, the Locator/ID Separation Protocol (RFC 9300): tunnel devices.
 */
#include <linux/module.h>
#include <net/rtnetlink.h>
#include "device.h"
#include "mapcache.h"
#include "netlink.h"

static int __init lisp_init(void)
{
	int err = lisp_mapcache_slab_init();

	if (err)
		return err;
	err = lisp_device_init();
	if (err)
		goto err_slab;
	/* Last, since requests may come the moment it is there. */
	err = lisp_netlink_init();
	if (err)
		goto err_device;
	return 0;

err_device:
	lisp_device_exit();
err_slab:
	rcu_barrier();
	lisp_mapcache_slab_exit();
	return err;
}

static void __exit lisp_exit(void)
{
	lisp_netlink_exit();
	lisp_device_exit();
	/* Entries and RLOCs are freed by callbacks of this module. */
	rcu_barrier();
	lisp_mapcache_slab_exit();
}

module_init(lisp_init);
module_exit(lisp_exit);
MODULE_DESCRIPTION("Locator/ID Separation Protocol (LISP) tunnel");
MODULE_LICENSE("GPL");
MODULE_VERSION(LISP_VERSION);
MODULE_ALIAS_RTNL_LINK(KBUILD_MODNAME);
MODULE_ALIAS_GENL_FAMILY(LISP_GENL_NAME);
