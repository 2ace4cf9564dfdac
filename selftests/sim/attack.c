// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody off the path who can forge addresses, has recorded old packets, and
 * owns one legitimate site (the key of xTR 0). With a leak, all keys: then the
 * run must fail, which shows that it can.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/*
 * Keep some Map-Registers and Map-Replies to send again much later: such as
 * have arrived. One that has not is as good as new (RFC 9301 5.6).
 */
void attack_record(struct sim *s, const struct sim_packet *p)
{
	unsigned int type = p->buf[0] >> 4;
	struct sim_packet *k;

	if (type == LISP_ECM ||
	    !sim_chance(s, type == LISP_MAP_REGISTER ? 0.2 : 0.05))
		return;
	k = &s->kept[sim_random(&s->random) % SIM_KEPT];
	free(k->buf);
	*k = *p;
	k->buf = malloc(p->len);
	if (!k->buf)
		abort();
	memcpy(k->buf, p->buf, p->len);
}

static void replay(struct sim *s)
{
	struct sim_packet *k = &s->kept[sim_random(&s->random) % SIM_KEPT];

	if (k->buf)
		net_send(s, &k->from, &k->to, k->buf, k->len);
}

static struct sim_node *any_xtr(struct sim *s)
{
	return &s->nodes[sim_random(&s->random) % s->n_xtrs];
}

static void send_msg(struct sim *s, const struct lisp_msg *msg,
		     const struct lisp_key *key, const struct lisp_addr *from,
		     const struct lisp_addr *to)
{
	struct lisp_endpoint src = { *from, LISP_CONTROL_PORT };
	struct lisp_endpoint dst = { *to, LISP_CONTROL_PORT };
	uint8_t buf[LISP_MSG_MAX];
	int len = lisp_msg_encode(msg, buf, sizeof(buf));

	if (len < 0 || (key && lisp_auth_sign(buf, (size_t)len, key)))
		sim_fail(s, "attacker cannot encode");
	else
		net_send(s, &src, &dst, buf, (size_t)len);
}

/* Of the family of @to: one of @n's, if it has any, else the attacker's. */
static const struct lisp_addr *same_family(const struct sim_node *n,
					   const struct lisp_addr *to)
{
	static const struct lisp_addr evil[] = {
		{ LISP_AFI_IPV4, { 10, 66, 66, 66 } },
		{ LISP_AFI_IPV6, { 0xfd, 66, [15] = 66 } },
	};
	const struct lisp_addr *a = n ? sim_addr_of(n, to->afi) : NULL;

	return a ? a : &evil[to->afi == LISP_AFI_IPV6];
}

static void forge(struct sim *s, bool reply)
{
	struct sim_node *victim = any_xtr(s), *owner = any_xtr(s), *server;
	struct lisp_addr evil = { LISP_AFI_IPV4, { 10, 66, 66, 66 } };
	struct lisp_locator l = { .addr = evil, .priority = 1, .weight = 1,
				  .reachable = true, .local = true };
	struct lisp_record r[] = {
		{ .ttl = 1440, .n_locators = 1, .locators = &l,
		  .authoritative = true, .eid = sim_prefix(owner->index, 0) },
		{ .ttl = 1440, .n_locators = 1, .locators = &l,
		  .authoritative = true, .eid = sim_prefix(owner->index, 0) },
	};
	struct lisp_msg msg = { .type = LISP_MAP_REPLY };
	char secret[16];
	struct lisp_key key;

	if (reply) {
		msg.reply.nonce = sim_random(&s->random);
		msg.reply.n_records = 1;
		msg.reply.records = r;
		send_msg(s, &msg, NULL, same_family(owner, &victim->rloc),
			 &victim->rloc);
		return;
	}
	if (!owner->index)		/* its own, which it may */
		return;
	key = config_key(s->opt.leak ? owner->site : 0, secret);
	/* half of them begin with the prefix that the key is for */
	if (!s->opt.leak && sim_chance(s, 0.5)) {
		l.addr = s->nodes[0].rloc;
		r[0].eid = sim_prefix(0, 0);
	}
	msg.type = LISP_MAP_REGISTER;
	msg.reg.nonce = UINT64_MAX - sim_random(&s->random) % 1000;
	msg.reg.key_id = key.key_id;
	msg.reg.alg_id = key.alg_id;
	msg.reg.want_notify = true;
	msg.reg.n_records = 2;
	msg.reg.records = r;
	server = &s->nodes[s->n_xtrs + sim_random(&s->random) % s->n_servers];
	send_msg(s, &msg, &key, same_family(NULL, &server->rloc),
		 &server->rloc);
}

static void send_smr(struct sim *s)
{
	struct sim_node *victim = any_xtr(s), *owner = any_xtr(s);
	struct lisp_eid eid = sim_prefix(owner->index, 0);
	struct lisp_msg msg = { .type = LISP_MAP_REQUEST, .request = {
		.smr = true, .nonce = sim_random(&s->random),
		.n_itr_rlocs = 1, .n_eids = 1, .eids = &eid } };

	msg.request.itr_rlocs[0] = owner->rloc;
	send_msg(s, &msg, NULL, same_family(owner, &victim->rloc),
		 &victim->rloc);
}

static void send_noise(struct sim *s)
{
	const struct sim_node *victim = any_xtr(s), *owner = any_xtr(s);
	struct lisp_endpoint to = { victim->rloc, LISP_CONTROL_PORT };
	struct lisp_endpoint from = { *same_family(owner, &to.addr),
				      LISP_CONTROL_PORT };
	uint8_t buf[96];
	size_t i, len = sim_random(&s->random) % sizeof(buf);

	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)sim_random(&s->random);
	net_send(s, &from, &to, buf, len);
}

void attack(struct sim *s)
{
	s->attacks++;
	s->next_attack = s->now + sim_random(&s->random) % (2 * LISP_SEC);
	switch (sim_random(&s->random) % 6) {
	case 0:
	case 5:
		replay(s);
		break;
	case 1:
		forge(s, true);
		break;
	case 2:
		forge(s, false);
		break;
	case 3:
		send_smr(s);
		break;
	default:
		send_noise(s);
	}
}
