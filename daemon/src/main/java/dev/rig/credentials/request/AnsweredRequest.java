package dev.rig.credentials.request;

import dev.rig.credentials.linux.Peer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered. Holds no secret, and nothing as the peer wrote it.
 *
 * @param action what was asked, in a word: {@code get}, {@code kubelet}; {@code request} for what
 *     was no request
 * @param prefix the entry or stored login that it was about, as a normalised prefix; null for none
 * @param took from the complete request to its answer
 * @param peer who asked
 */
public record AnsweredRequest(
    String action, @Nullable String prefix, RequestOutcome outcome, Duration took, Peer peer) {}
