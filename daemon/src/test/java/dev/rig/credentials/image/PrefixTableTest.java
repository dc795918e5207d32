package dev.rig.credentials.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixTableTest {
  private static final PrefixTable<String> TABLE =
      table(
          "registry.gitlab.com",
          "registry.gitlab.com/rigdev",
          "registry.gitlab.com/rigdev/deep/er",
          "ghcr.io/rig",
          "index.docker.io",
          "index.docker.io/rigdev",
          "registry:5000",
          "*.dkr.ecr.*.amazonaws.com",
          "*.dkr.ecr.*.amazonaws.com/team",
          "1234.dkr.ecr.eu-west-1.amazonaws.com/exact",
          "*.dkr.ecr.eu-west-1.amazonaws.com",
          "app*.k8s.io",
          "*.example.com:8443");

  private static PrefixTable<String> table(String... prefixes) {
    var entries = new LinkedHashMap<RegistryPrefix, String>();
    for (var prefix : prefixes) {
      entries.put(prefix(prefix), prefix);
    }
    return PrefixTable.of(entries);
  }

  private static RegistryPrefix prefix(String text) {
    try {
      return RegistryPrefix.parse(text);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(text, e);
    }
  }

  private static ImageReference reference(String text) {
    try {
      return ImageReference.ofImage(text);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(text, e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "registry.gitlab.com, registry.gitlab.com",
    "registry.gitlab.com/other, registry.gitlab.com",
    "registry.gitlab.com/rigdev, registry.gitlab.com/rigdev",
    "registry.gitlab.com/rigdev/foobar:1, registry.gitlab.com/rigdev",
    "registry.gitlab.com/rigdevx, registry.gitlab.com",
    "registry.gitlab.com/rigdev/deep, registry.gitlab.com/rigdev",
    "registry.gitlab.com/rigdev/deep/er/still, registry.gitlab.com/rigdev/deep/er",
    "nginx, index.docker.io",
    "rigdev/app, index.docker.io/rigdev",
    "registry:5000/a, registry:5000",
    "1234.dkr.ecr.us-east-1.amazonaws.com/a, *.dkr.ecr.*.amazonaws.com",
    "1234.dkr.ecr.us-east-1.amazonaws.com/team/a, *.dkr.ecr.*.amazonaws.com/team",
    "1234.dkr.ecr.eu-west-1.amazonaws.com/exact/a, 1234.dkr.ecr.eu-west-1.amazonaws.com/exact",
    "1234.dkr.ecr.eu-west-1.amazonaws.com/a, *.dkr.ecr.eu-west-1.amazonaws.com",
    "1234.dkr.ecr.eu-west-1.amazonaws.com/team/a, *.dkr.ecr.*.amazonaws.com/team",
    "apps.k8s.io, app*.k8s.io",
    "app.k8s.io/x, app*.k8s.io",
    "a.example.com:8443/x, *.example.com:8443",
  })
  void theLongestPrefixAnswers(String image, String prefix) {
    assertEquals(prefix, TABLE.find(reference(image)));
    assertEquals(prefix, TABLE.matching(reference(image)).getFirst());
  }

  /** A near miss of host, port or segment finds nothing. */
  @ParameterizedTest
  @CsvSource({
    "ghcr.io",
    "ghcr.io/rigdev",
    "ghcr.io/ri",
    "ghcr.io:443/rig",
    "sub.ghcr.io/rig",
    "ghcr.iox/rig",
    "registry:5001/a",
    "ap.k8s.io",
    "a.app.k8s.io",
    "a.example.com/x",
    "a.b.example.com:8443/x",
    "example.com:8443/x",
    "dkr.ecr.us-east-1.amazonaws.com",
    "localhost:5000/a"
  })
  void t3_nearMissesFindNothing(String image) {
    assertNull(TABLE.find(reference(image)));
    assertEquals(List.of(), TABLE.matching(reference(image)));
  }

  @Test
  void keysOfDockersDeviceLoginMatchNoPrefix() {
    assertNull(TABLE.find(reference("https://index.docker.io/v1/access-token")));
  }

  /** One changed, added or removed character of a host or a segment is another registry. */
  @Test
  void t3_generatedNearMissesOfOnePrefixMatchNothing() throws InvalidReferenceException {
    var text = "registry.example.com:5000/team/app";
    var table = table(text);
    int tried = 0;
    for (int i = 0; i <= text.length(); i++) {
      for (var c : "abcz019-_.:/".toCharArray()) {
        for (var near :
            List.of(
                text.substring(0, i) + c + text.substring(i),
                text.substring(0, i) + c + text.substring(Math.min(text.length(), i + 1)),
                text.substring(0, i) + text.substring(Math.min(text.length(), i + 1)))) {
          ImageReference reference;
          try {
            reference = ImageReference.ofImage(near);
          } catch (InvalidReferenceException refused) {
            tried++;
            continue;
          }
          tried++;
          boolean same = reference.name().equals(text) || reference.name().startsWith(text + "/");
          assertEquals(same ? text : null, table.find(reference), near);
        }
      }
    }
    assertTrue(tried > 1000, "only " + tried + " near misses");
  }

  /** The table agrees with a linear scan, over random prefixes and requests. */
  @Test
  void tableAgreesWithALinearScan() {
    var random = new Random(20261123);
    String[] labels = {"a", "b", "ab", "*", "a*", "*b"};
    String[] segments = {"x", "y", "xy", "x-y"};
    for (int round = 0; round < 300; round++) {
      var prefixes = new LinkedHashMap<RegistryPrefix, String>();
      int count = 1 + random.nextInt(40);
      for (int i = 0; i < count; i++) {
        var text = new StringBuilder(pick(random, labels)).append('.').append(pick(random, labels));
        text.append(random.nextBoolean() ? ".io" : ".io:80");
        append(text, random, segments);
        prefixes.put(prefix(text.toString()), text.toString());
      }
      var table = PrefixTable.of(prefixes);
      for (int i = 0; i < 60; i++) {
        var text = new StringBuilder(pick(random, labels)).append('.').append(pick(random, labels));
        text.append(random.nextBoolean() ? ".io" : ".io:80");
        append(text, random, segments);
        var question = reference(text.toString().replace('*', 'c'));
        var expected = scan(prefixes, question);
        assertEquals(
            expected.isEmpty() ? null : expected.getFirst(), table.find(question), question::name);
        assertEquals(expected, table.matching(question), question::name);
      }
    }
  }

  private static void append(StringBuilder text, Random random, String[] segments) {
    int depth = random.nextInt(4);
    for (int i = 0; i < depth; i++) {
      text.append('/').append(pick(random, segments));
    }
  }

  private static String pick(Random random, String[] from) {
    return from[random.nextInt(from.length)];
  }

  private static List<String> scan(Map<RegistryPrefix, String> prefixes, ImageReference question) {
    var found = new ArrayList<RegistryPrefix>();
    for (var prefix : prefixes.keySet()) {
      var host =
          Pattern.compile(prefix.host().replace(".", "\\.").replace("*", "[^.:]*"))
              .matcher(question.host());
      boolean path =
          prefix.path().isEmpty() || (question.path() + "/").startsWith(prefix.path() + "/");
      if (host.matches() && path) {
        found.add(prefix);
      }
    }
    found.sort(
        Comparator.comparing(RegistryPrefix::isGlob)
            .thenComparingInt(prefix -> -prefix.path().length())
            .thenComparingInt(prefix -> -prefix.host().replace("*", "").length())
            .thenComparing(RegistryPrefix::host));
    return found.stream().map(prefixes::get).toList();
  }
}
