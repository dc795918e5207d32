package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.docker.AdoptionRecord.ChangedFile;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Restores what {@code adopt} changed in a Docker configuration that was changed again since. */
final class DockerRestoration {
  private DockerRestoration() {}

  static void restore(ChangedFile changed) {
    var target = ClientConfigFile.read(changed.path());
    var before = parse(changed.before());
    var after = parse(changed.after());
    for (var name : new String[] {"credHelpers", "auths"}) {
      var now = new LinkedHashMap<String, @Nullable Object>(fields(target.document(), name));
      var was = fields(before.fields(), name);
      var left = fields(after.fields(), name);
      left.forEach((key, value) -> {
        if (!was.containsKey(key) && value != null && value.equals(now.get(key))) {
          now.remove(key);
        }
      });
      var restored = new LinkedHashMap<String, @Nullable Object>();
      was.forEach((key, value) -> {
        boolean changedByUs = !left.containsKey(key) || !Objects.equals(value, left.get(key));
        if (changedByUs && Objects.equals(now.get(key), left.get(key))) {
          restored.put(key, value);
          now.remove(key);
        } else if (now.containsKey(key)) {
          restored.put(key, now.remove(key));
        }
      });
      restored.putAll(now);
      if (restored.isEmpty() && !before.fields().containsKey(name)) {
        target.document().remove(name);
      } else {
        target.document().put(name, JsonObject.of(restored));
      }
    }
    target.write(false);
  }

  private static Map<String, ? extends @Nullable Object> fields(
      Map<String, ? extends @Nullable Object> document, String name) {
    return document.get(name) instanceof JsonObject object ? object.fields() : Map.of();
  }

  private static JsonObject parse(byte @Nullable [] content) {
    try {
      return content == null || content.length == 0 ? JsonObject.EMPTY : JsonObject.parse(content);
    } catch (JsonException e) {
      throw new CommandException(ExitStatus.FAILED, "the record of adopt is damaged");
    }
  }
}
