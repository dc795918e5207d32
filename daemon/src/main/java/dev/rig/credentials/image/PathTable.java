package dev.rig.credentials.image;

import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The paths of one host: an open-addressed table that finds the longest path of whole segments in
 * one pass over the request, without allocating.
 *
 * @param <T> the value of a path
 */
final class PathTable<T> {
  private final @Nullable T root;
  private final @Nullable String[] paths;
  private final @Nullable Object[] values;

  /** The hashes of the paths, compared before the paths themselves. */
  private final int[] hashes;

  /** Creates a table; the empty path is the host itself. */
  PathTable(Map<String, T> entries) {
    root = entries.get("");
    int paths = entries.size() - (root == null ? 0 : 1);
    int capacity = paths == 0 ? 0 : Integer.highestOneBit(paths) * 4;
    this.paths = new String[capacity];
    this.values = new Object[capacity];
    this.hashes = new int[capacity];
    entries.forEach((path, value) -> {
      if (!path.isEmpty()) {
        int slot = slot(path.hashCode());
        while (this.paths[slot] != null) {
          slot = next(slot);
        }
        this.paths[slot] = path;
        this.values[slot] = value;
        this.hashes[slot] = path.hashCode();
      }
    });
  }

  /** Returns the value of the longest path that the request starts with; null if absent. */
  @Nullable T longest(String question) {
    T found = root;
    if (paths.length == 0) {
      return found;
    }
    int hash = 0; // the value of String.hashCode for the characters so far
    for (int i = 0; i <= question.length(); i++) {
      if (i == question.length() || question.charAt(i) == '/') {
        T value = i == 0 ? null : at(question, i, hash);
        found = value == null ? found : value;
      }
      if (i < question.length()) {
        hash = 31 * hash + question.charAt(i);
      }
    }
    return found;
  }

  /** Returns the value of exactly that path, which must not be empty; null if absent. */
  @Nullable T exact(String path) {
    return paths.length == 0 ? null : at(path, path.length(), path.hashCode());
  }

  /** Returns whether there is a path in addition to the host itself. */
  boolean hasPaths() {
    return paths.length > 0;
  }

  /** Passes each path that the request starts with to the consumer, the longest last. */
  void each(String question, BiConsumer<String, T> consumer) {
    if (root != null) {
      consumer.accept("", root);
    }
    for (int i = 1; i <= question.length(); i++) {
      if (paths.length > 0 && (i == question.length() || question.charAt(i) == '/')) {
        var path = question.substring(0, i);
        T value = at(path, i, path.hashCode());
        if (value != null) {
          consumer.accept(path, value);
        }
      }
    }
  }

  @SuppressWarnings("unchecked") // values contains only what the constructor took as a T
  private @Nullable T at(String question, int length, int hash) {
    int slot = slot(hash);
    for (var path = paths[slot]; path != null; path = paths[slot]) {
      if (hashes[slot] == hash && path.length() == length && question.startsWith(path)) {
        return (T) values[slot];
      }
      slot = next(slot);
    }
    return null;
  }

  private int slot(int hash) {
    return (hash ^ hash >>> 16) & paths.length - 1;
  }

  private int next(int slot) {
    return slot + 1 & paths.length - 1;
  }
}
