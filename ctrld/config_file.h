/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /etc/lisp/lispd.yaml (lispd.yaml.5) as the core's configuration.
 */
#ifndef LISP_CONFIG_FILE_H
#define LISP_CONFIG_FILE_H

#include "core/config.h"
#include "yaml_strict.h"

struct lispd_config {
	struct lisp_config core;
	/* "rlocs" as written; none: core.rlocs are guessed. See local.c. */
	unsigned int n_own;
	struct lisp_config_rloc *own;
	char *control_socket;		/* NULL: not said */
	char *state_directory;		/* NULL: not said */
};

/*
 * Read all of a file, or parse what was read; @file is its name in messages.
 * 0, or -errno with one line in @error. Warnings go to @warn (may be NULL).
 * After an error *cfg is empty.
 */
int lispd_config_load(const char *file, struct lispd_config *cfg,
		      char error[YAML_ERROR_LEN],
		      void (*warn)(void *arg, const char *text), void *arg);
int lispd_config_parse(const char *file, const char *text, size_t len,
		       struct lispd_config *cfg, char error[YAML_ERROR_LEN],
		       void (*warn)(void *arg, const char *text), void *arg);
void lispd_config_free(struct lispd_config *cfg);

/* config_check.c: what no single key shows */
int lispd_config_check(struct yaml *y, struct lispd_config *cfg);
/* config.c: values that occur in many places, into struct lisp_addr and so on */
int lispd_config_address(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj);
int lispd_config_prefix(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj);
int lispd_config_iid(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj);
int lispd_config_label(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj);
int lispd_config_byte(struct yaml *y, yaml_node_t *node, const char *name,
		      void *obj);
/* A name that an interface could have, in the document; @kind for the error. */
int lispd_config_ifname(struct yaml *y, yaml_node_t *node, const char *name,
			const char *kind, const char **text);
int lispd_config_bool(struct yaml *y, yaml_node_t *node, const char *name,
		      void *obj);
/* config_itr.c: keys of the whole file, into struct lispd_config */
int lispd_config_map_resolvers(struct yaml *y, yaml_node_t *node,
			       const char *name, void *obj);
int lispd_config_petrs(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj);
int lispd_config_eid_space(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj);
int lispd_config_request_data(struct yaml *y, yaml_node_t *node,
			      const char *name, void *obj);
int lispd_config_map_cache(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj);
int lispd_config_pre_cache(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj);
int lispd_config_probing(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj);
/* the same of a device */
int lispd_config_device_probing(struct yaml *y, yaml_node_t *node,
				const char *name, void *obj);
/* config_rloc.c: of one database-mapping; of this machine */
int lispd_config_rlocs(struct yaml *y, yaml_node_t *node, const char *name,
		       void *mapping);
int lispd_config_own_rlocs(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj);
/* config_site.c: keys of the whole file; one element of map-servers, of sites */
int lispd_config_xtr_id(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj);
int lispd_config_site_id(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj);
int lispd_config_map_server(struct yaml *y, yaml_node_t *node,
			    const char *name, void *obj);
int lispd_config_site(struct yaml *y, yaml_node_t *node, const char *name,
		      void *obj);
/*
 * config_key.c: the keys key, key-file, key-id, algorithm and mac-length, and
 * after the mapping was read, whether they fit one another.
 */
int lispd_config_secret(struct yaml *y, yaml_node_t *node, const char *name,
			void *key);
int lispd_config_secret_file(struct yaml *y, yaml_node_t *node,
			     const char *name, void *key);
int lispd_config_key_id(struct yaml *y, yaml_node_t *node, const char *name,
			void *key);
int lispd_config_algorithm(struct yaml *y, yaml_node_t *node,
			   const char *name, void *key);
int lispd_config_mac_length(struct yaml *y, yaml_node_t *node,
			    const char *name, void *key);
int lispd_config_key_done(struct yaml *y, yaml_node_t *map, const char *what,
			  struct lisp_config_key *key);

#endif
