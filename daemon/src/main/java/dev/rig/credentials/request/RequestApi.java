package dev.rig.credentials.request;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.wire.Request;
import java.util.concurrent.CompletionStage;

/** Answers the requests of some actions. */
@FunctionalInterface
public interface RequestApi {
  /**
   * Answers a request; never fails and never blocks.
   *
   * @param rights of the peer
   */
  CompletionStage<RequestResult> answer(Request request, Peer peer, PeerRights rights);
}
