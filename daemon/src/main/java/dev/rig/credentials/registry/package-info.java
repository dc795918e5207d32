/**
 * What a container registry says about images and tags, and why it gave no answer.
 *
 * <p>It needs no library. The ORAS Java SDK (0.7.0) sends a credential to any realm that a registry
 * names, reads challenges by one regular expression, waits a minute to connect, bounds no answer,
 * and brings 24 MB with jackson-databind, micrometer and zstd. Helidon's WebClient (4.5.0) decodes
 * and reorders path and query of the address it is given, which breaks the signed locations that
 * blobs are redirected to; its timeouts are those of single reads; and 430 ms and 30 MB of heap go
 * by before its first request. What remains is one request a connection, on plain sockets: the
 * address that is checked is the one connected to, and a question that takes too long is cut.
 */
@NullMarked
package dev.rig.credentials.registry;

import org.jspecify.annotations.NullMarked;
