/*
 * The least that running a program can cost: posix_spawn and wait, N times, one after the other. Prints the milliseconds.
 * usage: spawn N PROGRAM ARGUMENT...
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

int main(int argc, char **argv)
{
    struct timespec begin, end;
    int count = argc > 2 ? atoi(argv[1]) : 0;

    if (count <= 0) {
        fprintf(stderr, "usage: spawn N PROGRAM ARGUMENT...\n");
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < count; i++) {
        pid_t pid;
        int status;
        char number[16];

        snprintf(number, sizeof number, "%d", i);
        setenv("OCF_RESOURCE_INSTANCE", number, 1);
        if (posix_spawn(&pid, argv[2], NULL, NULL, argv + 2, environ) != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
            fprintf(stderr, "%s: failed\n", argv[2]);
            return 1;
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.1f\n", (end.tv_sec - begin.tv_sec) * 1e3 + (end.tv_nsec - begin.tv_nsec) / 1e6);
    return 0;
}
