package dev.rig.credentials.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One row of a table: our figure and a peer's.
 *
 * @param measured what was measured
 * @param ours our figure; null if unavailable
 * @param peer what it is compared with; empty for no peer
 * @param peers the peer's figure; null if absent
 * @param missing why a figure is missing; empty if all are present
 */
record Row(
    String measured,
    Unit unit,
    @Nullable Double ours,
    String peer,
    @Nullable Double peers,
    Aim aim,
    String missing) {

  /** Returns a row with our figure and a peer's. */
  static Row beside(String measured, Unit unit, double ours, String peer, double peers, Aim aim) {
    return new Row(measured, unit, ours, peer, peers, aim, "");
  }

  /** Returns a row without a peer. */
  static Row alone(String measured, Unit unit, double ours, Aim aim) {
    return new Row(measured, unit, ours, "", null, aim, "");
  }

  /** Returns a row with a peer that could not be run. */
  static Row without(
      String measured, Unit unit, double ours, String peer, Aim aim, String missing) {
    return new Row(measured, unit, ours, peer, null, aim, missing);
  }

  /** Returns a row without figures. */
  static Row missing(String measured, String missing) {
    return new Row(measured, Unit.TIMES, null, "", null, new Aim.None(), missing);
  }

  /** Returns whether the goal is reached; null if there is no goal or the result is unknown. */
  @Nullable Boolean met() {
    return ours == null ? null : aim.met(ours, peers);
  }

  String oursText() {
    return ours == null ? missing : unit.text(ours);
  }

  String peersText() {
    return peers == null ? (ours == null ? "" : missing) : unit.text(peers);
  }

  String ratioText() {
    if (ours == null || peers == null || peers == 0) {
      return "";
    }
    return String.format(Locale.ROOT, "%.2f", ours / peers);
  }

  String metText() {
    var met = met();
    return met == null ? "" : met ? "yes" : "**no**";
  }
}
