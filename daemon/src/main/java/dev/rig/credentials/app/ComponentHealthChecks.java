package dev.rig.credentials.app;

import dev.rig.credentials.problem.ComponentHealth;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Collects the health of every component. */
final class ComponentHealthChecks implements Supplier<List<ComponentHealth>> {
  private final List<Supplier<List<ComponentHealth>>> parts = new CopyOnWriteArrayList<>();

  void add(Supplier<ComponentHealth> part) {
    parts.add(() -> List.of(part.get()));
  }

  /** Adds components whose number changes. */
  void addAll(Supplier<List<ComponentHealth>> several) {
    parts.add(several);
  }

  @Override
  public List<ComponentHealth> get() {
    return parts.stream().flatMap(part -> part.get().stream()).toList();
  }
}
