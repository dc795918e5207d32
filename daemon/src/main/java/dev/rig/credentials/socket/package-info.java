/**
 * The daemon's Unix socket: bind, accept, peer credentials, deadlines and limits. One event loop on
 * one platform thread serves every connection; requests go to a {@link
 * dev.rig.credentials.socket.RequestHandler}.
 */
@NullMarked
package dev.rig.credentials.socket;

import org.jspecify.annotations.NullMarked;
