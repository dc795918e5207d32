package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Any {@code NO_PROXY} can be read, and each entry has the same meaning in every position. */
class NoProxyFuzz {
  /** The first line is a host with an optional port; the second is a list with commas. */
  @FuzzTest
  void lists(byte[] bytes) {
    var lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 2);
    var origin = Origin.parse("https", lines[0]);
    if (origin == null) {
      return;
    }
    var entries = List.of((lines.length < 2 ? "" : lines[1]).split(",", -1));
    boolean covered = covers(entries, origin);
    assertEquals(entries.stream().anyMatch(entry -> covers(List.of(entry), origin)), covered);
    assertEquals(covered, covers(entries.reversed(), origin));
    var upper = entries.stream().map(entry -> entry.toUpperCase(Locale.ROOT)).toList();
    if (upper.stream().allMatch(entry -> entry.chars().allMatch(c -> c < 0x80))) {
      assertEquals(covered, covers(upper, origin));
    }
    var everything = new ArrayList<>(entries);
    everything.add(" * ");
    assertTrue(covers(everything, origin));
    host(origin);
  }

  private static void host(Origin origin) {
    var host = origin.host();
    boolean isName = host.chars().anyMatch(c -> (c >= 'g' && c <= 'z') || c == '_' || c == '-');
    if (!isName || host.startsWith(".") || host.startsWith("[")) {
      return;
    }
    assertTrue(covers(List.of(host), origin));
    assertTrue(covers(List.of(host + ":" + origin.port()), origin));
    assertEquals(false, covers(List.of(host + ":" + (origin.port() % 65_535 + 1)), origin));
    assertEquals(false, covers(List.of("." + host), origin));
    var below = new Origin("https", "a." + host, origin.port());
    assertTrue(covers(List.of(host), below));
    assertTrue(covers(List.of("*." + host), below));
    assertEquals(false, covers(List.of("a" + host), below));
  }

  private static boolean covers(List<String> entries, Origin origin) {
    return new NoProxy(entries).covers(origin);
  }
}
