/*
 * hbd_stonith.h: fencing devices as shared objects of hbd, version 1.
 *
 *     const struct hbd_stonith *hbd_stonith_v1(void);
 *
 * is the one symbol exported. Put the object into /usr/lib/hbd/stonith/NAME.so and write agent = "plugin:NAME" in [[stonith]].
 *
 * A driver always runs in a process of its own (hbd stonith exec FILE ACTION), never inside the daemon: what fences a node
 * must not be able to take the fencing node down with it. So exit, signals and descriptors are the driver's own business;
 * everything it started is ended with it (SIGTERM at the deadline, SIGKILL a second later). Parameters, secrets among them,
 * come in the request: they never stand in arguments or in the environment. Do not print them.
 *
 * Proof. off and reboot that return HBD_STONITH_OK say "the command was carried out". The node counts as PROVEN off only
 * when status says HBD_STONITH_IS_OFF afterwards: hbd asks until the device's timeout is over. A driver that cannot know
 * answers HBD_STONITH_UNIMPLEMENTED to status; then the result is only "assumed", and counts as proof only where the
 * administrator has written verify = false and unsafe = true. Never guess.
 *
 * Memory, compatibility: as in hbd_agent.h. Structures only grow at their end, the major version is in the symbol's name.
 */
#ifndef HBD_STONITH_H
#define HBD_STONITH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HBD_STONITH_VERSION 1u

enum hbd_stonith_action {
    HBD_STONITH_OFF = 0,
    HBD_STONITH_ON = 1,
    HBD_STONITH_REBOOT = 2,
    HBD_STONITH_STATUS = 3,        /* is the node on? HBD_STONITH_IS_ON or HBD_STONITH_IS_OFF */
    HBD_STONITH_MONITOR = 4,       /* does the device answer? changes nothing */
    HBD_STONITH_LIST = 5,          /* print the nodes it controls, one a line */
    HBD_STONITH_VALIDATE_ALL = 6,  /* look at the parameters, touch nothing */
    HBD_STONITH_META_DATA = 7      /* never passed to run() */
};

enum hbd_stonith_result {
    HBD_STONITH_OK = 0,
    HBD_STONITH_FAILED = 1,        /* worth another attempt */
    HBD_STONITH_IS_ON = 2,         /* of status only */
    HBD_STONITH_IS_OFF = 3,        /* of status only */
    HBD_STONITH_UNIMPLEMENTED = 4,
    HBD_STONITH_NOT_CONFIGURED = 5 /* another attempt cannot help */
};

struct hbd_stonith_parameter {
    const char *name;
    const char *value;
};

struct hbd_stonith_request {
    uint32_t version;              /* HBD_STONITH_VERSION */
    uint32_t size;
    uint32_t action;               /* enum hbd_stonith_action */
    uint32_t parameter_count;
    const char *node;              /* the node's name */
    const char *plug;              /* what the device calls it; the node's name when nothing else was said */
    const struct hbd_stonith_parameter *parameters;
    int64_t deadline_ns;           /* CLOCK_MONOTONIC */
};

struct hbd_stonith_reply {
    uint32_t version;
    uint32_t size;
    void *context;
    void (*output)(void *context, const char *bytes, size_t length);
    void (*reason)(void *context, const char *text);
};

struct hbd_stonith {
    uint32_t version;              /* HBD_STONITH_VERSION */
    uint32_t size;                 /* sizeof(struct hbd_stonith) */
    const char *name;
    const char *(*meta_data)(void);
    int (*run)(const struct hbd_stonith_request *request, const struct hbd_stonith_reply *reply);
};

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const struct hbd_stonith *hbd_stonith_v1(void);

#ifdef __cplusplus
}
#endif
#endif
