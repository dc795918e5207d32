package dev.rig.credentials.socket.bind;

import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.socket.SocketServer;
import org.jspecify.annotations.Nullable;

/**
 * Whether clients can reach the socket.
 *
 * @param bound whether the file at the path is ours and the event loop runs
 * @param problem why it is not bound; null when it is, and after {@link SocketServer#close}
 */
public record SocketHealth(boolean bound, @Nullable Problem problem) {}
