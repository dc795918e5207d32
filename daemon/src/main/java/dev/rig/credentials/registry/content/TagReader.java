package dev.rig.credentials.registry.content;

import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.ImageTag;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.TagPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Reads a page of tags. A registry lists only names, in alphabetical order: the highest versions
 * are assumed to be the newest, and only the first images of a page are read, because each counts
 * as a pull.
 */
public final class TagReader {
  private static final int LOOKED_INTO = 10;
  private static final int AT_A_TIME = 5;

  private static final Comparator<ImageTag> NEWEST_FIRST =
      Comparator.comparing(ImageTag::createdAt, Comparator.nullsLast(Comparator.reverseOrder()));

  private final RepositorySession session;

  public TagReader(RepositorySession session) {
    this.session = session;
  }

  /**
   * Reads a page of tags.
   *
   * @param limit at least 1
   * @param after the last tag of the previous page; null for the first page
   * @throws CallException if the tags cannot be listed
   */
  public TagPage read(int limit, @Nullable String after)
      throws CallException, InterruptedException {
    var listed = TagNameListing.of(session);
    var order = order(listed);
    var names = listed.names().stream().sorted(order).toList();
    int from = 0;
    while (after != null && from < names.size() && order.compare(names.get(from), after) <= 0) {
      from++;
    }
    var page = names.subList(from, Math.min(names.size(), from + limit));
    var known = listed.created().isEmpty() ? look(page) : Map.<String, ResolvedImage>of();
    var tags = new ArrayList<ImageTag>(page.size());
    for (var name : page) {
      var image = known.get(name);
      tags.add(
          image == null
              ? new ImageTag(name, null, listed.created().get(name))
              : new ImageTag(name, image.digest(), image.createdAt()));
    }
    tags.sort(NEWEST_FIRST); // stable: the others stay in order
    return new TagPage(
        session.image().host(),
        session.image().path(),
        tags,
        from + page.size() < names.size() ? page.getLast() : null,
        listed.truncated());
  }

  /** Returns the order by which pages are divided; it must be the same for every page. */
  private static Comparator<String> order(TagNameListing.Listed listed) {
    var byVersion =
        Comparator.comparing((String name) -> !name.equals("latest"))
            .thenComparing(VersionOrder.ASCENDING.reversed());
    return listed.created().isEmpty()
        ? byVersion
        : Comparator.comparing(
                (String name) -> listed.created().get(name),
                Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(byVersion);
  }

  private Map<String, ResolvedImage> look(List<String> names) throws InterruptedException {
    var found = new HashMap<String, ResolvedImage>();
    var turns = new Semaphore(AT_A_TIME);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<@Nullable ResolvedImage>>();
      for (var name : names.subList(0, Math.min(names.size(), LOOKED_INTO))) {
        running.add(threads.submit(look(name, turns)));
      }
      for (var future : running) {
        var resolved = future.get();
        if (resolved != null && resolved.tag() != null) {
          found.put(resolved.tag(), resolved);
        }
      }
      return found;
    } catch (ExecutionException e) {
      throw new IllegalStateException("looking into a tag failed", e.getCause());
    }
  }

  private Callable<@Nullable ResolvedImage> look(String name, Semaphore turns) {
    return () -> {
      turns.acquire();
      try {
        return new ImageReader(session.inTheSameTime(), true).read(name, null);
      } catch (CallException e) {
        return null; // its name alone is a valid result
      } finally {
        turns.release();
      }
    };
  }
}
