package dev.rig.credentials.app;

import dev.rig.credentials.problem.PartHealth;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Asks every part of the daemon how it does. */
final class HealthParts implements Supplier<List<PartHealth>> {
  private final List<Supplier<PartHealth>> parts = new CopyOnWriteArrayList<>();

  void add(Supplier<PartHealth> part) {
    parts.add(part);
  }

  @Override
  public List<PartHealth> get() {
    return parts.stream().map(Supplier::get).toList();
  }
}
