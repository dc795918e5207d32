/* A minimal client of the daemon's socket, with which all others are compared.
 *   bare ACTION SOCKET <PAYLOAD */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(2);
}

static void send_all(int to, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = write(to, bytes, length);
        if (n < 0) {
            fail("write");
        }
        bytes += n;
        length -= n;
    }
}

int main(int argc, char **argv) {
    static char buffer[65536];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (argc != 3 || strlen(argv[1]) > 64 || strlen(argv[2]) >= sizeof address.sun_path) {
        return 2;
    }
    size_t length = strlen(argv[1]);
    memcpy(buffer, argv[1], length);
    buffer[length++] = '\n';
    ssize_t n;
    while (length < sizeof buffer && (n = read(0, buffer + length, sizeof buffer - length)) > 0) {
        length += n;
    }
    strcpy(address.sun_path, argv[2]);
    int daemon = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (daemon < 0 || connect(daemon, (struct sockaddr *)&address, sizeof address) != 0) {
        fail(argv[2]);
    }
    send_all(daemon, buffer, length);
    shutdown(daemon, SHUT_WR);
    length = 0;
    while (length < sizeof buffer && (n = read(daemon, buffer + length, sizeof buffer - length)) > 0) {
        length += n;
    }
    char *body = memchr(buffer, '\n', length);
    if (body == NULL) {
        return 2;
    }
    body++;
    send_all(1, body, length - (body - buffer));
    return atoi(buffer);
}
