package dev.rig.credentials.credential;

import java.util.concurrent.CompletableFuture;

/** Stores and erases logins of clients, for example in another credential helper. */
public interface LoginKeeper {
  /** Returns the keeper's name, for people: {@code docker-credential-pass}. */
  String name();

  /**
   * Stores a login, and replaces an earlier one.
   *
   * @param registry the registry as host and path
   * @return completes exceptionally with a {@link SourceException} if it was not stored
   */
  CompletableFuture<Void> store(String registry, Credential credential);

  /**
   * Erases a login.
   *
   * @param registry the registry as host and path
   * @return completes exceptionally with a {@link SourceException} if nothing was erased; its class
   *     is {@link ReasonClass#NOT_FOUND} if there was no login
   */
  CompletableFuture<Void> erase(String registry);
}
