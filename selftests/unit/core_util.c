// SPDX-License-Identifier: GPL-2.0
#include "core_util.h"
#include "selftests/sim/pcap.h"

/* With LISP_PCAP=FILE all that is sent is added to that file, too. */
static void capture(const struct node *n, const struct lisp_endpoint *from,
		    const struct lisp_endpoint *to, const void *buf, size_t len)
{
	const char *path = getenv("LISP_PCAP");
	static FILE *f;

	if (!path)
		return;
	if (!f)
		f = pcap_open(path);
	assert_non_null(f);
	pcap_write(f, n->now, from, to, buf, len);
	fflush(f);
}

static void on_send(void *ctx, const struct lisp_endpoint *from,
		    const struct lisp_endpoint *to, const void *buf, size_t len)
{
	struct node *n = ctx;
	struct sent *s = &n->sent[n->n_sent++];

	assert_true(n->n_sent <= sizeof(n->sent) / sizeof(n->sent[0]));
	assert_true(len <= sizeof(s->buf));
	s->from = *from;
	s->to = *to;
	s->len = len;
	memcpy(s->buf, buf, len);
	capture(n, from, to, buf, len);
}

static struct op *add_op(struct node *n, enum op_kind kind,
			 const struct lisp_eid *eid)
{
	struct op *o = &n->ops[n->n_ops++];

	assert_true(n->n_ops <= sizeof(n->ops) / sizeof(n->ops[0]));
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	o->eid = *eid;
	return o;
}

static void on_map_add(void *ctx, const struct lisp_mapping *m)
{
	struct op *o = add_op(ctx, OP_MAP_ADD, &m->eid);

	o->m = *m;
	assert_true(m->n_locators <= 8);
	if (m->n_locators)
		memcpy(o->locators, m->locators,
		       m->n_locators * sizeof(o->locators[0]));
	o->m.locators = o->locators;
}

static void on_map_del(void *ctx, const struct lisp_eid *eid)
{
	add_op(ctx, OP_MAP_DEL, eid);
}

static void on_pending_del(void *ctx, const struct lisp_eid *eid)
{
	add_op(ctx, OP_PENDING_DEL, eid);
}

static void on_eid_add(void *ctx, const struct lisp_eid *eid)
{
	add_op(ctx, OP_EID_ADD, eid);
}

static void on_eid_del(void *ctx, const struct lisp_eid *eid)
{
	add_op(ctx, OP_EID_DEL, eid);
}

static void on_rloc_state(void *ctx, const struct lisp_addr *rloc, bool up)
{
	struct lisp_eid eid = lisp_eid_from_addr(0, rloc);

	add_op(ctx, up ? OP_RLOC_UP : OP_RLOC_DOWN, &eid);
}

static void on_host(void *ctx, const struct lisp_eid *eid,
		    const char *interface, enum lisp_host what)
{
	struct op *o = add_op(ctx, OP_HOST_HERE + (int)what, eid);

	snprintf(o->interface, sizeof(o->interface), "%s", interface);
}

static void on_sources_get(void *ctx, uint32_t iid)
{
	struct node *n = ctx;

	if (n->sources)
		n->sources(n, iid);
}

static uint64_t on_random(void *ctx)
{
	struct node *n = ctx;

	n->random = n->random * 6364136223846793005ull + 1442695040888963407ull;
	return n->random ^ n->random >> 29;
}

static void on_trace(void *ctx, enum lisp_trace_role role, const char *fmt,
		     va_list ap)
{
	struct node *n = ctx;
	size_t left = sizeof(n->trace) - n->trace_len;
	int len;

	(void)role;
	len = vsnprintf(n->trace + n->trace_len, left, fmt, ap);
	if (len < 0 || (size_t)len + 2 > left)
		return;
	n->trace_len += (size_t)len;
	n->trace[n->trace_len++] = '\n';
	n->trace[n->trace_len] = '\0';
}

static const struct lisp_core_ops ops = {
	.send = on_send,
	.map_add = on_map_add,
	.map_del = on_map_del,
	.pending_del = on_pending_del,
	.eid_add = on_eid_add,
	.eid_del = on_eid_del,
	.rloc_state = on_rloc_state,
	.host = on_host,
	.sources_get = on_sources_get,
	.random = on_random,
	.trace = on_trace,
};

static void on_usage_get(void *ctx, const struct lisp_eid *eid)
{
	struct node *n = ctx;

	n->usage(n, eid);
}

struct node *node_new_counting(void (*usage)(struct node *n,
					     const struct lisp_eid *eid))
{
	struct node *n = calloc(1, sizeof(*n));
	struct lisp_core_ops some = ops;

	assert_non_null(n);
	n->now = 1000 * LISP_SEC;
	n->usage = usage;
	if (usage)
		some.usage_get = on_usage_get;
	n->core = lisp_core_new(&some, n);
	assert_non_null(n->core);
	return n;
}

struct node *node_new(void)
{
	return node_new_counting(NULL);
}

void node_free(struct node *n)
{
	lisp_core_free(n->core);
	free(n);
}

int node_setup(void **state)
{
	*state = node_new();
	return 0;
}

int node_teardown(void **state)
{
	node_free(*state);
	return 0;
}

void node_forget(struct node *n)
{
	n->n_sent = 0;
	n->n_ops = 0;
	n->trace_len = 0;
	n->trace[0] = '\0';
}

void node_run(struct node *n, lisp_time until)
{
	while (lisp_core_next(n->core) <= until) {
		if (lisp_core_next(n->core) > n->now)
			n->now = lisp_core_next(n->core);
		lisp_core_run(n->core, n->now);
	}
	n->now = until;
}

struct lisp_addr A(const char *s)
{
	struct lisp_addr a;

	assert_int_equal(lisp_addr_parse(s, &a), 0);
	return a;
}

struct lisp_eid E(const char *s)
{
	struct lisp_eid e;

	assert_int_equal(lisp_eid_parse(s, &e), 0);
	return e;
}

struct lisp_eid EI(uint32_t iid, const char *s)
{
	struct lisp_eid e = E(s);

	e.iid = iid;
	return e;
}

struct lisp_endpoint EP(const char *s, uint16_t port)
{
	return (struct lisp_endpoint){ .addr = A(s), .port = port };
}

struct stat_query {
	const char *group, *name;
	uint64_t value;
	unsigned int found;
};

static int on_stat(void *arg, const char *group, const char *name,
		   uint64_t value)
{
	struct stat_query *q = arg;

	if (!strcmp(group, q->group) && !strcmp(name, q->name)) {
		q->value = value;
		q->found++;
	}
	return 0;
}

uint64_t stat(struct node *n, const char *group, const char *name)
{
	struct stat_query q = { .group = group, .name = name };

	lisp_core_show_stats(n->core, on_stat, &q);
	assert_int_equal(q.found, 1);
	return q.value;
}

const struct op *last_op(const struct node *n, enum op_kind kind,
			 const char *eid)
{
	unsigned int i;

	for (i = n->n_ops; i-- > 0;) {
		struct lisp_eid e = eid ? E(eid) : n->ops[i].eid;

		if (n->ops[i].kind == kind && lisp_eid_equal(&n->ops[i].eid, &e))
			return &n->ops[i];
	}
	return NULL;
}

unsigned int count_ops(const struct node *n, enum op_kind kind, const char *eid)
{
	unsigned int i, count = 0;

	for (i = 0; i < n->n_ops; i++) {
		struct lisp_eid e = eid ? E(eid) : n->ops[i].eid;

		count += n->ops[i].kind == kind &&
			 lisp_eid_equal(&n->ops[i].eid, &e);
	}
	return count;
}

unsigned int count_sent(const struct node *n, unsigned int type)
{
	unsigned int i, count = 0;

	for (i = 0; i < n->n_sent; i++)
		count += n->sent[i].buf[0] >> 4 == (int)type;
	return count;
}

void decode_sent(const struct node *n, unsigned int i, struct lisp_msg *msg,
		 struct lisp_ecm *ecm)
{
	struct lisp_msg outer;

	assert_true(i < n->n_sent);
	assert_int_equal(lisp_msg_decode(n->sent[i].buf, n->sent[i].len, &outer,
					 NULL), 0);
	if (outer.type != LISP_ECM) {
		*msg = outer;
		return;
	}
	assert_int_equal(lisp_msg_decode(outer.ecm.payload, outer.ecm.len, msg,
					 NULL), 0);
	if (ecm)
		*ecm = outer.ecm;
}

bool next_sent(const struct node *n, unsigned int type, unsigned int *i,
	       struct lisp_msg *msg)
{
	for (; *i < n->n_sent; (*i)++) {
		if (n->sent[*i].buf[0] >> 4 == (int)type) {
			decode_sent(n, *i, msg, NULL);
			return true;
		}
	}
	return false;
}

struct lisp_config *xtr_config(void)
{
	static struct lisp_config_map_resolver resolvers[1];
	static struct lisp_addr rlocs[1];
	static struct lisp_config_device devices[1];
	static struct lisp_config_rloc loc[4];
	static struct lisp_config_mapping maps[4];
	static struct lisp_config_map_server ms[1];
	static struct lisp_config cfg;
	static const char *const eids[] = {
		"2001:10:1:22::/64", "2001:10:1:122::/64",
		"10.1.22.0/24", "10.1.122.0/24",
	};
	unsigned int i;

	rlocs[0] = A("10.0.1.9");
	resolvers[0] = (struct lisp_config_map_resolver){
		.addr = A("10.0.0.13"), .priority = 1, .weight = 100,
	};
	devices[0] = (struct lisp_config_device){ .name = "lisp0" };
	for (i = 0; i < 4; i++) {
		loc[i] = (struct lisp_config_rloc){
			.addr = rlocs[0], .priority = 1, .weight = 50,
			.local = true,
		};
		maps[i] = (struct lisp_config_mapping){
			.eid = E(eids[i]), .n_rlocs = 1, .rlocs = &loc[i],
			.ttl_min = 1440,
		};
	}
	ms[0] = (struct lisp_config_map_server){
		.addr = resolvers[0].addr, .want_notify = true,
		.key = { .alg_id = LISP_AUTH_SHA256_128, .secret = "LISP" },
	};
	cfg = (struct lisp_config){
		.itr = true, .etr = true,
		.n_rlocs = 1, .rlocs = rlocs,
		.n_devices = 1, .devices = devices,
		.n_mappings = 4, .mappings = maps,
		.n_map_resolvers = 1, .map_resolvers = resolvers,
		.n_map_servers = 1, .map_servers = ms,
	};
	return &cfg;
}

struct lisp_config *ms_config(void)
{
	static struct lisp_addr rlocs[1];
	static struct lisp_config_key keys[3];
	static struct lisp_config_site_prefix prefixes[3][4];
	static struct lisp_config_site sites[3];
	static struct lisp_config cfg;
	static const char *const eids[3][4] = {
		{ "2001:10:1:14::/64", "2001:10:1:114::/64",
		  "10.1.14.0/24", "10.1.114.0/24" },
		{ "2001:10:1:22::/64", "2001:10:1:122::/64",
		  "10.1.22.0/24", "10.1.122.0/24" },
		{ "2001:10:1:23::/64", "2001:10:1:123::/64",
		  "10.1.23.0/24", "10.1.123.0/24" },
	};
	static char *names[] = { "MainSite", "SiteTwo", "SiteThree" };
	unsigned int i, j;

	rlocs[0] = A("10.0.0.13");
	for (i = 0; i < 3; i++) {
		keys[i] = (struct lisp_config_key){
			.alg_id = LISP_AUTH_SHA256_128, .secret = "LISP",
		};
		for (j = 0; j < 4; j++)
			prefixes[i][j] = (struct lisp_config_site_prefix){
				.eid = E(eids[i][j]),
			};
		sites[i] = (struct lisp_config_site){
			.name = names[i], .n_keys = 1, .keys = &keys[i],
			.n_prefixes = 4, .prefixes = prefixes[i],
		};
	}
	cfg = (struct lisp_config){
		.map_server = true, .map_resolver = true,
		.n_rlocs = 1, .rlocs = rlocs, .n_sites = 3, .sites = sites,
	};
	return &cfg;
}

struct lisp_key key_of(uint8_t key_id, uint8_t alg, const char *secret)
{
	return (struct lisp_key){
		.key_id = key_id, .alg_id = alg,
		.secret = (const uint8_t *)secret, .len = strlen(secret),
	};
}

void deliver_raw(struct node *n, const char *from, uint16_t port,
		 const char *to, const void *buf, size_t len)
{
	struct lisp_endpoint src = EP(from, port);
	struct lisp_addr dst = A(to);

	lisp_core_receive(n->core, n->now, &src, &dst, buf, len);
}

void deliver(struct node *n, const char *from, uint16_t port, const char *to,
	     const struct lisp_msg *msg, const struct lisp_key *key)
{
	uint8_t buf[LISP_MSG_MAX];
	int len = lisp_msg_encode(msg, buf, sizeof(buf));

	assert_true(len > 0);
	if (key)
		assert_int_equal(lisp_auth_sign(buf, (size_t)len, key), 0);
	deliver_raw(n, from, port, to, buf, (size_t)len);
}

void deliver_ecm(struct node *n, const char *from, const char *to,
		 const char *src, const struct lisp_msg *msg)
{
	uint8_t inner[LISP_MSG_MAX], outer[LISP_MSG_MAX];
	int len = lisp_msg_encode(msg, inner, sizeof(inner));
	struct lisp_ecm ecm = {
		.src = EP(src, LISP_CONTROL_PORT),
		.dst = { .port = LISP_CONTROL_PORT },
		.payload = inner,
		.len = (size_t)len,
	};

	assert_true(len > 0);
	ecm.dst.addr = msg->type == LISP_MAP_REQUEST ?
		       lisp_eid_addr(&msg->request.eids[0]) : ecm.src.addr;
	len = lisp_ecm_encode(&ecm, outer, sizeof(outer));
	assert_true(len > 0);
	deliver_raw(n, from, LISP_CONTROL_PORT, to, outer, (size_t)len);
}

struct lisp_locator L(const char *addr, uint8_t priority, uint8_t weight)
{
	return (struct lisp_locator){
		.addr = A(addr), .priority = priority, .weight = weight,
		.mpriority = 255, .reachable = true, .local = true,
	};
}

struct lisp_record R(const char *eid, uint32_t ttl, unsigned int count,
		     struct lisp_locator *locators)
{
	return (struct lisp_record){
		.eid = E(eid), .ttl = ttl, .authoritative = true,
		.n_locators = (uint8_t)count, .locators = locators,
	};
}

void deliver_reply(struct node *n, uint64_t nonce, unsigned int count,
		   struct lisp_record *records)
{
	struct lisp_msg msg = {
		.type = LISP_MAP_REPLY,
		.reply = { .nonce = nonce, .n_records = (uint8_t)count,
			   .records = records },
	};

	deliver(n, "10.0.1.1", LISP_CONTROL_PORT, "10.0.1.9", &msg, NULL);
}

void deliver_register(struct node *n, const char *from, uint64_t nonce,
		      const struct lisp_key *key, unsigned int count,
		      struct lisp_record *records)
{
	struct lisp_msg msg = {
		.type = LISP_MAP_REGISTER,
		.reg = { .nonce = nonce, .key_id = key->key_id,
			 .alg_id = key->alg_id, .auth_len = key->mac_len,
			 .want_notify = true, .n_records = (uint8_t)count,
			 .records = records },
	};

	deliver(n, from, LISP_CONTROL_PORT, "10.0.0.13", &msg, key);
}

void deliver_request(struct node *n, const char *itr_rloc, uint64_t nonce,
		     const char *eid)
{
	struct lisp_eid e = E(eid);
	struct lisp_msg msg = {
		.type = LISP_MAP_REQUEST,
		.request = { .nonce = nonce, .n_itr_rlocs = 1, .n_eids = 1,
			     .eids = &e },
	};

	msg.request.itr_rlocs[0] = A(itr_rloc);
	deliver_ecm(n, itr_rloc, "10.0.0.13",
		    e.afi == LISP_AFI_IPV4 ? "10.1.22.22" : "2001:10:1:22::1",
		    &msg);
}

void miss(struct node *n, const char *eid)
{
	struct lisp_eid e = E(eid);
	struct lisp_addr src = A(e.afi == LISP_AFI_IPV4 ? "10.1.122.22" :
							  "2001:10:1:122::22");

	lisp_core_miss(n->core, n->now, &e, &src);
}

uint64_t last_nonce(const struct node *n)
{
	struct lisp_msg msg;
	uint64_t nonce;
	unsigned int i;

	for (i = n->n_sent; i-- > 0;) {
		unsigned int type = n->sent[i].buf[0] >> 4;

		if (type != LISP_ECM && type != LISP_MAP_REQUEST)
			continue;
		decode_sent(n, i, &msg, NULL);
		nonce = msg.request.nonce;
		lisp_msg_free(&msg);
		return nonce;
	}
	fail_msg("no Map-Request was sent");
	return 0;
}
