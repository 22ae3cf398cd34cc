// Runs a command and prints what it cost: wall time, CPU of it and the children it waited for (both in microseconds), peak memory (kilobytes, of the
// largest process) and its wait status. A process begins with the peak of the one that started it, so this is small: static, and posix_spawn.
//
//   measure OUTPUT COMMAND [ARGUMENT...]     the command's standard output and error go to the file OUTPUT
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "measure OUTPUT COMMAND [ARGUMENT...]\n");
        return 64;
    }
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);

    struct timespec started, ended;
    struct rusage used;
    pid_t process;
    int status;
    clock_gettime(CLOCK_MONOTONIC, &started);
    int error = posix_spawnp(&process, argv[2], &files, NULL, argv + 2, environ);
    if (error) {
        fprintf(stderr, "%s: %s\n", argv[2], strerror(error));
        return 71;
    }
    if (wait4(process, &status, 0, &used) != process) {
        perror("wait4");
        return 71;
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    long wall = (ended.tv_sec - started.tv_sec) * 1000000 + (ended.tv_nsec - started.tv_nsec) / 1000;
    long cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    printf("%ld %ld %ld %d\n", wall, cpu, used.ru_maxrss, status);
    return 0;
}
