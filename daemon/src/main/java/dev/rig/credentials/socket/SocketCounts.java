package dev.rig.credentials.socket;

/**
 * What a socket has done since it was opened.
 *
 * @param open connections that are open now
 * @param accepted connections that were served
 * @param denied connections closed because the kernel did not report their peer
 * @param refused connections closed immediately because of a limit
 * @param evicted idle connections closed to make room
 * @param timedOut connections closed by a deadline
 * @param malformed requests that were invalid or too large
 * @param requests requests that were passed to the handler
 * @param pauses how often accepting paused for lack of descriptors or memory
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
