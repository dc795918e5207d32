package dev.rig.credentials.testing.kube;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The owners of one object's fields, as server-side apply needs them (<a
 * href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-Side Apply</a>).
 * A list is one field.
 */
final class FieldOwners {
  private static final Set<String> SYSTEM =
      Set.of("name", "namespace", "uid", "resourceVersion", "managedFields");

  /** Another manager owns the field. */
  static final class Conflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Conflict(List<String> path) {
      super("Apply failed with 1 conflict: ." + String.join(".", path));
    }
  }

  private final Map<List<String>, Set<String>> owners = new HashMap<>();
  private final Map<String, Set<List<String>>> applied = new HashMap<>();

  /** Records that a manager wrote the object without apply: it owns what it changed. */
  void wrote(Map<String, Object> before, Map<String, Object> now, String manager) {
    var old = leaves(before);
    leaves(now)
        .forEach((path, value) -> {
          if (!Objects.equals(value, old.get(path))) {
            owners.put(path, new TreeSet<>(Set.of(manager)));
          }
        });
    owners.keySet().retainAll(leaves(now).keySet());
  }

  /** Applies a manager's fields to the object. */
  void apply(
      Map<String, Object> object, Map<String, Object> fields, String manager, boolean force) {
    var current = leaves(object);
    var wanted = leaves(fields);
    wanted.forEach((path, value) -> {
      var others = new TreeSet<>(owners.getOrDefault(path, Set.of()));
      others.remove(manager);
      if (!force && !others.isEmpty() && !Objects.equals(value, current.get(path))) {
        throw new Conflict(path);
      }
    });
    for (var path : applied.getOrDefault(manager, Set.of())) {
      var owning = owners.getOrDefault(path, new TreeSet<>());
      if (!wanted.containsKey(path) && owning.remove(manager) && owning.isEmpty()) {
        remove(object, path);
      }
    }
    wanted.forEach((path, value) -> {
      boolean same = Objects.equals(value, current.get(path));
      var owning = owners.computeIfAbsent(path, key -> new TreeSet<>());
      if (!same) {
        owning.clear();
        set(object, path, value);
      }
      owning.add(manager);
    });
    applied.put(manager, Set.copyOf(wanted.keySet()));
  }

  private static Map<List<String>, Object> leaves(Map<String, Object> object) {
    var leaves = new LinkedHashMap<List<String>, Object>();
    collect(List.of(), object, leaves);
    return leaves;
  }

  private static void collect(List<String> at, Map<?, ?> object, Map<List<String>, Object> leaves) {
    object.forEach((name, value) -> {
      var path = new ArrayList<>(at);
      path.add((String) name);
      if ((path.size() == 1 && Set.of("apiVersion", "kind", "managed").contains(name))
          || (path.size() == 2 && at.getFirst().equals("metadata") && SYSTEM.contains(name))) {
        return;
      }
      if (value instanceof Map<?, ?> child) {
        collect(path, child, leaves);
      } else if (value != null) {
        leaves.put(List.copyOf(path), value);
      }
    });
  }

  @SuppressWarnings("unchecked") // JSON's own types
  private static void set(Map<String, Object> object, List<String> path, Object value) {
    var at = object;
    for (var name : path.subList(0, path.size() - 1)) {
      at = (Map<String, Object>) at.computeIfAbsent(name, key -> new LinkedHashMap<>());
    }
    at.put(path.getLast(), value);
  }

  private static void remove(Map<String, Object> object, List<String> path) {
    Map<?, ?> at = object;
    for (var name : path.subList(0, path.size() - 1)) {
      if (!(at.get(name) instanceof Map<?, ?> child)) {
        return;
      }
      at = child;
    }
    at.remove(path.getLast());
  }
}
