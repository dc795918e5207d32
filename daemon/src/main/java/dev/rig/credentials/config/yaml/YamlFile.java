package dev.rig.credentials.config.yaml;

import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.files.InputFile;
import dev.rig.credentials.config.files.InputFiles;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The YAML documents of one file as nodes. The parser's own messages quote the text around the
 * error, so only its positions are used.
 */
public final class YamlFile {
  /** Reads every scalar as text: a password {@code 0123} stays unchanged. */
  private static final class TextOnly extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      // none: they would turn texts into numbers
    }

    @Override
    public Tag resolve(NodeId kind, @Nullable String value, boolean implicit) {
      return switch (kind) {
        case mapping -> Tag.MAP;
        case sequence -> Tag.SEQ;
        default -> Tag.STR;
      };
    }
  }

  private final InputFile file;
  private final ProblemCollector findings;

  private YamlFile(InputFile file, ProblemCollector findings) {
    this.file = file;
    this.findings = findings;
  }

  /** Returns the documents that are not empty; none if the file is invalid. */
  public static List<Node> read(InputFile file, ProblemCollector findings) {
    return new YamlFile(file, findings).documents();
  }

  private List<Node> documents() {
    var documents = new ArrayList<Node>();
    try {
      var text = JsonSlashes.without(text());
      compose(text, documents);
    } catch (RefusedYamlException refused) {
      refused.report(findings);
      return List.of();
    }
    if (documents.isEmpty()) {
      findings.addUnread(SourcePosition.file(file.name()), "the file is empty", null);
    }
    return documents;
  }

  private void compose(String text, List<Node> documents) {
    var options = new LoaderOptions();
    options.setCodePointLimit(InputFiles.LARGEST + 1);
    options.setNestingDepthLimit(2 * GuardedParser.DEEPEST);
    options.setMaxAliasesForCollections(Integer.MAX_VALUE);
    try {
      var parser = new ParserImpl(new StreamReader(text), options);
      var guarded = new GuardedParser(parser, file.name(), findings);
      var composer = new Composer(guarded, new TextOnly(), options);
      while (composer.checkNode()) {
        var node = composer.getNode();
        if (!isEmpty(node)) {
          documents.add(node);
        }
      }
    } catch (MarkedYAMLException e) {
      throw notYaml(e);
    } catch (ReaderException e) {
      throw unprintable(text);
    } catch (YAMLException | IllegalArgumentException e) {
      // Numbers in escapes and directives that are out of range: the parser reports no position.
      throw new RefusedYamlException(
          SourcePosition.file(file.name()), "not valid YAML", "look for escapes and directives");
    }
  }

  private static boolean isEmpty(Node node) {
    return switch (node) {
      case ScalarNode scalar -> NodeReader.isUnset(scalar);
      case MappingNode mapping -> mapping.getValue().isEmpty();
      default -> false;
    };
  }

  private RefusedYamlException notYaml(MarkedYAMLException e) {
    var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
    if (mark == null) {
      return new RefusedYamlException(SourcePosition.file(file.name()), "not valid YAML", null);
    }
    int[] buffer = mark.getBuffer();
    boolean tab = mark.getPointer() < buffer.length && buffer[mark.getPointer()] == '\t';
    return new RefusedYamlException(
        SourcePosition.at(file.name(), mark),
        "not valid YAML",
        tab
            ? "a tab is not allowed here: indent with spaces"
            : "check indentation, quotes and brackets here and above");
  }

  private RefusedYamlException unprintable(String text) {
    int at = 0;
    while (at < text.length() && StreamReader.isPrintable(text.codePointAt(at))) {
      at += Character.charCount(text.codePointAt(at));
    }
    return new RefusedYamlException(
        after(text.substring(0, at)),
        "a character that YAML does not allow",
        "is this a text file?");
  }

  private String text() {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    var in = ByteBuffer.wrap(file.content());
    var out = CharBuffer.allocate(file.content().length);
    var result = decoder.decode(in, out, true);
    var text = out.flip().toString();
    if (result.isError()) {
      throw new RefusedYamlException(after(text), "not valid UTF-8", "save the file as UTF-8");
    }
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** Returns the position after a text. */
  private SourcePosition after(String before) {
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int begin = before.lastIndexOf('\n') + 1;
    return new SourcePosition(file.name(), line, 1 + before.codePointCount(begin, before.length()));
  }
}
