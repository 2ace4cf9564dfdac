# SPDX-License-Identifier: GPL-2.0
# The sources of the wire library, relative to the directory of this file, and
# what they need. Include it after setting WIRE_DIR, the way to that directory.
WIRE_SRCS := addr.c auth.c ecm.c info.c lcaf.c map_register.c map_reply.c \
	     map_request.c msg.c record.c
WIRE_SRC_PATHS := $(addprefix $(WIRE_DIR)/,$(WIRE_SRCS))
WIRE_LIBS := -lcrypto
