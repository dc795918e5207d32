import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * Makes the bill of materials (CycloneDX) describe the distribution instead of the dependencies:
 * without jars that it does not contain, with what the build changed in the others, and with the
 * Java runtime. Its arguments are Maven's bill, the distribution, and the file for the result; the
 * standard input has a line for each changed library, {@code ARTIFACT: CHANGE}.
 */
final class Components {
  private Components() {}

  public static void main(String[] arguments) throws IOException {
    var mapper = new ObjectMapper();
    var bill = (ObjectNode) mapper.readTree(Path.of(arguments[0]).toFile());
    var distribution = Path.of(arguments[1]);
    var changes = changes();
    Set<String> absent = new HashSet<>();
    var components = bill.withArray("components").elements();
    while (components.hasNext()) {
      var component = (ObjectNode) components.next();
      var purl = component.get("purl").asText();
      var name = component.get("name").asText() + classifier(purl);
      var change = changes.remove(name);
      var jar = name + "-" + component.get("version").asText() + ".jar";
      if (change != null) {
        component.putObject("pedigree").put("notes", change);
      } else if (!Files.exists(distribution.resolve("lib").resolve(jar))) {
        absent.add(component.get("bom-ref").asText());
        components.remove();
      }
    }
    if (!changes.isEmpty()) {
      throw new IllegalStateException("not in the bill of materials: " + changes.keySet());
    }
    bill.withArray("components").add(runtime(mapper, distribution.resolve("runtime/release")));
    var dependencies = bill.withArray("dependencies").elements();
    while (dependencies.hasNext()) {
      var dependency = dependencies.next();
      if (absent.contains(dependency.get("ref").asText())) {
        dependencies.remove();
      } else if (dependency.get("dependsOn") instanceof ArrayNode uses) {
        var references = uses.elements();
        while (references.hasNext()) {
          if (absent.contains(references.next().asText())) {
            references.remove();
          }
        }
      }
    }
    mapper.writerWithDefaultPrettyPrinter().writeValue(Path.of(arguments[2]).toFile(), bill);
  }

  private static Map<String, String> changes() throws IOException {
    Map<String, String> changes = new HashMap<>();
    for (var line : new String(System.in.readAllBytes()).lines().toList()) {
      var colon = line.indexOf(": ");
      changes.put(line.substring(0, colon), line.substring(colon + 2));
    }
    return changes;
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

  private static ObjectNode runtime(ObjectMapper mapper, Path file) throws IOException {
    var release = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      release.load(reader);
    }
    return mapper
        .createObjectNode()
        .put("type", "platform")
        .put("bom-ref", "java-runtime")
        .put("publisher", unquoted(release, "IMPLEMENTOR"))
        .put("name", "OpenJDK")
        .put("version", unquoted(release, "JAVA_RUNTIME_VERSION"))
        .put(
            "description",
            "The JDK of the build, reduced by jlink to " + unquoted(release, "MODULES"));
  }

  private static String unquoted(Properties release, String key) {
    return release.getProperty(key, "").replace("\"", "");
  }
}
