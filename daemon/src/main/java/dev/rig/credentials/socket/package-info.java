/** The daemon's Unix socket: connections, deadlines, limits, and one event loop for all of them. */
@NullMarked
package dev.rig.credentials.socket;

import org.jspecify.annotations.NullMarked;
