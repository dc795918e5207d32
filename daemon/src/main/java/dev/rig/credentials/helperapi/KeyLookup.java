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

    /** A configured entry, or nothing. */
    record Configured(Lookup lookup) implements KeyAnswer {}

    /**
     * An entry that the access rules do not let the peer get.
     *
     * @param prefix the entry, as its normalised prefix
     */
    record Denied(String prefix) implements KeyAnswer {}
  }

  /**
   * The answer to a key; never fails.
   *
   * @param use false for a listing
   */
  CompletableFuture<KeyAnswer> find(
      String alias, ServerKey key, Peer peer, PeerRights rights, boolean use) {
    var reference = key.reference();
    // An alias gets its entry whatever is asked for: only the rules for the entry count then.
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
   * Whether the peer's own login answers before the configured entry: only if it was stored for a
   * longer path. This is safe: nobody but its owner ever gets it, and a process that can change it
   * can also change what its clients ask. A question that names only the host is the entry's.
   */
  static boolean wins(StoredLogin login, ImageReference reference, @Nullable BrokerEntry entry) {
    return entry == null
        || (login.prefix() != null
            && !reference.isHostOnly()
            && login.prefix().path().length() > entry.prefix().path().length());
  }
}
