package dev.rig.credentials.app.logging;

import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.text.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.StreamHandler;
import org.jspecify.annotations.Nullable;

/** Configures the JDK's logging: one line per event on a stream, as text or as JSON. */
public final class Logging {
  private Logging() {}

  /**
   * Only the daemon's own loggers follow the level: debug logs of a library may contain secrets.
   */
  private static final java.util.logging.Logger OURS =
      java.util.logging.Logger.getLogger("dev.rig");

  /**
   * Logs the daemon's own events of at least that level, and warnings of libraries, to the stream.
   */
  public static void configure(LogLevel level, LogFormat format, PrintStream stream) {
    LogManager.getLogManager().reset();
    var handler =
        new StreamHandler(stream, format == LogFormat.JSON ? new JsonLines() : new TextLines()) {
          @Override
          public synchronized void publish(@Nullable LogRecord event) {
            super.publish(event);
            flush();
          }
        };
    try {
      handler.setEncoding(StandardCharsets.UTF_8.name());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // UTF-8 is always supported
    }
    handler.setLevel(Level.ALL);
    var root = java.util.logging.Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    if (LogManager.getLogManager() instanceof ShutdownSafeLogs log) {
      log.steady();
    }
    OURS.setLevel(
        switch (level) {
          case ERROR -> Level.SEVERE;
          case WARN -> Level.WARNING;
          case INFO -> Level.INFO;
          case DEBUG -> Level.FINE;
          case TRACE -> Level.FINER;
        });
  }

  private static String word(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (value >= Level.WARNING.intValue()) {
      return "warn";
    }
    if (value >= Level.INFO.intValue()) {
      return "info";
    }
    return value >= Level.FINE.intValue() ? "debug" : "trace";
  }

  /** Returns the last part of the logger's name: the class without its package. */
  private static String source(LogRecord event) {
    var name = event.getLoggerName() == null ? "" : event.getLoggerName();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String stack(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static final class TextLines extends Formatter {
    private static final int LEVEL_WIDTH = "error ".length();

    /** Always with milliseconds, so that lines align. */
    private static final DateTimeFormatter TIME =
        new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    @Override
    public String format(LogRecord event) {
      var line = new StringBuilder();
      TIME.formatTo(event.getInstant(), line);
      line.append(' ');
      var level = word(event.getLevel());
      line.append(level).append(" ".repeat(LEVEL_WIDTH - level.length()));
      line.append(source(event))
          .append(": ")
          .append(Printable.of(formatMessage(event)))
          .append('\n');
      if (event.getThrown() != null) {
        line.append(Printable.lines(stack(event.getThrown())));
      }
      return line.toString();
    }
  }

  private static @Nullable Object structured(LogRecord event) {
    var parameters = event.getParameters();
    return parameters == null || parameters.length == 0 ? null : parameters[0];
  }

  private static final class JsonLines extends Formatter {
    @Override
    public String format(LogRecord event) {
      // Only strings can contain characters to escape, and this is JSON's own escape.
      return Printable.of(JsonWriter.text(JsonForm.COMPACT, json -> write(json, event))) + '\n';
    }

    private void write(JsonWriter json, LogRecord event) {
      json.put("time", event.getInstant().toString())
          .put("level", word(event.getLevel()))
          .put("logger", source(event));
      if (structured(event) instanceof StructuredEvent fields) {
        json.put("message", fields.summary());
        fields.fields().forEach(json::put);
      } else {
        json.put("message", formatMessage(event));
      }
      if (event.getThrown() != null) {
        json.put("stack", stack(event.getThrown()));
      }
    }
  }
}
