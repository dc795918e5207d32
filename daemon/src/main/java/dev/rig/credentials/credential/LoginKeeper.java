package dev.rig.credentials.credential;

import java.util.concurrent.CompletableFuture;

/** Keeps logins that clients may change, as another credential helper does. */
public interface LoginKeeper {
  /** What it is called, for people: {@code docker-credential-pass}. */
  String name();

  /**
   * Keeps a login in place of an earlier one.
   *
   * @param registry the registry as host and path
   * @return completes exceptionally with a {@link SourceException} if it was not kept
   */
  CompletableFuture<Void> store(String registry, Credential credential);

  /**
   * Forgets a login.
   *
   * @param registry the registry as host and path
   * @return completes exceptionally with a {@link SourceException} if that failed, of the class
   *     {@link ReasonClass#NOT_FOUND} if there was none
   */
  CompletableFuture<Void> erase(String registry);
}
