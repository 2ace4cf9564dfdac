// SPDX-License-Identifier: GPL-2.0
/* Dispatch by message type (RFC 9301 5.1) */
#include "codec.h"
#include "msg.h"
#include "record.h"

static const char *const type_names[16] = {
	[LISP_MAP_REQUEST] = "map-request",
	[LISP_MAP_REPLY] = "map-reply",
	[LISP_MAP_REGISTER] = "map-register",
	[LISP_MAP_NOTIFY] = "map-notify",
	[LISP_MAP_NOTIFY_ACK] = "map-notify-ack",
	[LISP_MAP_REFERRAL] = "map-referral",
	[LISP_INFO] = "info",
	[LISP_ECM] = "ecm",
	[15] = "shared-extension",
};

static const char *const action_names[8] = {
	[LISP_ACT_NO_ACTION] = "no-action",
	[LISP_ACT_NATIVELY_FORWARD] = "natively-forward",
	[LISP_ACT_SEND_MAP_REQUEST] = "send-map-request",
	[LISP_ACT_DROP] = "drop",
	[LISP_ACT_DROP_POLICY] = "drop-policy-denied",
	[LISP_ACT_DROP_AUTH] = "drop-auth-failure",
	[6] = "unassigned-6",
	[7] = "unassigned-7",
};

const char *lisp_msg_type_str(unsigned int type)
{
	return type < 16 && type_names[type] ? type_names[type] : "unknown";
}

const char *lisp_action_str(unsigned int action)
{
	return action < 8 ? action_names[action] : "unknown";
}

int lisp_action_parse(const char *s)
{
	int i;

	for (i = 0; i <= LISP_ACT_DROP_AUTH; i++) {
		if (!strcmp(s, action_names[i]))
			return i;
	}
	return -EINVAL;
}

static void rd_msg(struct lisp_rd *r, struct lisp_msg *msg)
{
	switch (msg->type) {
	case LISP_MAP_REQUEST:
		rd_map_request(r, &msg->request);
		break;
	case LISP_MAP_REPLY:
		rd_map_reply(r, &msg->reply);
		break;
	case LISP_MAP_REGISTER:
	case LISP_MAP_NOTIFY:
	case LISP_MAP_NOTIFY_ACK:
		rd_map_register(r, &msg->reg);
		break;
	case LISP_INFO:
		rd_info(r, &msg->info);
		break;
	case LISP_ECM:
		rd_ecm(r, &msg->ecm);
		break;
	case LISP_MAP_REFERRAL:
		rd_fail(r, -EPROTONOSUPPORT, "Map-Referral is not handled");
		break;
	default:
		rd_fail(r, -EPROTONOSUPPORT, "unknown message type");
	}
}

int lisp_msg_decode(const uint8_t *buf, size_t len, struct lisp_msg *msg,
		    const char **why)
{
	struct lisp_rd r = rd_init(buf, len);

	memset(msg, 0, sizeof(*msg));
	if (len < 4) {
		rd_fail(&r, -EBADMSG, "message is truncated");
	} else {
		msg->type = buf[0] >> 4;
		rd_msg(&r, msg);
	}
	if (r.err)
		memset(msg, 0, sizeof(*msg));
	if (why)
		*why = r.why;
	return r.err;
}

void lisp_msg_free(struct lisp_msg *msg)
{
	switch (msg->type) {
	case LISP_MAP_REQUEST:
		lisp_map_request_free(&msg->request);
		break;
	case LISP_MAP_REPLY:
		lisp_records_free(msg->reply.records, msg->reply.n_records);
		break;
	case LISP_MAP_REGISTER:
	case LISP_MAP_NOTIFY:
	case LISP_MAP_NOTIFY_ACK:
		lisp_records_free(msg->reg.records, msg->reg.n_records);
		break;
	default:
		break;
	}
	memset(msg, 0, sizeof(*msg));
}

int lisp_msg_encode(const struct lisp_msg *msg, uint8_t *buf, size_t size)
{
	struct lisp_wr w = wr_init(buf, size);

	switch (msg->type) {
	case LISP_MAP_REQUEST:
		wr_map_request(&w, &msg->request);
		break;
	case LISP_MAP_REPLY:
		wr_map_reply(&w, &msg->reply);
		break;
	case LISP_MAP_REGISTER:
	case LISP_MAP_NOTIFY:
	case LISP_MAP_NOTIFY_ACK:
		wr_map_register(&w, msg->type, &msg->reg);
		break;
	case LISP_INFO:
		wr_info(&w, &msg->info);
		break;
	case LISP_ECM:
		wr_ecm(&w, &msg->ecm);
		break;
	default:
		return -EINVAL;
	}
	return wr_end(&w);
}

int lisp_ecm_encode(const struct lisp_ecm *ecm, uint8_t *buf, size_t size)
{
	struct lisp_wr w = wr_init(buf, size);

	wr_ecm(&w, ecm);
	return wr_end(&w);
}
