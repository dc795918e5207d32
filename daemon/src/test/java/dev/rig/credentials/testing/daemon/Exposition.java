package dev.rig.credentials.testing.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A scrape in Prometheus' text format 0.0.4, parsed strictly: every family has one HELP and one
 * TYPE before its samples, no series occurs twice, and a histogram's buckets add up. Otherwise the
 * test fails.
 */
public final class Exposition {
  /** The media type of the format. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

  private final Map<String, String> types = new TreeMap<>();
  private final Map<String, String> helps = new TreeMap<>();
  private final Map<String, Double> samples = new TreeMap<>();

  private Exposition() {}

  /** Parses a scrape. */
  public static Exposition parse(String text) {
    var exposition = new Exposition();
    assertTrue(text.endsWith("\n"), "the last line is ended");
    var family = "";
    for (var line : text.substring(0, text.length() - 1).split("\n", -1)) {
      if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
        var words = line.split(" ", 4);
        assertEquals(4, words.length, line);
        assertTrue(NAME.matcher(words[2]).matches(), line);
        family = words[2];
        var of = words[1].equals("HELP") ? exposition.helps : exposition.types;
        assertNull(of.put(family, words[3]), () -> "twice: " + line);
      } else {
        exposition.sample(family, line);
      }
    }
    assertEquals(exposition.helps.keySet(), exposition.types.keySet());
    exposition.types.forEach((name, type) -> {
      if (type.equals("histogram")) {
        exposition.checkHistogram(name);
      }
    });
    return exposition;
  }

  private void sample(String family, String line) {
    var matcher = SAMPLE.matcher(line);
    assertTrue(matcher.matches(), line);
    var suffix = matcher.group(1).substring(Math.min(family.length(), matcher.group(1).length()));
    var type = types.get(family);
    assertNotNull(type, () -> "a TYPE before " + line);
    var allowed =
        switch (type) {
          case "counter", "gauge" -> List.of("");
          case "histogram" -> List.of("_bucket", "_sum", "_count");
          default -> throw new AssertionError("type " + type);
        };
    assertTrue(matcher.group(1).startsWith(family) && allowed.contains(suffix), line);
    double value = number(matcher.group(3));
    assertTrue(type.equals("gauge") || value >= 0, line);
    var series = matcher.group(1) + labels(matcher.group(2), line);
    assertNull(samples.put(series, value), () -> "twice: " + line);
  }

  private static double number(String text) {
    return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }

  private static Map<String, String> labels(String text, String line) {
    var labels = new TreeMap<String, String>();
    int at = 0;
    var matcher = LABEL.matcher(text == null ? "" : text);
    while (text != null && at < text.length()) {
      assertTrue(matcher.find(at) && matcher.start() == at, line);
      assertNull(labels.put(matcher.group(1), matcher.group(2)), line);
      at = matcher.end();
    }
    return labels;
  }

  private void checkHistogram(String name) {
    var buckets = new TreeMap<String, List<String>>();
    for (var series : samples.keySet()) {
      if (series.startsWith(name + "_bucket")) {
        var others =
            series.substring((name + "_bucket").length()).replaceAll("(?<=[{ ])le=[^,}]+", "<>");
        buckets.computeIfAbsent(others, _ -> new ArrayList<>()).add(series);
      }
    }
    buckets.forEach((others, all) -> {
      all.sort((one, other) -> Double.compare(bound(one), bound(other)));
      double before = 0;
      for (var series : all) {
        double count = value(series);
        assertTrue(count >= before, () -> series + " counts less than a smaller one");
        before = count;
      }
      assertEquals(Double.POSITIVE_INFINITY, bound(all.getLast()), all::toString);
      var rest = others.replaceAll("<>, |, <>|<>", "");
      assertEquals(before, value(name + "_count" + rest), name + rest);
      assertTrue(samples.containsKey(name + "_sum" + rest), name + rest);
    });
  }

  private static double bound(String series) {
    return number(series.replaceAll(".*[{ ]le=([^,}]+).*", "$1"));
  }

  private double value(String series) {
    return samples.getOrDefault(series, 0.0);
  }

  /** Returns the value of a series; 0 if absent. */
  public double value(String name, Map<String, String> labels) {
    return value(name + new TreeMap<>(labels));
  }

  /** Returns the families, without the parts of a histogram. */
  public Set<String> families() {
    return new TreeSet<>(types.keySet());
  }

  /** Returns the families with a new or changed series since then. */
  public Set<String> changedSince(Exposition before) {
    return samples.entrySet().stream()
        .filter(sample -> !sample.getValue().equals(before.samples.get(sample.getKey())))
        .map(sample -> sample.getKey().replaceAll("\\{.*", ""))
        .map(name -> types.containsKey(name) ? name : name.replaceAll("_(bucket|sum|count)$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public String toString() {
    return samples.toString();
  }
}
