/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink messages about lisp devices, put together from words.
 */
#ifndef _LISP_MESSAGE_H
#define _LISP_MESSAGE_H

#include <linux/netlink.h>
#include <stddef.h>

enum kind { U8 = 1, U16, U32, ADDR, TEXT, NEST };

/**
 * struct attribute - how an attribute is called and what is in it
 * @name: name, as in uapi/lisp.yaml
 * @type: number
 * @kind: of its value
 * @set: of what is in a NEST
 */
struct attribute {
	const char *name;
	int type;
	enum kind kind;
	const struct attribute *set;
};

/* IFLA_LISP_*, ended by one without a name */
extern const struct attribute link_set[];

/* The message being written: a header, then attributes. */
extern union message {
	struct nlmsghdr nlh;
	char bytes[1 << 20];
} msg;

int message_open(int protocol);
int message_open_family(void);
void message_begin(int cmd, int flags);
void message_begin_link(int type, int flags, const char *name);
void message_add_settings(char **tokens);
struct nlattr *message_put(int type, const void *data, size_t len);
void message_add(char *token);
void message_end(void);
int message_command(const char *name);
const struct nlattr *attr_find(const void *from, size_t len, int type);
const struct nlattr *attr_inside(const struct nlattr *nest, int type);

#endif
