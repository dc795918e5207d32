package dev.rig.credentials.app.audit;

import dev.rig.credentials.app.logging.StructuredEvent;
import dev.rig.credentials.request.AnsweredRequest;
import dev.rig.credentials.text.Printable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit log.
 *
 * @param more how many equal requests have no line of their own
 */
record AuditRecord(AnsweredRequest answered, PeerProcess process, long more)
    implements StructuredEvent {
  @Override
  public String summary() {
    return answered.action() + " " + outcome();
  }

  private String outcome() {
    return answered.outcome().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Map<String, Object> fields() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("action", answered.action());
    put(fields, "prefix", answered.prefix());
    fields.put("outcome", outcome());
    fields.put("micros", answered.took().toNanos() / 1000);
    fields.put("uid", Integer.toUnsignedLong(answered.peer().uid()));
    fields.put("gid", Integer.toUnsignedLong(answered.peer().gid()));
    fields.put("pid", answered.peer().pid());
    put(fields, "exe", process.executable());
    put(fields, "container", process.cgroup().container());
    put(fields, "pod", process.cgroup().pod());
    if (more > 0) {
      fields.put("more", more);
    }
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, Printable.of(value));
    }
  }

  /**
   * Returns {@code name=value} pairs. A value that contains a space, a quote or a backslash is
   * quoted.
   */
  @Override
  public String toString() {
    var line = new StringJoiner(" ");
    fields()
        .forEach((name, value) -> {
          if (!name.equals("more")) {
            line.add(name + "=" + quoted(value.toString()));
          }
        });
    return more > 0 ? line + " and " + more + " more like it" : line.toString();
  }

  private static String quoted(String value) {
    boolean plain =
        !value.isEmpty() && value.chars().noneMatch(c -> c == ' ' || c == '"' || c == '\\');
    return plain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
