package dev.rig.credentials.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.ProviderKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of keys, the manual page and the example have exactly the reader's keys. */
class ConfigurationKeysTest {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "."));
  private static final Pattern KNOWN = Pattern.compile("known here: ([^)]+)");
  private static final Pattern CODE = Pattern.compile("`([A-Za-z.]+)`");
  private static final Pattern BOLD = Pattern.compile("\\\\fB([A-Za-z]+)\\\\fP");
  private static final String UNKNOWN = "thatNoReaderKnowsAtAll";

  @TempDir private Path folder = Path.of("");

  private static String read(String file) {
    try {
      return Files.readString(MODULE.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the keys that the reader names when it reports an unknown key. */
  private Set<String> known(String document) {
    var problems =
        String.join("\n", ConfigTexts.problems(folder, document.formatted(UNKNOWN + ": x")));
    var found = KNOWN.matcher(problems);
    assertTrue(found.find(), problems);
    return new TreeSet<>(List.of(found.group(1).split(", ")));
  }

  private Set<String> entryKeys() {
    return known("rig: {dockerRegistries: {a.org: {username: u, password: p, %s}}}");
  }

  private Set<String> daemonKeys() {
    var keys = known("daemon: {%s}");
    known("daemon: {log: {%s}}").forEach(key -> keys.add("log." + key));
    keys.remove("log");
    return keys;
  }

  /** Returns the keys in the first column of the table below a heading. */
  private static Set<String> documented(String page, String heading) {
    var text = read("docs/" + page);
    int start = text.indexOf("\n" + heading + "\n");
    assertTrue(start >= 0, heading);
    return text.substring(start + 1)
        .lines()
        .skip(1)
        .takeWhile(line -> !line.startsWith("#"))
        .filter(line -> line.startsWith("| `"))
        .flatMap(line -> CODE.matcher(line.substring(0, line.indexOf(" | "))).results())
        .map(code -> code.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void tableOfEntriesNamesEveryKeyThatTheReaderKnows() {
    assertEquals(entryKeys(), documented("configuration.md", "## Entries"));
  }

  @Test
  void tableOfTheDaemonNamesEveryKeyThatTheReaderKnows() {
    assertEquals(daemonKeys(), documented("configuration.md", "## The daemon"));
  }

  private static Set<String> components(Class<?> type, String before) {
    return Arrays.stream(type.getRecordComponents())
        .map(component -> before + component.getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void tableOfClustersNamesEveryKeyThatIsRead() {
    var keys = components(ClusterSettings.class, "");
    keys.removeAll(Set.of("origin", "devRegistry", "git", "pullSecrets"));
    keys.addAll(components(ClusterSettings.DevRegistryHosts.class, "devRegistry."));
    keys.addAll(components(ClusterSettings.Git.class, "git."));
    components(ClusterSettings.PullSecretGroup.class, "")
        .forEach(key ->
            keys.add(
                "pullSecrets."
                    + (Set.of("names", "matchLabels").contains(key) ? "namespaces." : "")
                    + key));
    assertEquals(keys, documented("configuration.md", "## Clusters"));
  }

  /** Other keys of a cluster are the platform's and ignored; an invalid value is not. */
  @Test
  void everyDocumentedKeyOfAClusterIsRead() {
    for (var key : documented("configuration.md", "## Clusters")) {
      var yaml = key + ": [[{}]]";
      for (int dot = yaml.indexOf('.'); dot >= 0; dot = yaml.indexOf('.')) {
        yaml = yaml.substring(0, dot) + ": {" + yaml.substring(dot + 1) + "}";
      }
      var last = key.substring(key.lastIndexOf('.') + 1);
      var problems =
          String.join("\n", ConfigTexts.problems(folder, "rig: {clusters: {c: {" + yaml + "}}}"));
      assertTrue(problems.contains(last), key + ": " + problems);
    }
  }

  /** The reader's lists of names are only for hints; this tests what it reads. */
  @Test
  void everyDocumentedKeyIsRead() {
    for (var key : documented("configuration.md", "## Entries")) {
      var problems =
          ConfigTexts.problems(
              folder, "rig: {dockerRegistries: {a.org: {%s: [[{}]]}}}".formatted(key));
      assertTrue(
          problems.stream().noneMatch(problem -> problem.contains("unknown key")),
          () -> key + ": " + problems);
    }
  }

  @Test
  void tablesOfProvidersNameEveryOption() {
    for (var kind : ProviderKind.values()) {
      assertEquals(
          kind.options().stream()
              .map(ProviderKind.ProviderOption::name)
              .collect(Collectors.toCollection(TreeSet::new)),
          documented("providers.md", "## " + kind.text()),
          kind.text());
    }
  }

  @Test
  void manualPageNamesEveryKey() {
    var page =
        read("src/main/resources/dev/rig/credentials/cli/man/rig-credentials-values.5")
            .lines()
            .filter(line -> !line.contains("(1)"))
            .flatMap(line -> BOLD.matcher(line).results())
            .map(key -> key.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    var expected = new TreeSet<>(entryKeys());
    expected.addAll(known("daemon: {%s}"));
    expected.addAll(known("daemon: {log: {%s}}"));
    expected.addAll(known("daemon: {access: [{users: [a], %s}]}"));
    expected.addAll(known("daemon: {registryClient: {%s}}"));
    assertEquals(expected, page);
  }

  @Test
  void exampleIsValidAndShowsEveryKindOfSource() throws IOException {
    var password = Files.writeString(folder.resolve("password"), "p\n");
    var example =
        read("docs/examples/values.yaml")
            .replace("/etc/rig-credentials/quay-password", password.toString());
    assertTrue(example.contains(password.toString()));
    var configuration = ConfigTexts.load(folder, example);
    var shown =
        configuration.registries().stream()
            .map(entry -> entry.source().getClass().getSimpleName())
            .collect(Collectors.toCollection(TreeSet::new));
    var kinds =
        Arrays.stream(EntrySource.class.getPermittedSubclasses())
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(kinds, shown);
    assertEquals(List.of(), ConfigurationRemarks.of(configuration));
    var naming = Stream.of("username", "passwordFile", "script", "provider", "helper");
    naming.forEach(key -> assertTrue(example.contains("      " + key + ": "), key));
  }
}
