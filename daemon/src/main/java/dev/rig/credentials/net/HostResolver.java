package dev.rig.credentials.net;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resolves host names on separate platform threads: while a name server does not answer, the C
 * library blocks, which would occupy the carrier of a virtual thread.
 */
public final class HostResolver {
  /** The lookup itself. */
  public interface Resolver {
    /** Returns the addresses of a name, at least one. */
    InetAddress[] addresses(String name) throws UnknownHostException;
  }

  private static final int AT_A_TIME = 16;

  private final Resolver resolver;
  private final Semaphore turns = new Semaphore(AT_A_TIME);

  public HostResolver(Resolver resolver) {
    this.resolver = resolver;
  }

  /**
   * Returns the addresses of a host, at least one.
   *
   * @throws HttpFailure if it has none, or none in time
   */
  List<InetAddress> lookup(String host, RequestBudget budget)
      throws HttpFailure, InterruptedException {
    try {
      return List.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException itIsAName) {
      return inTime(host, budget);
    }
  }

  private List<InetAddress> inTime(String name, RequestBudget budget)
      throws HttpFailure, InterruptedException {
    var left = budget.left();
    if (!turns.tryAcquire(left.toNanos(), TimeUnit.NANOSECONDS)) {
      throw budget.tooSlow("looking up host names");
    }
    var found = new CompletableFuture<List<InetAddress>>();
    try {
      Thread.ofPlatform().daemon().name("rig-names").start(() -> lookup(name, found));
    } catch (OutOfMemoryError noThread) {
      turns.release();
      throw new HttpFailure(
          HttpFailure.HttpFailureKind.UNREACHABLE,
          "the system has no thread to look up the host name " + name);
    }
    try {
      return found.get(left.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new HttpFailure(
          HttpFailure.HttpFailureKind.UNREACHABLE, "the host name " + name + " is not known");
    } catch (TimeoutException e) {
      throw budget.tooSlow("looking up the host name " + name);
    }
  }

  private void lookup(String name, CompletableFuture<List<InetAddress>> found) {
    try {
      found.complete(List.of(resolver.addresses(name)));
    } catch (UnknownHostException e) {
      found.completeExceptionally(new UncheckedIOException(e));
    } catch (RuntimeException | Error e) {
      found.completeExceptionally(e);
    } finally {
      turns.release();
    }
  }
}
