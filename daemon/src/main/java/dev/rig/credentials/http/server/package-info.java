/**
 * HTTP/1.1 over connections that the daemon accepts itself.
 *
 * <p>Helidon's server reads requests, routes them and writes answers; the connections are accepted
 * here. Its own listener binds a Unix socket before its mode can be set (T6), does not report the
 * peer (T17), and sets no deadline for a slow client (T9).
 */
@NullMarked
package dev.rig.credentials.http.server;

import org.jspecify.annotations.NullMarked;
