package dev.rig.credentials.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of a table: ours beside a peer's.
 *
 * @param measured what was measured of ours
 * @param ours our figure; null where it could not be had
 * @param peer what it is compared with; empty for nothing
 * @param peers the peer's figure; null where there is none
 * @param missing why a figure is missing; empty where none is
 */
record Row(
    String measured,
    Unit unit,
    @Nullable Double ours,
    String peer,
    @Nullable Double peers,
    Aim aim,
    String missing) {

  /** Ours beside a peer's. */
  static Row beside(String measured, Unit unit, double ours, String peer, double peers, Aim aim) {
    return new Row(measured, unit, ours, peer, peers, aim, "");
  }

  /** Ours without a peer. */
  static Row alone(String measured, Unit unit, double ours, Aim aim) {
    return new Row(measured, unit, ours, "", null, aim, "");
  }

  /** Ours beside a peer that could not be run. */
  static Row without(
      String measured, Unit unit, double ours, String peer, Aim aim, String missing) {
    return new Row(measured, unit, ours, peer, null, aim, missing);
  }

  /** Nothing could be measured. */
  static Row missing(String measured, String missing) {
    return new Row(measured, Unit.TIMES, null, "", null, new Aim.None(), missing);
  }

  /** Whether the aim is met; null where there is none or it cannot be told. */
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
