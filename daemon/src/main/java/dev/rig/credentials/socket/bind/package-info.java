/**
 * Owns the file of a Unix socket: locks, checks, binds or inherits it, and binds it again after a
 * deletion.
 */
@NullMarked
package dev.rig.credentials.socket.bind;

import org.jspecify.annotations.NullMarked;
