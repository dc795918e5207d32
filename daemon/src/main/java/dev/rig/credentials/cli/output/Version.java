package dev.rig.credentials.cli.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
public final class Version implements IVersionProvider {
  public static String text() {
    return property("version", "unknown");
  }

  /** Returns the build time; a time long ago if unknown. */
  public static Instant built() {
    try {
      return Instant.parse(property("built", ""));
    } catch (DateTimeParseException untold) {
      return Instant.EPOCH;
    }
  }

  private static String property(String name, String otherwise) {
    var properties = new Properties();
    try (var file = Version.class.getResourceAsStream("version.properties")) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty(name, otherwise);
  }

  @Override
  public String[] getVersion() {
    return new String[] {"rig-credentials " + text()};
  }
}
