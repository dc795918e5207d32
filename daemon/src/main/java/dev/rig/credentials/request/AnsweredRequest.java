package dev.rig.credentials.request;

import dev.rig.credentials.linux.Peer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An answered request. Contains no secret, and no text of the peer.
 *
 * @param action the action in a word: {@code get}, {@code kubelet}; {@code request} for an invalid
 *     request
 * @param prefix its entry or stored login, as a normalised prefix; null if none
 * @param took from the complete request to its answer
 * @param peer the client
 */
public record AnsweredRequest(
    String action, @Nullable String prefix, RequestOutcome outcome, Duration took, Peer peer) {}
