/*
 * Asks pacemaker-execd, the way Pacemaker's controller does, to start, monitor and stop N resources, up to 100 at a time: its own
 * limit of jobs decides how many run, and more would overflow its queue. Prints the milliseconds of each phase.
 * usage: execd N
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <crm/crm.h>
#include <crm/lrmd.h>

#define AT_ONCE 100

static GMainLoop *loop;
static lrmd_t *lrmd;
static const char *action;
static int asked;
static int answered;
static int count;
static int failed;

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void ask(void)
{
    char name[32];

    snprintf(name, sizeof name, "bench%d", asked++);
    if (lrmd->cmds->exec(lrmd, name, action, NULL, 0, 60000, 0, lrmd_opt_notify_orig_only, NULL) < 0) {
        fprintf(stderr, "exec %s %s failed\n", action, name);
        exit(1);
    }
}

static void on_event(lrmd_event_data_t *event)
{
    if (event->type != lrmd_event_exec_complete) {
        return;
    }
    failed += event->rc != 0;
    if (asked < count) {
        ask();
    }
    if (++answered == count) {
        g_main_loop_quit(loop);
    }
}

static double phase(const char *name)
{
    double begin = now_ms();

    action = name;
    asked = answered = 0;
    while (asked < count && asked < AT_ONCE) {
        ask();
    }
    g_main_loop_run(loop);
    return now_ms() - begin;
}

int main(int argc, char **argv)
{
    count = argc == 2 ? atoi(argv[1]) : 0;
    lrmd = lrmd_api_new();
    if (count <= 0) {
        fprintf(stderr, "usage: execd N\n");
        return 2;
    }
    loop = g_main_loop_new(NULL, FALSE);
    lrmd->cmds->set_callback(lrmd, on_event);
    for (int tries = 0; lrmd->cmds->connect(lrmd, "bench", NULL) != 0; tries++) {
        if (tries == 50) {
            fprintf(stderr, "no connection to pacemaker-execd\n");
            return 1;
        }
        g_usleep(100000);
    }
    for (int i = 0; i < count; i++) {
        char name[32];

        snprintf(name, sizeof name, "bench%d", i);
        if (lrmd->cmds->register_rsc(lrmd, name, "ocf", "pacemaker", "Dummy", lrmd_opt_none) != 0) {
            fprintf(stderr, "register %s failed\n", name);
            return 1;
        }
    }
    double start = phase("start");
    double monitor = phase("monitor");
    double stop = phase("stop");

    printf("%.1f %.1f %.1f %d\n", start, monitor, stop, failed);
    lrmd->cmds->disconnect(lrmd);
    return failed != 0;
}
