package dev.rig.credentials.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/**
 * A chart, rendered as the release {@code rig-credentials} in {@code rig-system}.
 *
 * @param folder of the chart
 */
record Chart(Path folder) {
  private static final String RELEASE = "rig-credentials";
  private static final String NAMESPACE = "rig-system";
  private static final String KUBERNETES = "1.34.0";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Returns the project's chart. */
  static Chart ours() {
    var folder = Path.of(System.getProperty("basedir", ""), "..", "sidecar-chart");
    return new Chart(folder.toAbsolutePath().normalize());
  }

  /** Returns the documented sets of values. */
  static List<Path> examples() {
    try (Stream<Path> files = Files.list(ours().folder().resolve("examples"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path example(String name) {
    return folder.resolve("examples").resolve(name + ".yaml");
  }

  /** Renders the chart with these values; later ones have precedence. */
  Rendered render(Path... values) {
    return render(Map.of(), values);
  }

  /**
   * Renders the chart with single values set in addition.
   *
   * @param settings as for {@code --set}
   */
  Rendered render(Map<String, String> settings, Path... values) {
    TemplateCommand command = new Helm(folder).template();
    command.withName(RELEASE).withNamespace(NAMESPACE).withKubeVersion(KUBERNETES);
    for (var file : values) {
      command.withValuesFile(file);
    }
    settings.forEach(command::set);
    return Rendered.of(command.call());
  }

  /** Returns the notes of an installation. */
  String notes(Path values) {
    return new Helm(folder)
        .install()
        .clientOnly()
        .withDryRunOption(DryRun.CLIENT)
        .withName(RELEASE)
        .withNamespace(NAMESPACE)
        .withKubeVersion(KUBERNETES)
        .withValuesFile(values)
        .call()
        .getOutput();
  }

  /** Returns the findings of {@code helm lint --strict}. */
  LintResult lint() {
    return new Helm(folder).lint().strict().call();
  }

  /** Returns a copy in that folder with other default values, because {@code lint} accepts none. */
  Chart withDefaults(Path values, Path copy) throws IOException {
    copyTo(copy);
    var defaults = copy.resolve("values.yaml");
    var merged = merged(map(Files.readString(defaults)), map(Files.readString(values)));
    Files.writeString(defaults, new Yaml().dump(merged));
    return new Chart(copy);
  }

  /** Copies the chart into a folder. */
  void copyTo(Path copy) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : (Iterable<Path>) files::iterator) {
        var target = copy.resolve(folder.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> top) {
    var merged = new LinkedHashMap<>(base);
    top.forEach((key, value) ->
        merged.merge(
            key,
            value,
            (old, now) ->
                old instanceof Map && now instanceof Map
                    ? merged(map(new Yaml().dump(old)), map(new Yaml().dump(now)))
                    : now));
    return merged;
  }

  private static Map<String, Object> map(String yaml) {
    return new Yaml().load(yaml);
  }

  /** Parses a YAML document as Kubernetes does. */
  static JsonNode json(String yaml) {
    return JSON.valueToTree(new Yaml().load(yaml));
  }

  /**
   * A rendered chart.
   *
   * @param text the whole output
   * @param objects the Kubernetes objects in it
   */
  record Rendered(String text, List<JsonNode> objects) {
    static Rendered of(String text) {
      var objects = new ArrayList<JsonNode>();
      Iterator<Object> documents = new Yaml().loadAll(text).iterator();
      documents.forEachRemaining(document -> {
        if (document != null) {
          objects.add(JSON.valueToTree(document));
        }
      });
      return new Rendered(text, List.copyOf(objects));
    }

    /** Returns the documents in it, as they are sent to a cluster. */
    List<String> documents() {
      return Stream.of(text.split("(?m)^---\\s*$", -1))
          .filter(document -> new Yaml().load(document) != null)
          .toList();
    }

    /** Returns the objects of a kind. */
    List<JsonNode> all(String kind) {
      return objects.stream().filter(object -> kind.equals(object.path("kind").asText())).toList();
    }

    /** Returns the only object with that kind and name. */
    JsonNode one(String kind, String name) {
      var found =
          all(kind).stream()
              .filter(object -> name.equals(object.at("/metadata/name").asText()))
              .toList();
      if (found.size() != 1) {
        throw new AssertionError(found.size() + " of " + kind + " " + name + " in\n" + text);
      }
      return found.getFirst();
    }
  }
}
