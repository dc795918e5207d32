package dev.rig.credentials.registry.content;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.net.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cache of contents that a digest names and that therefore never change. A content is found only
 * for the repository that it came from, because access to one repository does not imply access to
 * another.
 *
 * <p>Contents that an operation itself names are not cached: whether the registry still has them,
 * and permits reading them, is the result of the operation.
 */
public final class DigestCache {
  private static final int MOST_BYTES = 2 * 1024 * 1024;

  /** The size limit of one content in bytes; a configuration is rarely above 20 KiB. */
  private static final int LARGEST = 128 * 1024;

  /** The approximate overhead of a content in bytes. */
  private static final int OVERHEAD = 512;

  private record ContentKey(String host, String path, Digest digest) {}

  /** Ordered by use, the latest last. */
  private final Map<ContentKey, HttpResponse> kept =
      new LinkedHashMap<>(16, 0.75f, true); // guarded by this

  private long bytes; // guarded by this

  /** Returns the cached response; null if absent. */
  synchronized @Nullable HttpResponse find(ImageReference repository, Digest digest) {
    return kept.get(key(repository, digest));
  }

  /**
   * Caches a response, and removes the least recently used ones if necessary.
   *
   * @param reply whose body has that digest
   */
  synchronized void keep(ImageReference repository, Digest digest, HttpResponse reply) {
    if (reply.body().length > LARGEST) {
      return;
    }
    var before = kept.put(key(repository, digest), reply.withoutHeadersBut("content-type"));
    bytes += size(reply) - (before == null ? 0 : size(before));
    var oldest = kept.values().iterator();
    while (bytes > MOST_BYTES) {
      bytes -= size(oldest.next());
      oldest.remove();
    }
  }

  private static ContentKey key(ImageReference repository, Digest digest) {
    return new ContentKey(repository.host(), repository.path(), digest);
  }

  private static int size(HttpResponse reply) {
    return reply.body().length + OVERHEAD;
  }
}
