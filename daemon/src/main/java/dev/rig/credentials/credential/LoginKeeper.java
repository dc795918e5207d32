package dev.rig.credentials.credential;

import java.util.concurrent.CompletableFuture;

/** Stores logins that clients can change, as another credential helper does. */
public interface LoginKeeper {
  /** Returns its name, for people: {@code docker-credential-pass}. */
  String name();

  /**
   * Stores a login in place of an earlier one.
   *
   * @param registry the registry as host and path
   * @return completes exceptionally with a {@link SourceException} if it was not stored
   */
  CompletableFuture<Void> store(String registry, Credential credential);

  /**
   * Erases a login.
   *
   * @param registry the registry as host and path
   * @return completes exceptionally with a {@link SourceException} if that failed, with class
   *     {@link ReasonClass#NOT_FOUND} if there was none
   */
  CompletableFuture<Void> erase(String registry);
}
