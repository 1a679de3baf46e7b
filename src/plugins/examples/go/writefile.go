// WriteFile in Go: the same agent as examples/c/WriteFile.c.
//
//	go build -buildmode=c-shared -o WriteFileGo.so .
//
// A Go runtime brings threads and signal handlers of its own into the daemon. That is allowed and works, but what Go
// needs in memory and threads is paid by the daemon: an agent in Go is better off as a process of its own.
package main

/*
#cgo CFLAGS: -I${SRCDIR}/../../include
#include <stdlib.h>
#include "hbd_agent.h"

static void say_why(const struct hbd_agent_reply *reply, const char *text) { reply->reason(reply->context, text); }
static int cancelled(const struct hbd_agent_request *request) { return __atomic_load_n(request->cancel, __ATOMIC_ACQUIRE); }
*/
import "C"

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"unsafe"
)

type wanted struct {
	path    string
	content string
	mode    fs.FileMode
}

func parameters(request *C.struct_hbd_agent_request) map[string]string {
	found := map[string]string{}
	if request.parameter_count > 0 {
		for _, p := range unsafe.Slice(request.parameters, int(request.parameter_count)) {
			found[C.GoString(p.name)] = C.GoString(p.value)
		}
	}
	return found
}

func read(request *C.struct_hbd_agent_request) (wanted, error) {
	given := parameters(request)
	w := wanted{path: given["path"], content: given["content"] + "\n"}
	if !filepath.IsAbs(w.path) {
		return w, errors.New("path: expected an absolute path such as /run/service/config")
	}
	mode, ok := given["mode"]
	if !ok {
		mode = "0644"
	}
	bits, err := strconv.ParseUint(mode, 8, 9)
	if err != nil {
		return w, fmt.Errorf("mode: %q is no mode; expected octal such as 0644", mode)
	}
	w.mode = fs.FileMode(bits)
	return w, nil
}

func start(w wanted, request *C.struct_hbd_agent_request) error {
	beside := w.path + ".new"
	if err := os.WriteFile(beside, []byte(w.content), 0o600); err != nil {
		return err
	}
	if err := os.Chmod(beside, w.mode); err != nil {
		return err
	}
	if C.cancelled(request) != 0 {
		os.Remove(beside)
		return errors.New("given up before the file was in its place")
	}
	return os.Rename(beside, w.path)
}

func monitor(w wanted) (C.int, error) {
	content, err := os.ReadFile(w.path)
	if errors.Is(err, fs.ErrNotExist) {
		return C.HBD_NOT_RUNNING, nil
	}
	if err != nil {
		return C.HBD_GENERIC, err
	}
	facts, err := os.Stat(w.path)
	if err == nil && (string(content) != w.content || facts.Mode().Perm() != w.mode) {
		err = errors.New(w.path + " has another content or mode")
	}
	if err != nil {
		return C.HBD_GENERIC, err
	}
	return C.HBD_OK, nil
}

//export writeFileRun
func writeFileRun(request *C.struct_hbd_agent_request, reply *C.struct_hbd_agent_reply) C.int {
	w, err := read(request)
	code := C.int(C.HBD_OK)
	if err != nil {
		code = C.HBD_NOT_CONFIGURED
	} else {
		switch request.action {
		case C.HBD_ACTION_START:
			err = start(w, request)
		case C.HBD_ACTION_STOP:
			err = os.Remove(w.path)
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		case C.HBD_ACTION_MONITOR:
			code, err = monitor(w)
		case C.HBD_ACTION_VALIDATE_ALL:
		default:
			return C.HBD_UNIMPLEMENTED
		}
		if err != nil {
			code = C.HBD_GENERIC
		}
	}
	if err != nil {
		text := C.CString(err.Error())
		C.say_why(reply, text)
		C.free(unsafe.Pointer(text))
	}
	return code
}

func main() {}
