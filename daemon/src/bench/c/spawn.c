/* Runs commands alternately and prints how long each takes as a whole process, in microseconds:
 *   spawn ROUNDS STDIN COMMAND [ARGUMENT]... [-- COMMAND [ARGUMENT]...]...
 * STDIN is a file, or a folder with a file for each round, from 0 on. Each round has another order, so that no command
 * always follows the same one. Prints one line per command: its median and its 90th percentile. A command that fails ends
 * the program. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_COMMANDS 16
#define WARM_UP 10

extern char **environ;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The same orders in every run, because nothing seeds it. */
static void shuffle(int *order, int count) {
    for (int i = count - 1; i > 0; i--) {
        int j = rand() % (i + 1), other = order[j];
        order[j] = order[i];
        order[i] = other;
    }
}

static double run(char **command, const char *input) {
    posix_spawn_file_actions_t files;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, input, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    double start = now();
    if (posix_spawnp(&pid, command[0], &files, NULL, command, environ) != 0 || waitpid(pid, &status, 0) != pid) {
        perror(command[0]);
        exit(1);
    }
    double took = now() - start;
    posix_spawn_file_actions_destroy(&files);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "%s failed\n", command[0]);
        exit(1);
    }
    return took;
}

int main(int argc, char **argv) {
    char **commands[MOST_COMMANDS];
    int count = 0, rounds = argc > 3 ? atoi(argv[1]) : 0;
    for (int i = 3, first = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            argv[i] = NULL;
            first = 1;
        } else if (first && count < MOST_COMMANDS) {
            commands[count++] = &argv[i];
            first = 0;
        }
    }
    if (rounds < 1 || count == 0) {
        fprintf(stderr, "usage: spawn ROUNDS STDIN COMMAND [ARGUMENT]... [-- COMMAND...]\n");
        return 2;
    }
    int order[MOST_COMMANDS];
    for (int c = 0; c < count; c++) {
        order[c] = c;
    }
    double *took = malloc(sizeof(double) * rounds * count);
    struct stat stdin_is;
    int folder = stat(argv[2], &stdin_is) == 0 && S_ISDIR(stdin_is.st_mode);
    char input[4096];
    for (int round = -WARM_UP; round < rounds; round++) {
        snprintf(input, sizeof input, folder ? "%s/%d" : "%s", argv[2], round + WARM_UP);
        shuffle(order, count);
        for (int turn = 0; turn < count; turn++) {
            double micros = run(commands[order[turn]], input);
            if (round >= 0) {
                took[order[turn] * rounds + round] = micros;
            }
        }
    }
    for (int c = 0; c < count; c++) {
        qsort(took + c * rounds, rounds, sizeof(double), ascending);
        printf("%.0f %.0f\n", took[c * rounds + rounds / 2], took[c * rounds + rounds * 9 / 10]);
    }
    return 0;
}
