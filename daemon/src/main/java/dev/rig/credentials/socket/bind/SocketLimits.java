package dev.rig.credentials.socket.bind;

import dev.rig.credentials.socket.SocketServer;
import java.time.Duration;

/**
 * How much a socket bears, and for how long (T9).
 *
 * @param connections most connections at a time
 * @param connectionsPerUser most connections of one uid at a time, root's too
 * @param backlog connections that the kernel keeps until they are accepted; it caps this at {@code
 *     net.core.somaxconn}
 * @param idle how long a connection may send nothing
 * @param request how long a request may take from its first byte to its end
 * @param answer how long a client may take to read its answer
 * @param handler how long the handler may take; above the client's own 45 s, so that it is a bound
 *     on held memory and nothing else
 * @param evictable how long a connection must have sent nothing before it may be closed to make
 *     room for a new one
 * @param buffered most bytes of requests and answers that are held at a time, of all connections
 *     together; a single one may be larger
 * @param drain how long {@link SocketServer#close} waits for answers that are due; well below the 5
 *     s for which a client asks again, so that it still finds the next daemon (F33)
 */
public record SocketLimits(
    int connections,
    int connectionsPerUser,
    int backlog,
    Duration idle,
    Duration request,
    Duration answer,
    Duration handler,
    Duration evictable,
    long buffered,
    Duration drain) {

  public SocketLimits {
    if (connections < 1 || connectionsPerUser < 1 || backlog < 1) {
      throw new IllegalArgumentException("a limit on connections is at least 1");
    }
  }

  /** What the design promises: 1,024 connections, 256 a uid, 30 s idle, 5 s, 2 s. */
  public static SocketLimits standard() {
    return new SocketLimits(
        1024,
        256,
        1024,
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(2),
        Duration.ofSeconds(50),
        Duration.ofSeconds(1),
        16 * 1024 * 1024,
        Duration.ofSeconds(2));
  }

  /** The same with other limits on connections. */
  public SocketLimits withConnections(int total, int perUser) {
    return new SocketLimits(
        total, perUser, backlog, idle, request, answer, handler, evictable, buffered, drain);
  }

  /** The same with another limit on what is held. */
  public SocketLimits withBuffered(long bytes) {
    return new SocketLimits(
        connections,
        connectionsPerUser,
        backlog,
        idle,
        request,
        answer,
        handler,
        evictable,
        bytes,
        drain);
  }
}
