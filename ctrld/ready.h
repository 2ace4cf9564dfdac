/* SPDX-License-Identifier: GPL-2.0 */
/* What the service manager is told. */
#ifndef LISPD_READY_H
#define LISPD_READY_H

/*
 * Tell who started us, as sd_notify(3) has it: @state is "READY=1",
 * "STOPPING=1" or the like. Nothing happens when nobody wants to know, which is
 * when the environment has no NOTIFY_SOCKET; a failure is logged, no more.
 */
void ready_tell(const char *state);

#endif
