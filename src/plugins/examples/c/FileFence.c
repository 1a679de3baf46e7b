/*
 * FileFence: a fencing driver that switches nobody off. A file says which nodes are off. For tests, and as a beginning.
 *
 *     cc -shared -fPIC -O2 -I../../include -o FileFence.so FileFence.c
 *
 * Parameters: directory (where the files are), fail (an action that shall fail).
 */
#define _GNU_SOURCE
#include "hbd_stonith.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const s_words[] = { "off", "on", "reboot", "status", "monitor", "list", "validate-all", "meta-data" };

static const char *meta_data(void)
{
    return "<?xml version=\"1.0\"?>\n"
           "<resource-agent name=\"FileFence\" shortdesc=\"A file says which nodes are off\">\n"
           "<parameters>\n"
           "<parameter name=\"directory\" unique=\"0\" required=\"1\"><content type=\"string\"/></parameter>\n"
           "<parameter name=\"fail\" unique=\"0\" required=\"0\"><content type=\"string\"/></parameter>\n"
           "</parameters>\n"
           "<actions><action name=\"off\"/><action name=\"on\"/><action name=\"reboot\"/><action name=\"status\"/>"
           "<action name=\"monitor\"/><action name=\"list\"/><action name=\"validate-all\"/><action name=\"meta-data\"/></actions>\n"
           "</resource-agent>\n";
}

static const char *parameter(const struct hbd_stonith_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->parameter_count; i++) {
        if (strcmp(request->parameters[i].name, name) == 0)
            return request->parameters[i].value;
    }
    return "";
}

static int failed(const struct hbd_stonith_reply *reply, const char *what)
{
    char text[4400];
    snprintf(text, sizeof text, "%s: %s", what, strerror(errno));
    reply->reason(reply->context, text);
    return HBD_STONITH_FAILED;
}

static int run(const struct hbd_stonith_request *request, const struct hbd_stonith_reply *reply)
{
    const char *directory = parameter(request, "directory");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.off", directory, request->plug);
    if (directory[0] != '/') {
        reply->reason(reply->context, "directory: expected an absolute path");
        return HBD_STONITH_NOT_CONFIGURED;
    }
    if (request->action < 8 && strcmp(parameter(request, "fail"), s_words[request->action]) == 0) {
        reply->reason(reply->context, "told to fail");
        return HBD_STONITH_FAILED;
    }

    int fd;
    switch (request->action) {
    case HBD_STONITH_OFF:
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return failed(reply, path);
        close(fd);
        return HBD_STONITH_OK;
    case HBD_STONITH_ON:
    case HBD_STONITH_REBOOT:
        return unlink(path) == 0 || errno == ENOENT ? HBD_STONITH_OK : failed(reply, path);
    case HBD_STONITH_STATUS:
        if (access(path, F_OK) == 0)
            return HBD_STONITH_IS_OFF;
        return errno == ENOENT ? HBD_STONITH_IS_ON : failed(reply, path);
    case HBD_STONITH_MONITOR:
        return access(directory, W_OK) == 0 ? HBD_STONITH_OK : failed(reply, directory);
    case HBD_STONITH_LIST:
        reply->output(reply->context, request->plug, strlen(request->plug));
        reply->output(reply->context, "\n", 1);
        return HBD_STONITH_OK;
    case HBD_STONITH_VALIDATE_ALL:
        return HBD_STONITH_OK;
    default:
        return HBD_STONITH_UNIMPLEMENTED;
    }
}

const struct hbd_stonith *hbd_stonith_v1(void)
{
    static const struct hbd_stonith driver = { HBD_STONITH_VERSION, sizeof driver, "FileFence", meta_data, run };
    return &driver;
}
