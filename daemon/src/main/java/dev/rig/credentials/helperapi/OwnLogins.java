package dev.rig.credentials.helperapi;

import dev.rig.credentials.broker.Answer;
import dev.rig.credentials.broker.Entry;
import dev.rig.credentials.broker.Outcome;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.socket.Peer;
import dev.rig.credentials.store.Login;
import dev.rig.credentials.store.Logins;
import dev.rig.credentials.store.StoreException;
import dev.rig.credentials.wire.Reply;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The logins of whoever asks, beside the configured entries (T18). */
final class OwnLogins {
  private final Logins logins;

  OwnLogins(Logins logins) {
    this.logins = logins;
  }

  /**
   * The asker's own login that answers a question; null where there is none, or the entry comes
   * first.
   *
   * @param entry the configured entry that would answer; null for none
   */
  @Nullable Login answering(Peer peer, ServerKey key, @Nullable Entry entry) {
    var login = logins.find(peer.uid(), key.text(), key.reference());
    return login != null && wins(login, key.reference(), entry) ? login : null;
  }

  /** The asker's own login for an image or a registry, whatever comes before it; null for none. */
  @Nullable Login of(Peer peer, ImageReference reference) {
    return logins.find(peer.uid(), reference.name(), reference);
  }

  /**
   * Whether the asker's own login answers before the configured entry: only where it was stored for
   * a longer path. It is safe that it does then, as nobody but its owner ever gets it, and who may
   * change it may change what its clients ask as well. A question that names only the host is the
   * entry's.
   */
  static boolean wins(Login login, ImageReference reference, @Nullable Entry entry) {
    return entry == null
        || (login.prefix() != null
            && !reference.isHostOnly()
            && login.prefix().path().length() > entry.prefix().path().length());
  }

  /** Shows each login of the asker. */
  void each(Peer peer, Consumer<Login> consumer) {
    logins.of(peer.uid()).forEach(consumer);
  }

  /** Stores a login of the asker. */
  CompletionStage<Answer> store(Peer peer, Login login) {
    return logins
        .store(peer.uid(), login)
        .thenApply(nothing -> new Answer(Reply.text(0, ""), Outcome.STORED, login.name()))
        .exceptionally(thrown -> failed("stored", login.name(), thrown));
  }

  /**
   * Removes the asker's login with exactly that key.
   *
   * @param otherwise the answer where there is none
   */
  CompletionStage<Answer> erase(Peer peer, ServerKey key, Supplier<Answer> otherwise) {
    var name = key.reference().name();
    return logins
        .erase(peer.uid(), key.text(), key.reference())
        .thenApply(erased ->
            erased ? new Answer(Reply.text(0, ""), Outcome.ERASED, name) : otherwise.get())
        .exceptionally(thrown -> failed("removed", name, thrown));
  }

  private static Answer failed(String done, @Nullable String prefix, Throwable thrown) {
    var cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (!(cause instanceof StoreException known)) {
      throw thrown instanceof RuntimeException failure ? failure : new CompletionException(thrown);
    }
    return new Answer(
        Reply.text(
            1, "rig-credentials: the login could not be " + done + ": " + known.getMessage()),
        Outcome.FAILED,
        prefix);
  }
}
