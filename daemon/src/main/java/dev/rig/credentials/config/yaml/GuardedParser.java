package dev.rig.credentials.config.yaml;

import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;

/**
 * A parser that accepts only the YAML that a configuration needs: no tags, no deep nesting, no
 * alias that multiplies values, no duplicate key, no key that is not text. It checks every event
 * before nodes are created, so rejected input costs nothing (docs/security.md, T14).
 */
final class GuardedParser implements Parser {
  /** The limit of nested mappings and lists. */
  static final int DEEPEST = 50;

  /** The limit of values that all aliases of a file stand for. */
  static final int MOST_ALIASED = 100_000;

  private static final long OPEN = -1;

  /** A mapping or list that has started but not ended. */
  private static final class Frame {
    private final boolean mapping;
    private final @Nullable String anchor;
    private final Map<String, Integer> keys;
    private boolean atKey;
    private long size = 1;

    Frame(boolean mapping, @Nullable String anchor) {
      this.mapping = mapping;
      this.anchor = anchor;
      this.keys = mapping ? new HashMap<>() : Map.of();
      this.atKey = mapping;
    }
  }

  private final Parser parser;
  private final String file;
  private final ProblemCollector findings;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private final Map<String, Long> anchors = new HashMap<>();
  private long aliased;

  GuardedParser(Parser parser, String file, ProblemCollector findings) {
    this.parser = parser;
    this.file = file;
    this.findings = findings;
  }

  @Override
  public boolean checkEvent(Event.ID choice) {
    return parser.checkEvent(choice);
  }

  @Override
  public Event peekEvent() {
    return parser.peekEvent();
  }

  @Override
  public Event getEvent() {
    var event = parser.getEvent();
    switch (event.getEventId()) {
      case DocumentStart -> anchors.clear();
      case Scalar -> scalar((ScalarEvent) event);
      case Alias -> alias((AliasEvent) event);
      case MappingStart, SequenceStart -> begin((CollectionStartEvent) event);
      case MappingEnd, SequenceEnd -> end();
      default -> {}
    }
    return event;
  }

  private void scalar(ScalarEvent event) {
    refuseTag(event, event.getTag());
    var anchor = event.getAnchor();
    if (anchor != null) {
      anchors.put(anchor, 1L);
    }
    var parent = frames.peek();
    if (parent == null) {
      return;
    }
    parent.size++;
    if (parent.atKey) {
      int line = event.getStartMark().getLine() + 1;
      var first = parent.keys.putIfAbsent(event.getValue(), line);
      if (first != null) {
        findings.add(at(event), "the key is a duplicate", "first in line " + first);
      }
    }
    parent.atKey = parent.mapping && !parent.atKey;
  }

  private void alias(AliasEvent event) {
    var size = anchors.get(event.getAnchor());
    if (size == null) {
      throw new RefusedYamlException(
          at(event), "the alias is undefined", "define it with & further up in this document");
    }
    if (size == OPEN) {
      throw new RefusedYamlException(
          at(event), "the alias refers to a value that contains it", null);
    }
    aliased += size;
    if (aliased > MOST_ALIASED) {
      throw new RefusedYamlException(
          at(event), "the aliases expand to too many values", "write the values out");
    }
    var parent = frames.peek();
    if (parent != null) {
      parent.size += size;
      if (parent.atKey) {
        notText(event);
      }
      parent.atKey = parent.mapping && !parent.atKey;
    }
  }

  private void begin(CollectionStartEvent event) {
    refuseTag(event, event.getTag());
    if (frames.size() == DEEPEST) {
      throw new RefusedYamlException(
          at(event), "nested deeper than " + DEEPEST + " levels", "is a bracket left open?");
    }
    var anchor = event.getAnchor();
    if (anchor != null) {
      anchors.put(anchor, OPEN);
    }
    var parent = frames.peek();
    if (parent != null) {
      if (parent.atKey) {
        notText(event);
      }
      parent.atKey = parent.mapping && !parent.atKey;
    }
    frames.push(new Frame(event instanceof MappingStartEvent, anchor));
  }

  private void end() {
    var frame = frames.pop();
    if (frame.anchor != null) {
      anchors.put(frame.anchor, frame.size);
    }
    var parent = frames.peek();
    if (parent != null) {
      parent.size += frame.size;
    }
  }

  private void notText(Event event) {
    findings.add(
        at(event), "the key is not a text", "write the key itself, in quotes if necessary");
  }

  private void refuseTag(NodeEvent event, @Nullable String tag) {
    if (tag != null) {
      throw new RefusedYamlException(
          at(event), "tags are not allowed", "remove the word that begins with \"!\"");
    }
  }

  private SourcePosition at(Event event) {
    return SourcePosition.at(file, event.getStartMark());
  }
}
