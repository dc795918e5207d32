package dev.rig.credentials.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a row is to reach. */
sealed interface Aim {
  /** Whether it is reached; null where that cannot be told. */
  @Nullable Boolean met(double ours, @Nullable Double peers);

  /** How it stands in the table. */
  String text(Unit unit);

  /** Ours is at most so many times the peer's. */
  record Ratio(double most) implements Aim {
    @Override
    public @Nullable Boolean met(double ours, @Nullable Double peers) {
      return peers == null ? null : ours <= most * peers;
    }

    @Override
    public String text(Unit unit) {
      return String.format(Locale.ROOT, "≤ %.2f ×", most);
    }
  }

  /** Ours is at most so much, whatever the peer's is. */
  record Most(double most) implements Aim {
    @Override
    public Boolean met(double ours, @Nullable Double peers) {
      return ours <= most;
    }

    @Override
    public String text(Unit unit) {
      return "≤ " + unit.text(most);
    }
  }

  /** Ours is at most so much above the peer's. */
  record More(double most) implements Aim {
    @Override
    public @Nullable Boolean met(double ours, @Nullable Double peers) {
      return peers == null ? null : ours - peers <= most;
    }

    @Override
    public String text(Unit unit) {
      return "≤ " + unit.text(most) + " more";
    }
  }

  /** Nothing: the row is there to compare. */
  record None() implements Aim {
    @Override
    public @Nullable Boolean met(double ours, @Nullable Double peers) {
      return null;
    }

    @Override
    public String text(Unit unit) {
      return "";
    }
  }
}
