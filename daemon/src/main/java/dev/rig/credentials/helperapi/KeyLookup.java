package dev.rig.credentials.helperapi;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.Broker.Question;
import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.store.StoredLogin;
import dev.rig.credentials.store.StoredLogins;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Finds what answers a key: a login of the peer's own (T18), or an entry that the peer may get. */
final class KeyLookup {
  private final Broker broker;
  private final StoredLogins logins;

  KeyLookup(Broker broker, StoredLogins logins) {
    this.broker = broker;
    this.logins = logins;
  }

  /** What answers a key. */
  sealed interface KeyAnswer {
    /** A login of the peer's own. */
    record StoredLoginAnswer(StoredLogin login) implements KeyAnswer {}

    /** The result of a configured entry, or none. */
    record Configured(Lookup lookup) implements KeyAnswer {}

    /**
     * An entry that the access rules deny to the peer.
     *
     * @param prefix the entry, as its normalised prefix
     */
    record Denied(String prefix) implements KeyAnswer {}
  }

  /**
   * Returns the answer to a key; never fails.
   *
   * @param use false for a listing
   */
  CompletableFuture<KeyAnswer> find(
      String alias, ServerKey key, Peer peer, PeerRights rights, boolean use) {
    var reference = key.reference();
    // An alias selects its entry for any key, so only the rules for that entry count.
    boolean mayAsk = alias.isEmpty() && rights.may(Permission.GET, reference);
    var own =
        alias.isEmpty() && rights.mayWithOwn(Permission.GET, reference)
            ? logins.find(peer.uid(), reference)
            : null;
    return broker.<KeyAnswer>answer(
        new Question(reference, alias, null, use, false),
        entry -> {
          if (own != null && wins(own, reference, entry)) {
            return Optional.of(new KeyAnswer.StoredLoginAnswer(own));
          }
          return entry == null || mayAsk || rights.may(Permission.GET, entry.prefix())
              ? Optional.empty()
              : Optional.of(new KeyAnswer.Denied(entry.prefix().toString()));
        },
        KeyAnswer.Configured::new);
  }

  /**
   * Returns whether the peer's own login has precedence over the configured entry: only if it was
   * stored for a longer path. This is safe, because only its owner gets it, and a process that can
   * change it can also change its clients' requests. A request that names only the host is answered
   * by the entry.
   */
  static boolean wins(StoredLogin login, ImageReference reference, @Nullable BrokerEntry entry) {
    return entry == null
        || (login.prefix() != null
            && !reference.isHostOnly()
            && login.prefix().path().length() > entry.prefix().path().length());
  }
}
