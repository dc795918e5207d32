package dev.rig.credentials.socket;

/**
 * What a socket has done since it was opened.
 *
 * @param open connections at this moment
 * @param accepted connections that were let in
 * @param denied connections closed because the kernel would not say whose they are
 * @param refused connections closed at once because there were too many
 * @param evicted idle connections closed to make room
 * @param timedOut connections closed by one of the deadlines
 * @param malformed requests that were no request, or too large
 * @param requests requests that went to the handler
 * @param pauses times that accepting paused for want of descriptors or memory
 */
public record SocketCounts(
    int open,
    long accepted,
    long denied,
    long refused,
    long evicted,
    long timedOut,
    long malformed,
    long requests,
    long pauses) {}
