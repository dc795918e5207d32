package dev.rig.credentials.app;

import dev.rig.credentials.problem.PartHealth;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Asks every part of the daemon how it does. */
final class HealthParts implements Supplier<List<PartHealth>> {
  private final List<Supplier<List<PartHealth>>> parts = new CopyOnWriteArrayList<>();

  void add(Supplier<PartHealth> part) {
    parts.add(() -> List.of(part.get()));
  }

  /** Adds parts that come and go. */
  void addAll(Supplier<List<PartHealth>> several) {
    parts.add(several);
  }

  @Override
  public List<PartHealth> get() {
    return parts.stream().flatMap(part -> part.get().stream()).toList();
  }
}
