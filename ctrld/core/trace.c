// SPDX-License-Identifier: GPL-2.0
/* Lines of `lispctl debug` and of the log. */
#include <stdio.h>

#include "internal.h"

bool lisp_tracing(const struct lisp_core *core)
{
	return core->ops.trace != NULL;
}

void lisp_trace(struct lisp_core *core, enum lisp_trace_role role,
		const char *fmt, ...)
{
	va_list ap;

	if (!core->ops.trace)
		return;
	va_start(ap, fmt);
	core->ops.trace(core->ctx, role, fmt, ap);
	va_end(ap);
}

void lisp_log(struct lisp_core *core, int level, const char *fmt, ...)
{
	va_list ap;

	if (!core->ops.log)
		return;
	va_start(ap, fmt);
	core->ops.log(core->ctx, level, fmt, ap);
	va_end(ap);
}

const char *lisp_locators_str(const struct lisp_record *r, char *buf,
			      size_t size)
{
	const struct lisp_locator *l;
	size_t at = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < r->n_locators && at < size; i++) {
		l = &r->locators[i];
		at += (size_t)snprintf(buf + at, size - at,
				       "%s%s pri/wei=%u/%u %c%c%c",
				       i ? ", " : "",
				       lisp_addr_str(&l->addr, LISP_S),
				       l->priority, l->weight,
				       l->local ? 'L' : 'l',
				       l->probed ? 'P' : 'p',
				       l->reachable ? 'R' : 'r');
	}
	return buf;
}

const char *lisp_itr_rlocs_str(const struct lisp_map_request *r, char *buf,
			       size_t size)
{
	size_t at = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < r->n_itr_rlocs && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s",
				       i ? " " : "",
				       lisp_addr_str(&r->itr_rlocs[i], LISP_S));
	return buf;
}
