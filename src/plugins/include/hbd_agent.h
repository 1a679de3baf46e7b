/*
 * hbd_agent.h: resource agents as shared objects of hbd, version 1.
 *
 * This file is all that is needed: no library to link, no other header of hbd. C99 or later, C++ too.
 *
 *     const struct hbd_agent *hbd_agent_v1(void);
 *
 * is the one symbol a shared object exports. Put it into /usr/lib/hbd/plugins/NAME.so and write plugin:NAME in hbd.toml.
 *
 * What hbd asks for. An agent keeps NO STATE IN MEMORY between two calls: it may be called inside the daemon, in a process
 * of its own (hbd agent exec FILE ACTION), or in turns. What must be remembered goes into a file below state_directory.
 * All actions are idempotent: start of what runs is OK, stop of what does not run is OK. Monitor changes nothing at all.
 *
 * Threads. run() is called on a worker thread of hbd, never on the thread that sends heartbeats. Of one instance at most one
 * action runs at a time. Different instances run at the same time on different threads: be reentrant, use no static buffers,
 * no strtok, no setenv. Two actions of one instance may come on different threads: thread-local data is a cache at best.
 * The stack is 256 KiB. meta_data() may be called on any thread, and while run() is at work.
 *
 * Time. run() must be back by deadline_ns (CLOCK_MONOTONIC). Look at *cancel wherever you wait: hbd sets it to 1 when it
 * has given the action up. Then take back what you have begun, if that is possible, and return; the result is dropped.
 * An agent that was given up inside the daemon is quarantined: from then on each of its actions is a process of its own
 * (SIGTERM at the deadline, SIGKILL a second later) until an administrator says hbctl agents quarantine clear NAME.
 *
 * Memory. Everything hbd passes belongs to hbd, must not be written to, and is gone when run() returns. What hbd_agent_v1
 * and meta_data return belongs to the agent and stays valid and unchanged for the life of the process. Nobody frees
 * anything of the other side. hbd never unloads an agent (no dlclose).
 *
 * Signals. In the daemon SIGTERM, SIGINT, SIGHUP and SIGUSR2 are blocked on all threads and read elsewhere; SIGPIPE is ignored:
 * expect EPIPE. Install no handlers, change no mask, send no signals to the process or its group. EINTR is possible.
 *
 * Never: exit(), abort(), fork() without exec at once (posix_spawn is right; the child must not keep running the agent's
 * code), chdir(), umask(), setlocale(), setenv(), setuid(), setrlimit(), sched_setscheduler(), mlockall(), prctl(), closing
 * a descriptor that the agent has not opened, dlclose of itself, C++ or other exceptions that leave run(), threads that
 * outlive run(). Open descriptors with O_CLOEXEC. Parameters come in the request, never in the environment: inside the daemon
 * there are no OCF_RESKEY_ variables.
 *
 * A crash (SIGSEGV and the like) ends the daemon. It is started again, finds in its journal that this agent was running,
 * quarantines it and adopts what runs; addresses stay. See doc/plugins.md for the table of what costs what.
 *
 * Compatibility. The 1 in hbd_agent_v1 and in HBD_AGENT_VERSION is the major version. Within it structures only grow, at
 * their end; nothing is ever moved, removed, or given another meaning. Every structure begins with version and size: look at
 * size before a field that is marked "since" something later than 1.0. An object may export hbd_agent_v1 and a later
 * hbd_agent_v2 side by side.
 */
#ifndef HBD_AGENT_H
#define HBD_AGENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HBD_AGENT_VERSION 1u

/* What is asked. More may come: answer HBD_UNIMPLEMENTED to a number that is not known. */
enum hbd_action {
    HBD_ACTION_START = 0,
    HBD_ACTION_STOP = 1,
    HBD_ACTION_MONITOR = 2,        /* HBD_OK or HBD_NOT_RUNNING; anything else is a failure */
    HBD_ACTION_META_DATA = 3,      /* never passed to run(): meta_data() is called */
    HBD_ACTION_VALIDATE_ALL = 4,   /* look at the parameters, touch nothing */

    /* Not asked of shared objects yet: a promotable resource is a program with the OCF interface. */
    HBD_ACTION_PROMOTE = 5,
    HBD_ACTION_DEMOTE = 6,
    HBD_ACTION_NOTIFY = 7
};

/* What is answered: the codes of the OCF Resource Agent API. */
enum hbd_result {
    HBD_OK = 0,
    HBD_GENERIC = 1,
    HBD_ARGUMENTS = 2,
    HBD_UNIMPLEMENTED = 3,
    HBD_PERMISSION = 4,
    HBD_NOT_INSTALLED = 5,
    HBD_NOT_CONFIGURED = 6,
    HBD_NOT_RUNNING = 7,           /* of a monitor; a stop that says this has failed */
    HBD_RUNNING_PROMOTED = 8,
    HBD_FAILED_PROMOTED = 9,
    HBD_DEGRADED = 190,
    HBD_DEGRADED_PROMOTED = 191
};

enum hbd_severity {
    HBD_DEBUG = 0,
    HBD_INFO = 1,
    HBD_WARNING = 2,
    HBD_ERROR = 3
};

struct hbd_parameter {
    const char *name;              /* UTF-8, ends with a zero byte, never NULL */
    const char *value;
};

/* One call. */
struct hbd_agent_request {
    uint32_t version;              /* HBD_AGENT_VERSION */
    uint32_t size;                 /* of this structure as hbd knows it */
    uint32_t action;               /* enum hbd_action */
    uint32_t check_level;          /* OCF_CHECK_LEVEL: 0, 10, 20 */
    const char *instance;          /* the resource's name in hbd.toml, unique on the node */
    const char *state_directory;   /* of this instance alone; exists, 0700, empty after a reboot */
    const struct hbd_parameter *parameters;
    const char *const *arguments;  /* positional ones, as in haresources: plugin:NAME::one::two */
    uint32_t parameter_count;
    uint32_t argument_count;
    int64_t deadline_ns;           /* CLOCK_MONOTONIC */
    const volatile int32_t *cancel;/* never NULL; read it atomically; not 0: stop waiting and return */
};

/* Where words go. Both functions may be called any number of times, on the thread that is in run(), until it returns; what
 * comes later or on another thread is dropped. They copy, never block and never fail. */
struct hbd_agent_reply {
    uint32_t version;
    uint32_t size;
    void *context;                 /* pass it on unchanged */

    /* Any bytes, whole lines are best. hbd keeps the last 16 KiB of an action; HBD_WARNING and up count as stderr. */
    void (*output)(void *context, uint32_t severity, const char *bytes, size_t length);

    /* Why, in one line, for the status and the log; the last one counts. What ocf_exit_reason is to a script. */
    void (*reason)(void *context, const char *text);
};

/* The agent. */
struct hbd_agent {
    uint32_t version;              /* HBD_AGENT_VERSION */
    uint32_t size;                 /* sizeof(struct hbd_agent) */
    const char *name;              /* what it is called in texts; the file's name is what counts in hbd.toml */
    const char *(*meta_data)(void);/* OCF meta-data as XML, UTF-8 */
    int (*run)(const struct hbd_agent_request *request, const struct hbd_agent_reply *reply);
};

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const struct hbd_agent *hbd_agent_v1(void);

#ifdef __cplusplus
}
#endif
#endif
