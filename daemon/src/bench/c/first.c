/* Starts servers alternately and prints how long each takes from exec to its first answer, in milliseconds:
 *   first ROUNDS REQUEST SERVER COMMAND [ARGUMENT]... [-- SERVER COMMAND...]...
 * A SERVER is the path of a Unix socket, which receives the content of the file REQUEST, or a port of 127.0.0.1, which
 * receives a GET of HTTP, every millisecond until it answers. Then SIGTERM ends it. Prints one line per command: the
 * median and the 90th percentile. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 60e3
#define MOST_COMMANDS 16

extern char **environ;

static const char http[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
static char request[65536];
static ssize_t request_length;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int dial(const char *server) {
    if (server[0] == '/') {
        struct sockaddr_un path = {.sun_family = AF_UNIX};
        strncpy(path.sun_path, server, sizeof path.sun_path - 1);
        int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(client, (struct sockaddr *)&path, sizeof path) == 0) {
            return client;
        }
        close(client);
        return -1;
    }
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_port = htons(atoi(server))};
    port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client, (struct sockaddr *)&port, sizeof port) == 0) {
        return client;
    }
    close(client);
    return -1;
}

static int answers(const char *server) {
    char answer[64];
    int client = dial(server);
    if (client < 0) {
        return 0;
    }
    int unix_socket = server[0] == '/';
    const char *question = unix_socket ? request : http;
    ssize_t length = unix_socket ? request_length : (ssize_t)strlen(http);
    int good = send(client, question, length, MSG_NOSIGNAL) == length;
    if (unix_socket) {
        shutdown(client, SHUT_WR);
    }
    good = good && read(client, answer, sizeof answer) > 0 && (answer[0] == '0' || answer[0] == 'H');
    close(client);
    return good;
}

static double run(char **command) {
    posix_spawn_file_actions_t files;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    double began = now();
    if (posix_spawn(&pid, command[1], &files, NULL, command + 1, environ) != 0) {
        perror(command[1]);
        exit(1);
    }
    posix_spawn_file_actions_destroy(&files);
    while (!answers(command[0])) {
        struct timespec pause = {.tv_nsec = 1000000};
        nanosleep(&pause, NULL);
        if (now() - began > PATIENCE || waitpid(pid, &status, WNOHANG) == pid) {
            fprintf(stderr, "%s does not answer\n", command[1]);
            kill(pid, SIGKILL);
            exit(1);
        }
    }
    double took = now() - began;
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    return took;
}

int main(int argc, char **argv) {
    char **commands[MOST_COMMANDS];
    int count = 0, rounds = argc > 4 ? atoi(argv[1]) : 0;
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
        fprintf(stderr, "usage: first ROUNDS REQUEST SERVER COMMAND [ARGUMENT]... [-- SERVER COMMAND...]...\n");
        return 2;
    }
    int in = open(argv[2], O_RDONLY);
    request_length = read(in, request, sizeof request);
    double *took = malloc(sizeof(double) * rounds * count);
    for (int round = -1; round < rounds; round++) {
        for (int c = 0; c < count; c++) {
            double millis = run(commands[c]);
            if (round >= 0) {
                took[c * rounds + round] = millis;
            }
        }
    }
    for (int c = 0; c < count; c++) {
        qsort(took + c * rounds, rounds, sizeof(double), ascending);
        printf("%.1f %.1f\n", took[c * rounds + rounds / 2], took[c * rounds + rounds * 9 / 10]);
    }
    return 0;
}
