package dev.rig.credentials.registry.content;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.net.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What registries have sent of things that a digest names, and that therefore never change: who
 * asks for them again is spared the call. It is found for the repository that it came from alone,
 * as being let into one says nothing about another.
 *
 * <p>Not for what a question names itself: that the registry has it still, and that we may read it,
 * is what the question is about.
 */
public final class DigestCache {
  private static final int MOST_BYTES = 2 * 1024 * 1024;

  /** Of one content; a configuration is rarely above 20 KiB. */
  private static final int LARGEST = 128 * 1024;

  /** About what a content takes besides its bytes. */
  private static final int OVERHEAD = 512;

  private record ContentKey(String host, String path, Digest digest) {}

  /** In the order of their use, the latest last. */
  private final Map<ContentKey, HttpResponse> kept =
      new LinkedHashMap<>(16, 0.75f, true); // guarded by this

  private long bytes; // guarded by this

  /** What was kept; null for nothing. */
  synchronized @Nullable HttpResponse find(ImageReference repository, Digest digest) {
    return kept.get(key(repository, digest));
  }

  /**
   * Keeps an answer, in place of what was not used for the longest time.
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
