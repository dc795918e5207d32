package dev.rig.credentials.socket.bind;

import dev.rig.credentials.socket.SocketServer;
import java.time.Duration;

/**
 * The limits of a socket (T9).
 *
 * @param connections the most connections at a time
 * @param connectionsPerUser the most connections of one uid at a time, also of root
 * @param backlog connections that the kernel queues; capped at {@code net.core.somaxconn}
 * @param idle how long a connection may send nothing
 * @param request how long a request may take from its first byte to its end
 * @param answer how long a client may take to read its answer
 * @param handler how long the handler may take; longer than the client's 45 s, so that it only
 *     limits held memory
 * @param evictable how long a connection must have sent nothing before it may be closed to make
 *     room for a new one
 * @param buffered the most bytes of requests and answers held for all connections together; a
 *     single one may be larger
 * @param drain how long {@link SocketServer#close} waits for pending answers; well below the 5 s of
 *     a client's retries, so that clients still reach the next daemon (F33)
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

  /** Returns the documented limits: 1,024 connections, 256 per uid, 30 s idle, 5 s, 2 s. */
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

  /** Returns a copy with other limits on connections. */
  public SocketLimits withConnections(int total, int perUser) {
    return new SocketLimits(
        total, perUser, backlog, idle, request, answer, handler, evictable, buffered, drain);
  }

  /** Returns a copy with another limit on held bytes. */
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
