// SPDX-License-Identifier: GPL-2.0
/*
 * Strict YAML, with places in errors.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "yaml_strict.h"

#define SHOWN_MAX	64	/* of an offending value */

/* Messages */

/* @s without anything a terminal would act upon, cut to what is readable. */
static void quote(const char *s, char *out, size_t size)
{
	size_t n = 0, shown = 0;
	const unsigned char *p;

	for (p = (const unsigned char *)s; *p && n + 8 < size; p++) {
		if (++shown > SHOWN_MAX && (*p & 0xc0) != 0x80) {
			n += snprintf(out + n, size - n, "...");
			break;
		}
		if (*p < 0x20 || *p == 0x7f ||
		    (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			n += snprintf(out + n, size - n, "\\x%02x", *p);
		else
			out[n++] = *p;
	}
	out[n] = '\0';
}

static const char *node_text(const yaml_node_t *node)
{
	switch (node ? node->type : YAML_NO_NODE) {
	case YAML_SCALAR_NODE:
		return (const char *)node->data.scalar.value;
	case YAML_SEQUENCE_NODE:
		return "[list]";
	case YAML_MAPPING_NODE:
		return "{mapping}";
	default:
		return "";
	}
}

static void compose(struct yaml *y, char *out, size_t size,
		    const yaml_mark_t *mark, const char *what,
		    const char *value, const char *allowed)
{
	char shown[4 * SHOWN_MAX + 16];

	quote(value, shown, sizeof(shown));
	snprintf(out, size, "%s:%zu:%zu: %s: '%s'%s%s", y->file,
		 mark->line + 1, mark->column + 1, what, shown,
		 allowed ? "; allowed: " : "", allowed ? allowed : "");
}

static int fail_at(struct yaml *y, const yaml_mark_t *mark, const char *what,
		   const char *value, const char *allowed)
{
	if (!*y->error)
		compose(y, y->error, sizeof(y->error), mark, what, value,
			allowed);
	return -EINVAL;
}

int yaml_fail(struct yaml *y, const yaml_node_t *node, const char *value,
	      const char *allowed, const char *fmt, ...)
{
	static const yaml_mark_t start;
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return fail_at(y, node ? &node->start_mark : &start, what,
		       value ? value : node_text(node), allowed);
}

void yaml_warn(struct yaml *y, const yaml_node_t *node, const char *value,
	       const char *fmt, ...)
{
	static const yaml_mark_t start;
	char what[256], text[YAML_ERROR_LEN];
	va_list ap;

	if (!y->warn)
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	compose(y, text, sizeof(text), node ? &node->start_mark : &start,
		what, value ? value : node_text(node), NULL);
	y->warn(y->arg, text);
}

/* Loading */

/* libyaml's reader knows only the offset. */
static yaml_mark_t mark_of(const char *text, size_t len, size_t offset)
{
	yaml_mark_t m = { 0 };
	size_t i;

	for (i = 0; i < offset && i < len; i++) {
		if (text[i] == '\n') {
			m.line++;
			m.column = 0;
		} else if ((text[i] & 0xc0) != 0x80) {
			m.column++;
		}
	}
	return m;
}

static int parser_error(struct yaml *y, yaml_parser_t *p, const char *text,
			size_t len)
{
	char value[16] = "";
	yaml_mark_t m = p->problem_mark;

	if (p->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (p->error == YAML_READER_ERROR) {
		m = mark_of(text, len, p->problem_offset);
		if (p->problem_value >= 0)
			snprintf(value, sizeof(value), "0x%02x",
				 (unsigned int)p->problem_value);
	}
	return fail_at(y, &m, p->problem ? p->problem : "not YAML", value,
		       "YAML 1.1 in UTF-8");
}

struct scan {
	struct yaml *y;
	unsigned int depth, documents;
};

static int refuse(struct scan *s, const yaml_event_t *e, const char *what,
		  const yaml_char_t *value, const char *allowed)
{
	return fail_at(s->y, &e->start_mark, what,
		       value ? (const char *)value : "", allowed);
}

static int scan_node(struct scan *s, const yaml_event_t *e,
		     const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return refuse(s, e, "anchor", anchor, "no anchors");
	if (tag)
		return refuse(s, e, "tag", tag, "no tags");
	return 0;
}

static int scan_event(struct scan *s, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (s->documents++)
			return refuse(s, e, "second document",
				      (yaml_char_t *)"---", "one document");
		return 0;
	case YAML_ALIAS_EVENT:
		return refuse(s, e, "alias", e->data.alias.anchor,
			      "no aliases");
	case YAML_SCALAR_EVENT:
		if (strlen((char *)e->data.scalar.value) !=
		    e->data.scalar.length)
			return refuse(s, e, "NUL in text",
				      e->data.scalar.value, "text");
		return scan_node(s, e, e->data.scalar.anchor,
				 e->data.scalar.tag);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		if (++s->depth > YAML_DEPTH_MAX)
			return refuse(s, e, "nested too deep", NULL,
				      "8 levels");
		return e->type == YAML_MAPPING_START_EVENT ?
			scan_node(s, e, e->data.mapping_start.anchor,
				  e->data.mapping_start.tag) :
			scan_node(s, e, e->data.sequence_start.anchor,
				  e->data.sequence_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		s->depth--;
		return 0;
	default:
		return 0;
	}
}

/* What a loaded document does not show any more is refused here. */
static int scan(struct yaml *y, const char *text, size_t len)
{
	struct scan s = { .y = y };
	yaml_parser_t parser;
	bool end = false;
	yaml_event_t e;
	int err = 0;

	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const yaml_char_t *)text, len);
	while (!err && !end) {
		if (!yaml_parser_parse(&parser, &e)) {
			err = parser_error(y, &parser, text, len);
			break;
		}
		end = e.type == YAML_STREAM_END_EVENT;
		err = scan_event(&s, &e);
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	if (!err && !s.documents)
		err = yaml_fail(y, NULL, "", "a mapping", "empty document");
	return err;
}

int yaml_load(struct yaml *y, const char *text, size_t len)
{
	yaml_parser_t parser;
	int err;

	if (len > YAML_SIZE_MAX)
		return yaml_fail(y, NULL, "", "16 MiB", "too long");
	err = scan(y, text, len);
	if (err)
		return err;
	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const yaml_char_t *)text, len);
	if (yaml_parser_load(&parser, &y->doc))
		y->loaded = true;
	else
		err = parser_error(y, &parser, text, len);
	yaml_parser_delete(&parser);
	return err;
}

void yaml_unload(struct yaml *y)
{
	if (y->loaded)
		yaml_document_delete(&y->doc);
	y->loaded = false;
}

yaml_node_t *yaml_root(struct yaml *y)
{
	return yaml_document_get_root_node(&y->doc);
}

/* Mappings */

static void list_keys(const struct yaml_key *keys, char *out, size_t size)
{
	size_t n = 0;

	for (*out = '\0'; keys->name && n < size; keys++)
		n += snprintf(out + n, size - n, "%s%s", n ? ", " : "",
			      keys->name);
}

static int map_pair(struct yaml *y, yaml_node_t *key, yaml_node_t *value,
		    const char *what, const struct yaml_key *keys,
		    uint64_t *seen, void *obj)
{
	char allowed[256];
	const char *name;
	unsigned int i;

	list_keys(keys, allowed, sizeof(allowed));
	if (key->type != YAML_SCALAR_NODE)
		return yaml_fail(y, key, NULL, allowed, "key is not text");
	name = node_text(key);
	for (i = 0; keys[i].name; i++)
		if (!strcmp(keys[i].name, name))
			break;
	if (!keys[i].name)
		return yaml_fail(y, key, NULL, allowed, "unknown key in %s",
				 what);
	if (*seen & (1ull << i))
		return yaml_fail(y, key, NULL, "once", "key given twice in %s",
				 what);
	*seen |= 1ull << i;
	return keys[i].parse(y, value, keys[i].name,
			     (char *)obj + keys[i].offset);
}

int yaml_map(struct yaml *y, yaml_node_t *node, const char *what,
	     const struct yaml_key *keys, void *obj)
{
	yaml_node_pair_t *pair;
	uint64_t seen = 0;
	unsigned int i;
	int err;

	if (node->type != YAML_MAPPING_NODE)
		return yaml_fail(y, node, NULL, "a mapping of keys to values",
				 "%s is not a mapping", what);
	for (pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		err = map_pair(y, yaml_document_get_node(&y->doc, pair->key),
			       yaml_document_get_node(&y->doc, pair->value),
			       what, keys, &seen, obj);
		if (err)
			return err;
	}
	for (i = 0; keys[i].name; i++)
		if (keys[i].required && !(seen & (1ull << i)))
			return yaml_fail(y, node, keys[i].name, NULL,
					 "key missing in %s", what);
	return 0;
}

yaml_node_t *yaml_member(struct yaml *y, yaml_node_t *map, const char *key)
{
	yaml_node_pair_t *pair;

	if (map->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = map->data.mapping.pairs.start;
	     pair < map->data.mapping.pairs.top; pair++)
		if (!strcmp(node_text(yaml_document_get_node(&y->doc,
							     pair->key)), key))
			return yaml_document_get_node(&y->doc, pair->value);
	return NULL;
}

/* Lists */

int yaml_list(struct yaml *y, yaml_node_t *node, const char *name,
	      unsigned int min, unsigned int max, void *out, unsigned int *n,
	      size_t size,
	      int (*parse)(struct yaml *y, yaml_node_t *node,
			   const char *name, void *elem))
{
	size_t count, i;
	char limits[64];
	char *array;
	int err;

	if (node->type != YAML_SEQUENCE_NODE)
		return yaml_fail(y, node, NULL, "a list", "%s is not a list",
				 name);
	count = node->data.sequence.items.top - node->data.sequence.items.start;
	if (count < min || count > max) {
		snprintf(limits, sizeof(limits), "%u to %u", min, max);
		return yaml_fail(y, node, NULL, limits, "%s has %zu elements",
				 name, count);
	}
	array = calloc(count ? count : 1, size);
	if (!array)
		return -ENOMEM;
	*(void **)out = array;
	for (i = 0; i < count; i++) {
		*n = i + 1;
		err = parse(y, yaml_element(y, node, i), name,
			    array + i * size);
		if (err)
			return err;
	}
	return 0;
}

yaml_node_t *yaml_element(struct yaml *y, yaml_node_t *list, unsigned int i)
{
	return yaml_document_get_node(&y->doc,
				      list->data.sequence.items.start[i]);
}

/* Scalars */

int yaml_text(struct yaml *y, yaml_node_t *node, const char *name,
	      const char **text)
{
	if (node->type != YAML_SCALAR_NODE)
		return yaml_fail(y, node, NULL, "a single value",
				 "%s is not a single value", name);
	*text = node_text(node);
	if (!**text)
		return yaml_fail(y, node, NULL, "a value", "%s is empty",
				 name);
	return 0;
}

int yaml_number(struct yaml *y, yaml_node_t *node, const char *name,
		uint32_t min, uint32_t max, uint32_t *out)
{
	unsigned long long v = 0;
	const char *text, *p;
	char limits[64];
	int err;

	snprintf(limits, sizeof(limits), "%u to %u", min, max);
	err = yaml_text(y, node, name, &text);
	if (err)
		return err;
	for (p = text; *p >= '0' && *p <= '9'; p++)
		if (v <= UINT32_MAX)
			v = 10 * v + (*p - '0');
	if (*p || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return yaml_fail(y, node, NULL, limits, "%s is not a number",
				 name);
	if (v < min || v > max)
		return yaml_fail(y, node, NULL, limits, "%s is out of range",
				 name);
	*out = v;
	return 0;
}

int yaml_bool(struct yaml *y, yaml_node_t *node, const char *name, bool *out)
{
	const char *text = "";
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	*out = !strcmp(text, "true");
	if (!*out && strcmp(text, "false"))
		return yaml_fail(y, node, NULL, "true, false",
				 "%s is neither true nor false", name);
	return 0;
}
