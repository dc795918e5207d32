/* Clients that send requests to a server on a Unix socket back to back, each on its own connection:
 *   load ROUNDS CLIENTS ASKS REQUEST SERVER...
 * A SERVER is SOCKET or SOCKET,N: then N idle connections of four users are open meanwhile. Each round uses every server
 * once, and every client sends ASKS requests; three rounds warm up, unless there is only one. A rejected request is
 * repeated with the pauses of docker-credential-rig. Prints one line per server: the median and the 99th percentile from
 * the first connect to the end of the answer in microseconds, answers per second, and the time of the last answer in
 * microseconds since 1970. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP 3
#define USERS 4
#define FIRST_UID 20001
#define FIRST_PAUSE 10000
#define LONGEST_PAUSE 200000
#define PATIENCE 60e6

struct server {
    struct sockaddr_un address;
    int idle;
    double *took;
    double seconds;
};

static char request[65536];
static size_t request_length;
static int asks;
static pthread_barrier_t gate;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int connected(const struct sockaddr_un *address) {
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0 || connect(client, (const struct sockaddr *)address, sizeof *address) != 0) {
        fail(address->sun_path);
    }
    return client;
}

/* Makes one attempt; returns whether there was an answer. */
static int answered(const struct sockaddr_un *address) {
    char answer[4096];
    ssize_t n, all = 0;
    int client = connected(address);
    if (send(client, request, request_length, MSG_NOSIGNAL) == (ssize_t)request_length) {
        shutdown(client, SHUT_WR);
        while ((n = read(client, answer, sizeof answer)) > 0) {
            all += n;
        }
    }
    close(client);
    return all > 0;
}

static void ask(const struct sockaddr_un *address) {
    useconds_t pause = FIRST_PAUSE;
    double end = now(CLOCK_MONOTONIC) + PATIENCE;
    while (!answered(address)) {
        if (now(CLOCK_MONOTONIC) > end) {
            fprintf(stderr, "no answer from %s\n", address->sun_path);
            exit(1);
        }
        usleep(pause);
        pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE;
    }
}

struct client {
    pthread_t thread;
    const struct sockaddr_un *address;
    double *took;
};

static void *ask_on(void *argument) {
    struct client *self = argument;
    pthread_barrier_wait(&gate);
    for (int i = 0; i < asks; i++) {
        double began = now(CLOCK_MONOTONIC);
        ask(self->address);
        self->took[i] = now(CLOCK_MONOTONIC) - began;
    }
    return NULL;
}

/* Sets the uid of this thread only: the C library would change the whole process. */
static void become(uid_t uid) {
    if (geteuid() == 0 || uid == 0) {
        syscall(SYS_setresuid, -1, uid, -1);
    }
}

static void round_of(struct server *server, int clients, double *took) {
    int *idle = calloc(server->idle + 1, sizeof *idle);
    for (int i = 0; i < server->idle; i++) {
        become(FIRST_UID + i * USERS / server->idle);
        idle[i] = connected(&server->address);
        become(0);
    }
    usleep(100000); /* until the server has accepted them, or noticed the end of the previous ones */
    struct client *all = calloc(clients, sizeof *all);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pthread_barrier_init(&gate, NULL, clients + 1);
    for (int i = 0; i < clients; i++) {
        all[i].address = &server->address;
        all[i].took = took + (size_t)i * asks;
        if ((errno = pthread_create(&all[i].thread, &small, ask_on, &all[i])) != 0) {
            fail("pthread_create");
        }
    }
    pthread_barrier_wait(&gate);
    double began = now(CLOCK_MONOTONIC);
    for (int i = 0; i < clients; i++) {
        pthread_join(all[i].thread, NULL);
    }
    server->seconds += (now(CLOCK_MONOTONIC) - began) / 1e6;
    pthread_barrier_destroy(&gate);
    free(all);
    for (int i = 0; i < server->idle; i++) {
        close(idle[i]);
    }
    free(idle);
}

int main(int argc, char **argv) {
    int rounds = argc > 5 ? atoi(argv[1]) : 0, clients = argc > 5 ? atoi(argv[2]) : 0, servers = argc - 5;
    asks = argc > 5 ? atoi(argv[3]) : 0;
    if (rounds < 1 || clients < 1 || asks < 1) {
        fprintf(stderr, "usage: load ROUNDS CLIENTS ASKS REQUEST SOCKET[,IDLE]...\n");
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int in = open(argv[4], O_RDONLY);
    ssize_t length = read(in, request, sizeof request);
    if (length <= 0) {
        fail(argv[4]);
    }
    request_length = length;
    size_t turn = (size_t)clients * asks;
    struct server *all = calloc(servers, sizeof *all);
    for (int s = 0; s < servers; s++) {
        char *comma = strchr(argv[5 + s], ',');
        if (comma != NULL) {
            *comma = 0;
            all[s].idle = atoi(comma + 1);
        }
        all[s].address.sun_family = AF_UNIX;
        strncpy(all[s].address.sun_path, argv[5 + s], sizeof all[s].address.sun_path - 1);
        all[s].took = calloc(turn * rounds, sizeof(double));
    }
    int warm_up = rounds == 1 ? 0 : WARM_UP;
    double last = 0;
    for (int round = -warm_up; round < rounds; round++) {
        for (int s = 0; s < servers; s++) {
            if (round == 0) {
                all[s].seconds = 0;
            }
            round_of(&all[s], clients, all[s].took + (round < 0 ? 0 : round) * turn);
            last = now(CLOCK_REALTIME);
        }
    }
    for (int s = 0; s < servers; s++) {
        size_t count = turn * rounds;
        qsort(all[s].took, count, sizeof(double), ascending);
        printf("%.1f %.1f %.0f %.0f\n", all[s].took[count / 2], all[s].took[count * 99 / 100], count / all[s].seconds,
               last);
    }
    return 0;
}
