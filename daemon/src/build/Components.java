import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * Makes the bill of materials (CycloneDX) describe the distribution instead of the dependencies:
 * without jars that it does not contain, with what the build changed in the others, and with the
 * Java runtime. Its arguments are Maven's bill, the distribution, the file {@code release} of the
 * JDK, and the file for the result. The standard input has a line for each changed library, {@code
 * ARTIFACT: CHANGE}.
 */
final class Components {
  private static final String RUNTIME = "java-runtime";

  private final ObjectMapper mapper = new ObjectMapper();
  private final ObjectNode bill;
  private final Path libraries;

  private Components(Path bill, Path libraries) throws IOException {
    this.bill = (ObjectNode) mapper.readTree(bill.toFile());
    this.libraries = libraries;
  }

  public static void main(String[] arguments) throws Exception {
    var components = new Components(Path.of(arguments[0]), Path.of(arguments[1], "lib"));
    components.forget(components.change(changes()));
    components.add(Path.of(arguments[2]));
    components
        .mapper
        .writerWithDefaultPrettyPrinter()
        .writeValue(Path.of(arguments[3]).toFile(), components.bill);
  }

  private static Map<String, String> changes() throws IOException {
    Map<String, String> changes = new HashMap<>();
    for (var line : new String(System.in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
      var colon = line.indexOf(": ");
      changes.put(line.substring(0, colon), line.substring(colon + 2));
    }
    return changes;
  }

  /** Removes the components that the distribution lacks, and returns their references. */
  private Set<String> change(Map<String, String> changes) throws Exception {
    Set<String> absent = new HashSet<>();
    var components = bill.withArray("components").elements();
    while (components.hasNext()) {
      var component = (ObjectNode) components.next();
      var name = component.get("name").asText() + classifier(component.get("purl").asText());
      var jar = libraries.resolve(name + "-" + component.get("version").asText() + ".jar");
      var change = changes.remove(name);
      if (change != null) {
        component.putObject("pedigree").put("notes", change);
        hash(component, jar);
      } else if (!Files.exists(jar)) {
        absent.add(component.get("bom-ref").asText());
        components.remove();
      }
    }
    if (!changes.isEmpty()) {
      throw new IllegalStateException("not in the bill of materials: " + changes.keySet());
    }
    return absent;
  }

  /** Replaces the hashes of the published jar by those of the changed one, if there is one. */
  private static void hash(ObjectNode component, Path jar)
      throws IOException, NoSuchAlgorithmException {
    if (!Files.exists(jar)) {
      component.remove("hashes");
      return;
    }
    for (var hash : component.withArray("hashes")) {
      var digest = MessageDigest.getInstance(hash.get("alg").asText());
      var value = HexFormat.of().formatHex(digest.digest(Files.readAllBytes(jar)));
      ((ObjectNode) hash).put("content", value);
    }
  }

  private void forget(Set<String> absent) {
    var dependencies = bill.withArray("dependencies").elements();
    while (dependencies.hasNext()) {
      var dependency = (ObjectNode) dependencies.next();
      if (absent.contains(dependency.get("ref").asText())) {
        dependencies.remove();
        continue;
      }
      var uses = dependency.withArray("dependsOn").elements();
      while (uses.hasNext()) {
        if (absent.contains(uses.next().asText())) {
          uses.remove();
        }
      }
    }
  }

  private void add(Path release) throws IOException {
    var properties = new Properties();
    try (var reader = Files.newBufferedReader(release)) {
      properties.load(reader);
    }
    var version = value(properties, "JAVA_RUNTIME_VERSION");
    var runtime =
        mapper
            .createObjectNode()
            .put("type", "platform")
            .put("bom-ref", RUNTIME)
            .put("publisher", value(properties, "IMPLEMENTOR"))
            .put("name", "OpenJDK")
            .put("version", version)
            .put("description", "The Java runtime in runtime/: a JDK, reduced by jlink")
            .put(
                "cpe",
                "cpe:2.3:a:oracle:openjdk:" + value(properties, "JAVA_VERSION") + ":*:*:*:*:*:*:*")
            .put("purl", "pkg:generic/openjdk@" + version.replace("+", "%2B"));
    runtime
        .putArray("licenses")
        .addObject()
        .put("expression", "GPL-2.0-only WITH Classpath-exception-2.0");
    bill.withArray("components").add(runtime);
    var daemon = bill.get("metadata").get("component").get("bom-ref").asText();
    var dependencies = bill.withArray("dependencies");
    for (var dependency : dependencies) {
      if (dependency.get("ref").asText().equals(daemon)) {
        ((ObjectNode) dependency).withArray("dependsOn").add(RUNTIME);
      }
    }
    dependencies.addObject().put("ref", RUNTIME).putArray("dependsOn");
  }

  private static String classifier(String purl) {
    var from = purl.indexOf("classifier=");
    if (from < 0) {
      return "";
    }
    var value = purl.substring(from + "classifier=".length());
    var end = value.indexOf('&');
    return "-" + (end < 0 ? value : value.substring(0, end));
  }

  private static String value(Properties release, String key) {
    var value = release.getProperty(key, "").replace("\"", "");
    if (value.isEmpty()) {
      throw new IllegalStateException("the JDK's file release has no " + key);
    }
    return value;
  }
}
