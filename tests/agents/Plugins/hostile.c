/*
 * An agent that does what no agent may do, when its parameters say so: start=hang, monitor=segv and the like. A word only
 * counts while the file of the parameter "armed" is there, when that is given. "running" in the state directory is what it
 * starts. Says its process id, so that a test knows where it ran.
 */
#define _GNU_SOURCE
#include "hbd_agent.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef NAME
#define NAME "hostile"
#endif

static const char *parameter(const struct hbd_agent_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->parameter_count; i++) {
        if (strcmp(request->parameters[i].name, name) == 0)
            return request->parameters[i].value;
    }
    return "";
}

/* Two test hosts on one machine share a state directory; what a parameter says they do not. */
static const char *directory(const struct hbd_agent_request *request)
{
    const char *given = parameter(request, "directory");
    return *given != '\0' ? given : request->state_directory;
}

static void nap(void)
{
    struct timespec time = { 0, 5 * 1000 * 1000 };
    nanosleep(&time, NULL);
}

static void print(const struct hbd_agent_reply *reply, uint32_t severity, const char *text)
{
    reply->output(reply->context, severity, text, strlen(text));
}

static void misbehave(const char *how, const struct hbd_agent_request *request, const struct hbd_agent_reply *reply)
{
    const char *gate = parameter(request, "gate");
    volatile int *nowhere = NULL;
    if (strcmp(how, "hang") == 0) {
        while (*gate == '\0' || access(gate, F_OK) != 0)
            nap();
    } else if (strcmp(how, "spin") == 0) {
        while (*gate == '\0' || access(gate, F_OK) != 0) {
        }
    } else if (strcmp(how, "deaf") == 0) {
        signal(SIGTERM, SIG_IGN);
        for (;;)
            nap();
    } else if (strcmp(how, "cancel") == 0) {
        while (__atomic_load_n(request->cancel, __ATOMIC_ACQUIRE) == 0)
            nap();
    } else if (strcmp(how, "close") == 0) {
        for (int fd = 3; fd < 1024; fd++)
            close(fd);
    } else if (strcmp(how, "flood") == 0) {
        static char block[1000 * 1000];
        memset(block, 'x', sizeof block);
        block[sizeof block - 1] = '\n';
        for (int i = 0; i < 100; i++)
            reply->output(reply->context, HBD_INFO, block, sizeof block);
        print(reply, HBD_INFO, "last words\n");
    } else if (strcmp(how, "fork") == 0) {
        pid_t child = fork();
        if (child == 0) {
            for (;;)
                nap();
        }
        char path[4096], text[32];
        snprintf(path, sizeof path, "%s/child", directory(request));
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        int length = snprintf(text, sizeof text, "%d\n", (int)child);
        if (fd < 0 || write(fd, text, (size_t)length) != length)
            abort();
        close(fd);
    } else if (strcmp(how, "segv") == 0) {
        *nowhere = 1;
    } else if (strcmp(how, "exit") == 0) {
        exit(0);
    } else if (strcmp(how, "code") == 0) {
        return;
    }
}

static int run(const struct hbd_agent_request *request, const struct hbd_agent_reply *reply)
{
    static const char *const actions[] = { "start", "stop", "monitor", "meta-data", "validate-all" };
    char path[4096], text[64];
    snprintf(path, sizeof path, "%s/running", directory(request));
    snprintf(text, sizeof text, "process %d\n", (int)getpid());
    print(reply, HBD_INFO, text);
    const char *how = request->action < 5 ? parameter(request, actions[request->action]) : "";
    const char *armed = parameter(request, "armed");
    if (*how != '\0' && (*armed == '\0' || access(armed, F_OK) == 0))
        misbehave(how, request, reply);
    if (strcmp(how, "code") == 0) {
        reply->reason(reply->context, "told to");
        return atoi(parameter(request, "code"));
    }

    int fd;
    switch (request->action) {
    case HBD_ACTION_START:
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return HBD_GENERIC;
        close(fd);
        return HBD_OK;
    case HBD_ACTION_STOP:
        unlink(path);
        return HBD_OK;
    case HBD_ACTION_MONITOR:
        return access(path, F_OK) == 0 ? HBD_OK : HBD_NOT_RUNNING;
    default:
        return request->argument_count > 0 ? HBD_ARGUMENTS : HBD_OK;
    }
}

static const char *meta_data(void)
{
    return "<resource-agent name=\"" NAME "\"/>";
}

#ifndef VERSION
#define VERSION HBD_AGENT_VERSION
#endif
#ifndef ENTRY
#define ENTRY hbd_agent_v1
#endif

const struct hbd_agent *ENTRY(void)
{
    static const struct hbd_agent agent = { VERSION, sizeof agent, NAME, meta_data, run };
    return &agent;
}
