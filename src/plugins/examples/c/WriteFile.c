/*
 * WriteFile: an agent that writes a file. One file that is both: a program with the OCF interface, and a shared object that
 * hbd loads.
 *
 *     cc -shared -fPIC -O2 -I../../include -Wl,-e,hbd_program_entry -o WriteFile.so WriteFile.c
 *
 * How that works. A shared object becomes a program when it names an interpreter (the .interp section below) and has an entry
 * (-e): the kernel maps both, the interpreter loads libc, and the entry calls libc's own start routine with main. It is not
 * a PIE, because dlopen refuses those.
 *
 * Start writes the file as a whole (a new file, then rename); stop removes it; monitor compares its content and mode.
 */
#define _GNU_SOURCE
#include "hbd_agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char s_meta_data[] =
    "<?xml version=\"1.0\"?>\n"
    "<!DOCTYPE resource-agent SYSTEM \"ra-api-1.dtd\">\n"
    "<resource-agent name=\"WriteFile\" version=\"1.0\">\n"
    "<version>1.0</version>\n"
    "<longdesc lang=\"en\">Writes a file on the node that runs the group, and removes it from the one that does not.</longdesc>\n"
    "<shortdesc lang=\"en\">Writes a file</shortdesc>\n"
    "<parameters>\n"
    "<parameter name=\"path\" unique=\"1\" required=\"1\">\n"
    "<longdesc lang=\"en\">The file, with an absolute path. Its directory must be there.</longdesc>\n"
    "<shortdesc lang=\"en\">File</shortdesc>\n"
    "<content type=\"string\"/>\n"
    "</parameter>\n"
    "<parameter name=\"content\" unique=\"0\" required=\"0\">\n"
    "<longdesc lang=\"en\">What is in it. A line feed is added.</longdesc>\n"
    "<shortdesc lang=\"en\">Content</shortdesc>\n"
    "<content type=\"string\" default=\"\"/>\n"
    "</parameter>\n"
    "<parameter name=\"mode\" unique=\"0\" required=\"0\">\n"
    "<longdesc lang=\"en\">Permissions, octal.</longdesc>\n"
    "<shortdesc lang=\"en\">Mode</shortdesc>\n"
    "<content type=\"string\" default=\"0644\"/>\n"
    "</parameter>\n"
    "</parameters>\n"
    "<actions>\n"
    "<action name=\"start\" timeout=\"20s\"/>\n"
    "<action name=\"stop\" timeout=\"20s\"/>\n"
    "<action name=\"monitor\" depth=\"0\" timeout=\"20s\" interval=\"10s\"/>\n"
    "<action name=\"validate-all\" timeout=\"5s\"/>\n"
    "<action name=\"meta-data\" timeout=\"5s\"/>\n"
    "</actions>\n"
    "</resource-agent>\n";

/* What the parameters say. Points into the request. */
struct wanted {
    const char *path;
    const char *content;
    size_t length;
    mode_t mode;
};

static void say_why(const struct hbd_agent_reply *reply, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    reply->reason(reply->context, text);
}

static const char *parameter(const struct hbd_agent_request *request, const char *name, const char *otherwise)
{
    for (uint32_t i = 0; i < request->parameter_count; i++) {
        if (strcmp(request->parameters[i].name, name) == 0)
            return request->parameters[i].value;
    }
    return otherwise;
}

static int read_parameters(const struct hbd_agent_request *request, const struct hbd_agent_reply *reply, struct wanted *wanted)
{
    wanted->path = parameter(request, "path", "");
    wanted->content = parameter(request, "content", "");
    wanted->length = strlen(wanted->content);
    if (wanted->path[0] != '/' || strlen(wanted->path) > 4000) {
        say_why(reply, "path: expected an absolute path such as /run/service/config");
        return HBD_NOT_CONFIGURED;
    }

    char *end;
    const char *mode = parameter(request, "mode", "0644");
    unsigned long bits = strtoul(mode, &end, 8);
    if (*mode == '\0' || *end != '\0' || bits > 07777) {
        say_why(reply, "mode: \"%s\" is no mode; expected octal such as 0644", mode);
        return HBD_NOT_CONFIGURED;
    }
    wanted->mode = (mode_t)bits;
    return HBD_OK;
}

static int failed(const struct hbd_agent_reply *reply, const char *path)
{
    int error = errno;
    say_why(reply, "%s: %s", path, strerror(error));
    return error == EACCES || error == EPERM ? HBD_PERMISSION : HBD_GENERIC;
}

/* HBD_OK, HBD_NOT_RUNNING, or a failure: another file in its place. */
static int monitor(const struct wanted *wanted, const struct hbd_agent_reply *reply)
{
    int fd = open(wanted->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? HBD_NOT_RUNNING : failed(reply, wanted->path);

    struct stat facts;
    char *found = malloc(wanted->length + 2);
    ssize_t length = -1;
    if (found != NULL && fstat(fd, &facts) == 0)
        length = read(fd, found, wanted->length + 2);
    close(fd);
    if (length < 0) {
        free(found);
        return failed(reply, wanted->path);
    }

    int same = (size_t)length == wanted->length + 1 && memcmp(found, wanted->content, wanted->length) == 0
        && found[wanted->length] == '\n';
    free(found);
    if (!same) {
        say_why(reply, "%s has another content", wanted->path);
        return HBD_GENERIC;
    }
    if ((facts.st_mode & 07777) != wanted->mode) {
        say_why(reply, "%s has mode %04o, expected %04o", wanted->path, facts.st_mode & 07777u, wanted->mode);
        return HBD_GENERIC;
    }
    return HBD_OK;
}

static int write_whole(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static int start(const struct wanted *wanted, const struct hbd_agent_request *request, const struct hbd_agent_reply *reply)
{
    char beside[4096];
    snprintf(beside, sizeof beside, "%s.new", wanted->path);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return failed(reply, beside);

    int bad = write_whole(fd, wanted->content, wanted->length) != 0 || write_whole(fd, "\n", 1) != 0
        || fchmod(fd, wanted->mode) != 0 || fsync(fd) != 0;
    bad = close(fd) != 0 || bad;
    if (!bad && __atomic_load_n(request->cancel, __ATOMIC_ACQUIRE) != 0) {
        unlink(beside);
        say_why(reply, "given up before the file was in its place");
        return HBD_GENERIC;
    }
    if (!bad && rename(beside, wanted->path) == 0)
        return HBD_OK;

    int code = failed(reply, wanted->path);
    unlink(beside);
    return code;
}

static int stop(const struct wanted *wanted, const struct hbd_agent_reply *reply)
{
    return unlink(wanted->path) == 0 || errno == ENOENT || errno == ENOTDIR ? HBD_OK : failed(reply, wanted->path);
}

static int run(const struct hbd_agent_request *request, const struct hbd_agent_reply *reply)
{
    struct wanted wanted;
    int code = read_parameters(request, reply, &wanted);
    if (code != HBD_OK)
        return code;

    switch (request->action) {
    case HBD_ACTION_START:
        return start(&wanted, request, reply);
    case HBD_ACTION_STOP:
        return stop(&wanted, reply);
    case HBD_ACTION_MONITOR:
        return monitor(&wanted, reply);
    case HBD_ACTION_VALIDATE_ALL:
        return HBD_OK;
    default:
        return HBD_UNIMPLEMENTED;
    }
}

static const char *meta_data(void)
{
    return s_meta_data;
}

const struct hbd_agent *hbd_agent_v1(void)
{
    static const struct hbd_agent agent = { HBD_AGENT_VERSION, sizeof agent, "WriteFile", meta_data, run };
    return &agent;
}

/* ---- The same as a program: OCF parameters from the environment, exit code, reason on stderr. ---- */

extern char **environ;

static void print(void *context, uint32_t severity, const char *bytes, size_t length)
{
    (void)context;
    fwrite(bytes, 1, length, severity >= HBD_WARNING ? stderr : stdout);
}

static void print_reason(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "ocf-exit-reason:%s\n", text);
}

static uint32_t read_environment(struct hbd_parameter *parameters, uint32_t most)
{
    static const char prefix[] = "OCF_RESKEY_";
    uint32_t count = 0;
    for (char **variable = environ; *variable != NULL && count < most; variable++) {
        char *equals = strchr(*variable, '=');
        if (strncmp(*variable, prefix, sizeof prefix - 1) == 0 && equals != NULL) {
            parameters[count].name = strndup(*variable + sizeof prefix - 1, (size_t)(equals - *variable) - (sizeof prefix - 1));
            parameters[count++].value = equals + 1;
        }
    }
    return count;
}

static int action_of(const char *word)
{
    static const char *const words[] = { "start", "stop", "monitor", "meta-data", "validate-all" };
    for (int i = 0; i < 5; i++) {
        if (strcmp(word, words[i]) == 0)
            return i;
    }
    return strcmp(word, "status") == 0 ? HBD_ACTION_MONITOR : -1;
}

static int program(int count, char **words)
{
    int action = count > 1 ? action_of(words[1]) : -1;
    if (action < 0) {
        fprintf(stderr, "usage: %s start|stop|monitor|validate-all|meta-data\n", words[0]);
        return count > 1 ? HBD_UNIMPLEMENTED : HBD_ARGUMENTS;
    }
    if (action == HBD_ACTION_META_DATA) {
        fputs(s_meta_data, stdout);
        return HBD_OK;
    }

    static struct hbd_parameter parameters[64];
    static const int32_t cancel;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const char *instance = getenv("OCF_RESOURCE_INSTANCE");
    struct hbd_agent_request request = {
        .version = HBD_AGENT_VERSION, .size = sizeof request, .action = (uint32_t)action,
        .instance = instance != NULL ? instance : "default", .state_directory = "/run/resource-agents",
        .parameters = parameters, .parameter_count = read_environment(parameters, 64),
        .deadline_ns = (now.tv_sec + 20) * INT64_C(1000000000) + now.tv_nsec, .cancel = &cancel,
    };
    struct hbd_agent_reply reply = { HBD_AGENT_VERSION, sizeof reply, NULL, print, print_reason };
    return run(&request, &reply);
}

#if defined(__x86_64__)
#define INTERPRETER "/lib64/ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
#define INTERPRETER "/lib/ld-linux-aarch64.so.1"
#endif

#ifdef INTERPRETER
const char hbd_interpreter[] __attribute__((section(".interp"), used)) = INTERPRETER;

extern int __libc_start_main(int (*main)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

static int program_main(int count, char **words, char **environment)
{
    (void)environment;
    return program(count, words);
}

/* The kernel leaves the number of words and the words themselves on the stack, and in a register what to call at exit. */
__attribute__((used)) static void program_start(long *stack)
{
    __libc_start_main(program_main, (int)stack[0], (char **)(stack + 1), NULL, NULL, NULL, stack);
    __builtin_trap();
}

#if defined(__x86_64__)
__asm__(".globl hbd_program_entry\n.type hbd_program_entry,@function\nhbd_program_entry:\n"
        "xor %ebp, %ebp\nmov %rsp, %rdi\nand $-16, %rsp\ncall program_start\nhlt\n");
#else
__asm__(".globl hbd_program_entry\n.type hbd_program_entry,%function\nhbd_program_entry:\n"
        "mov x29, #0\nmov x30, #0\nmov x0, sp\nbl program_start\nbrk #0\n");
#endif
#endif
