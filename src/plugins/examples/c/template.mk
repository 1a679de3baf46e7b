# WriteFile.so is a program with the OCF interface and a shared object for hbd; see WriteFile.c.
WriteFile.so: WriteFile.c hbd_agent.h
	$(CC) -std=gnu11 -Wall -Wextra -shared -fPIC -O2 -I. -Wl,-e,hbd_program_entry -o $@ WriteFile.c

install: WriteFile.so
	install -D -m 0755 WriteFile.so $(DESTDIR)/usr/lib/hbd/plugins/WriteFile.so

.PHONY: install
