package dev.rig.credentials.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The hosts with globs: a tree of labels from the last to the first, so that a lookup visits only
 * patterns with the same ending.
 *
 * @param <T> the value of a path
 */
final class GlobTable<T> {
  /** A host with globs and its paths. */
  record Host<T>(String pattern, PathTable<T> paths) {}

  private static final class Node<T> {
    final Map<String, Node<T>> exact = new HashMap<>();
    final Map<String, Node<T>> globs = new HashMap<>();
    @Nullable Host<T> host;
  }

  private final Map<String, Node<T>> byPort = new HashMap<>();

  void add(String pattern, PathTable<T> paths) {
    var node = byPort.computeIfAbsent(port(pattern), port -> new Node<>());
    for (var label : labels(pattern)) {
      var children = label.indexOf('*') >= 0 ? node.globs : node.exact;
      node = children.computeIfAbsent(label, l -> new Node<>());
    }
    node.host = new Host<>(pattern, paths);
  }

  /** Returns the patterns that match the host, the most specific first; the port must be equal. */
  List<Host<T>> matching(String host) {
    var root = byPort.get(port(host));
    if (root == null || host.startsWith("[")) {
      return List.of();
    }
    var found = new ArrayList<Host<T>>();
    collect(root, labels(host), 0, found);
    found.sort(
        Comparator.comparingInt((Host<T> match) -> HostGlob.literals(match.pattern()))
            .reversed()
            .thenComparing(Host::pattern));
    return found;
  }

  private static <T> void collect(Node<T> node, List<String> labels, int at, List<Host<T>> found) {
    if (at == labels.size()) {
      if (node.host != null) {
        found.add(node.host);
      }
      return;
    }
    var label = labels.get(at);
    var exact = node.exact.get(label);
    if (exact != null) {
      collect(exact, labels, at + 1, found);
    }
    node.globs.forEach((glob, child) -> {
      if (HostGlob.matches(glob, label)) {
        collect(child, labels, at + 1, found);
      }
    });
  }

  private static String port(String host) {
    int colon = host.indexOf(':');
    return colon < 0 ? "" : host.substring(colon);
  }

  private static List<String> labels(String host) {
    int colon = host.indexOf(':');
    int end = colon < 0 ? host.length() : colon;
    var labels = new ArrayList<String>(4);
    while (end > 0) {
      int dot = host.lastIndexOf('.', end - 1);
      labels.add(host.substring(dot + 1, end));
      end = dot;
    }
    return labels;
  }
}
