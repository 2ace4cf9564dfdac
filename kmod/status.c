// SPDX-License-Identifier: GPL-2.0
/*
 * Locator-status-bits that other sites send (RFC 9300 5.3, 10).
 *
 * By them a site says which of its locators are up. They MUST NOT be used over
 * the public Internet (RFC 9300 4.1, 16): anybody who can send from another's
 * address can set them. So a device looks at them only when it is told to
 * (hear-status-bits), takes them only from a locator of the inner source's
 * mapping, whose locators in their order are what the bits stand for, and even
 * then does nothing by them: what a site says of a locator can be seen, and a
 * change is told to listeners, who may look for themselves (RLOC-probing). A
 * locator of several sites has what was said last.
 */
#include "status.h"
#include "device.h"
#include "locset.h"
#include "underlay.h"

/* The least time between two events about one locator. */
#define STATUS_GAP	HZ

static void status_set(struct lisp_net *ln, struct lisp_rloc *rloc, bool up)
{
	u8 said = up ? LISP_RLOC_SAID_UP : LISP_RLOC_SAID_DOWN;
	u8 before = READ_ONCE(rloc->said);

	if (likely(before == said))
		return;
	WRITE_ONCE(rloc->said, said);
	/* That one is up of which nothing was heard is no news. */
	if (up && before == LISP_RLOC_SAID_NOTHING)
		return;
	WRITE_ONCE(rloc->heard, true);
	queue_delayed_work(system_power_efficient_wq, &ln->status, STATUS_GAP);
}

/**
 * lisp_status_hear() - take note of the locator-status-bits of a packet
 * @ld: device it came to
 * @family: of the inner packet, AF_INET or AF_INET6
 * @source: inner source address
 * @rloc: outer source address
 * @h: LISP header
 *
 * Nothing is taken when @rloc is no locator of the mapping of @source; locators
 * beyond the bits there are, 8 beside an instance-ID, keep what was said.
 *
 * Context: BH disabled, under RCU.
 */
void lisp_status_hear(struct lisp_dev *ld, u8 family, const void *source,
		      const struct lisp_addr *rloc, const struct lisphdr *h)
{
	unsigned int i, n = h->flags & LISP_F_INSTANCE ? 8 : 32;
	const struct lisp_entry *e;

	if (!(h->flags & LISP_F_LSB))
		return;
	e = lisp_mapcache_lookup(&ld->mc, family, source);
	if (!e || !e->set || !lisp_locset_has(e->set, rloc))
		return;
	n = min(n, READ_ONCE(e->set->n));
	for (i = 0; i < n; i++)
		status_set(ld->ln, e->set->items[i].rloc,
			   ntohl(h->iid_lsb) & BIT(i));
}

static void status_work(struct work_struct *work)
{
	struct lisp_net *ln = container_of(to_delayed_work(work),
					   struct lisp_net, status);
	struct lisp_rloc *rloc;
	bool tell = false;
	unsigned int i;

	mutex_lock(&ln->lock);
	for (i = 0; i < ARRAY_SIZE(ln->rlocs); i++) {
		hlist_for_each_entry(rloc, &ln->rlocs[i], node)
			if (xchg(&rloc->heard, false))
				tell = rloc->tell = true;
		cond_resched();
	}
	mutex_unlock(&ln->lock);
	if (tell)
		lisp_underlay_tell(ln);
}

/**
 * lisp_status_net_init() - of a new namespace
 * @ln: namespace
 *
 * Context: process.
 */
void lisp_status_net_init(struct lisp_net *ln)
{
	INIT_DELAYED_WORK(&ln->status, status_work);
}

/**
 * lisp_status_net_exit() - of a namespace whose devices are gone
 * @ln: namespace
 *
 * Context: process, rtnl not held.
 */
void lisp_status_net_exit(struct lisp_net *ln)
{
	cancel_delayed_work_sync(&ln->status);
}
