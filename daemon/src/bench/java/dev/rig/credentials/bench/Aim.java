package dev.rig.credentials.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The goal of a row. */
sealed interface Aim {
  /** Returns whether the goal is reached; null if unknown. */
  @Nullable Boolean met(double ours, @Nullable Double peers);

  /** Returns the goal as text for the table. */
  String text(Unit unit);

  /** Our figure is at most this many times the peer's. */
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

  /** Our figure is at most this value, whatever the peer's is. */
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

  /** Our figure exceeds the peer's by at most this value. */
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

  /** No goal: the row is only for comparison. */
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
