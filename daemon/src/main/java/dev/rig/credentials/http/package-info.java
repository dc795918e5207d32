/**
 * HTTP: the platform's API, health, metrics and the status page.
 *
 * <p>Helidon's server reads requests, routes them and writes answers; the connections are accepted
 * here. Its own listener binds a Unix socket before its mode can be set (T6), does not tell who
 * connected (T17), and gives a slow client all the time in the world (T9).
 */
@NullMarked
package dev.rig.credentials.http;

import org.jspecify.annotations.NullMarked;
