package dev.rig.credentials.testing;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The log records of a package while this is open, at every level. */
public final class LogRecords extends Handler implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private final Logger logger;

  private LogRecords(Logger logger) {
    this.logger = logger;
  }

  public static LogRecords of(String name) {
    var records = new LogRecords(Logger.getLogger(name));
    records.logger.setLevel(Level.ALL);
    records.logger.setUseParentHandlers(false);
    records.logger.addHandler(records);
    return records;
  }

  @Override
  public void publish(LogRecord line) {
    var parameters = line.getParameters();
    var text =
        parameters == null
            ? line.getMessage()
            : MessageFormat.format(line.getMessage(), parameters);
    lines.add(text);
    if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
      warnings.add(text);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
    logger.setLevel(null);
  }

  /** Returns the messages at level WARNING and above. */
  public List<String> warnings() {
    return warnings;
  }

  public String text() {
    return String.join("\n", lines);
  }
}
