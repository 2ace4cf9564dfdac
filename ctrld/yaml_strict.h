/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading YAML strictly: one document, no anchors, aliases or tags, bounded
 * depth; mappings by a table of keys. Every error names file, line and
 * column, the offending value and what is allowed.
 */
#ifndef LISP_YAML_STRICT_H
#define LISP_YAML_STRICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#define YAML_SIZE_MAX	(16u << 20)
#define YAML_DEPTH_MAX	8
#define YAML_ERROR_LEN	768

struct yaml {
	const char *file;		/* as it is to be named */
	yaml_document_t doc;
	bool loaded;
	char error[YAML_ERROR_LEN];	/* the first one */
	/* A warning, in the form of an error. May be NULL. */
	void (*warn)(void *arg, const char *text);
	void *arg;
};

/* All return 0, or -EINVAL with y->error set, or -ENOMEM. */
int yaml_load(struct yaml *y, const char *text, size_t len);
void yaml_unload(struct yaml *y);
yaml_node_t *yaml_root(struct yaml *y);

/* "FILE:LINE:COL: WHAT: 'VALUE'; allowed: ALLOWED"; @value: NULL: @node's */
int yaml_fail(struct yaml *y, const yaml_node_t *node, const char *value,
	      const char *allowed, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void yaml_warn(struct yaml *y, const yaml_node_t *node, const char *value,
	       const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* A key of a mapping, and what reads its value into @obj, @offset bytes in. */
struct yaml_key {
	const char *name;
	bool required;
	int (*parse)(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj);
	size_t offset;
};

/* @what names the mapping in errors: "site". Ends with a key of name NULL. */
int yaml_map(struct yaml *y, yaml_node_t *node, const char *what,
	     const struct yaml_key *keys, void *obj);
/* Node of @key in a mapping that yaml_map() has accepted, or NULL. */
yaml_node_t *yaml_member(struct yaml *y, yaml_node_t *map, const char *key);

/*
 * A list of @min to @max elements into a new array *@out of @size each; *@n
 * counts those begun, so that the owner can free them after an error.
 */
int yaml_list(struct yaml *y, yaml_node_t *node, const char *name,
	      unsigned int min, unsigned int max, void *out, unsigned int *n,
	      size_t size,
	      int (*parse)(struct yaml *y, yaml_node_t *node,
			   const char *name, void *elem));
/* Node of element @i of a list. */
yaml_node_t *yaml_element(struct yaml *y, yaml_node_t *list, unsigned int i);

/* Scalars. The text is valid as long as the document is. */
int yaml_text(struct yaml *y, yaml_node_t *node, const char *name,
	      const char **text);
int yaml_number(struct yaml *y, yaml_node_t *node, const char *name,
		uint32_t min, uint32_t max, uint32_t *out);
int yaml_bool(struct yaml *y, yaml_node_t *node, const char *name, bool *out);

#endif
