package dev.rig.credentials.registry.client;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.RegistryCredentials;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Answers from a list, in order; a rejected credential is replaced by the next. */
public final class FakeCredentials implements RegistryCredentials {
  private final ArrayDeque<Lookup> answers;
  private int lookups;
  private int rejections;

  FakeCredentials(Lookup... answers) {
    this.answers = new ArrayDeque<>(List.of(answers));
  }

  public static FakeCredentials none() {
    return new FakeCredentials(new Lookup.NotFound("no entry matches it"));
  }

  /** Returns credentials of the user bot with these passwords. */
  public static FakeCredentials passwords(String... passwords) {
    return new FakeCredentials(
        List.of(passwords).stream().map(password -> found("bot", password)).toArray(Lookup[]::new));
  }

  static Lookup found(String user, String password) {
    var credential = new Credential(user, Secret.of(password));
    return new Lookup.Found("the.entry", new Lease(credential, Instant.EPOCH, Lease.NEVER));
  }

  @Override
  public synchronized CompletableFuture<Lookup> lookup(ImageReference reference) {
    lookups++;
    return CompletableFuture.completedFuture(answers.getFirst());
  }

  @Override
  public synchronized boolean reject(ImageReference reference, Lease lease) {
    rejections++;
    if (answers.size() > 1) {
      answers.removeFirst();
    }
    return true;
  }

  synchronized int lookups() {
    return lookups;
  }

  synchronized int rejections() {
    return rejections;
  }
}
