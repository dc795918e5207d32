package dev.rig.credentials.helperapi;

import dev.rig.credentials.broker.BrokerEntry;
import dev.rig.credentials.broker.RequestOutcome;
import dev.rig.credentials.broker.RequestResult;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.store.StoreException;
import dev.rig.credentials.store.StoredLogin;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.wire.Reply;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The logins of whoever asks, beside the configured entries (T18). */
final class UserLoginLookup {
  private final StoredLogins logins;

  UserLoginLookup(StoredLogins logins) {
    this.logins = logins;
  }

  /**
   * The asker's own login that answers a question; null where there is none, or the entry comes
   * first.
   *
   * @param entry the configured entry that would answer; null for none
   */
  @Nullable StoredLogin answering(Peer peer, ServerKey key, @Nullable BrokerEntry entry) {
    var login = logins.find(peer.uid(), key.text(), key.reference());
    return login != null && wins(login, key.reference(), entry) ? login : null;
  }

  /** The asker's own login for an image or a registry, whatever comes before it; null for none. */
  @Nullable StoredLogin of(Peer peer, ImageReference reference) {
    return logins.find(peer.uid(), reference.name(), reference);
  }

  /**
   * Whether the asker's own login answers before the configured entry: only where it was stored for
   * a longer path. It is safe that it does then, as nobody but its owner ever gets it, and who may
   * change it may change what its clients ask as well. A question that names only the host is the
   * entry's.
   */
  static boolean wins(StoredLogin login, ImageReference reference, @Nullable BrokerEntry entry) {
    return entry == null
        || (login.prefix() != null
            && !reference.isHostOnly()
            && login.prefix().path().length() > entry.prefix().path().length());
  }

  /** Shows each login of the asker. */
  void each(Peer peer, Consumer<StoredLogin> consumer) {
    logins.of(peer.uid()).forEach(consumer);
  }

  /** Stores a login of the asker. */
  CompletionStage<RequestResult> store(Peer peer, StoredLogin login) {
    return logins
        .store(peer.uid(), login)
        .thenApply(
            nothing -> new RequestResult(Reply.text(0, ""), RequestOutcome.STORED, login.name()))
        .exceptionally(thrown -> failed("stored", login.name(), thrown));
  }

  /**
   * Removes the asker's login with exactly that key.
   *
   * @param otherwise the answer where there is none
   */
  CompletionStage<RequestResult> erase(
      Peer peer, ServerKey key, Supplier<RequestResult> otherwise) {
    var name = key.reference().name();
    return logins
        .erase(peer.uid(), key.text(), key.reference())
        .thenApply(erased ->
            erased
                ? new RequestResult(Reply.text(0, ""), RequestOutcome.ERASED, name)
                : otherwise.get())
        .exceptionally(thrown -> failed("removed", name, thrown));
  }

  private static RequestResult failed(String done, @Nullable String prefix, Throwable thrown) {
    var cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (!(cause instanceof StoreException known)) {
      throw thrown instanceof RuntimeException failure ? failure : new CompletionException(thrown);
    }
    return new RequestResult(
        Reply.text(
            1, "rig-credentials: the login could not be " + done + ": " + known.getMessage()),
        RequestOutcome.FAILED,
        prefix);
  }
}
