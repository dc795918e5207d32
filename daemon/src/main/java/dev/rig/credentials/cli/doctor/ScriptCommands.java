package dev.rig.credentials.cli.doctor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the programs that a shell script calls by a literal name, in order. It follows the token
 * rules of POSIX (Shell Command Language, 2.3 and 2.10): comments, quotes, here-documents and
 * patterns of {@code case} are no commands; substitutions are read like the script itself. What the
 * script computes, such as {@code "$program"}, is not found. An incomplete script is read as far as
 * it goes.
 */
final class ScriptCommands {
  private static final Pattern NAME = Pattern.compile("/?[A-Za-z_][\\w.+-]*(?:/[\\w.+-]+)*");
  private static final Pattern ASSIGNMENT = Pattern.compile("(?s)[A-Za-z_]\\w*\\+?=.*");

  /** Reserved words and builtins after which another command follows. */
  private static final Set<String> PREFIXES =
      Set.of(
          "!", "{", "if", "then", "elif", "else", "while", "until", "do", "time", "exec",
          "command");

  /** Reserved words and builtins of POSIX shells and bash. */
  private static final Set<String> OF_THE_SHELL =
      Set.of(
          (". : [ alias bg bind break builtin caller cd complete continue declare dirs disown done"
               + " echo enable esac eval exit export false fc fg fi getopts hash help history in"
               + " jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly"
               + " return set shift shopt source suspend test times trap true type typeset ulimit"
               + " umask unalias unset wait")
              .split(" "));

  private final String text;
  private final Set<String> found = new LinkedHashSet<>();
  private final Set<String> functions = new HashSet<>(OF_THE_SHELL);
  private final Deque<String> hereDocuments = new ArrayDeque<>();
  private int at;

  private ScriptCommands(String text) {
    this.text = text.replace("\\\n", "");
  }

  /** Returns the names, each once; without builtins and the script's own functions. */
  static List<String> of(String script) {
    var commands = new ScriptCommands(script);
    while (commands.at < commands.text.length()) {
      commands.list('\0', false);
    }
    commands.found.removeAll(commands.functions);
    return List.copyOf(commands.found);
  }

  /**
   * Reads commands.
   *
   * @param end the character that ends them, which is read too; NUL for the end of the script
   * @param inCase whether {@code ;;} and {@code esac} also end them
   * @return whether {@code esac} has ended them
   */
  private boolean list(char end, boolean inCase) {
    boolean command = true;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == end) {
        at++;
        return false;
      }
      if (inCase && text.startsWith(";;", at)) {
        at += 2;
        return false;
      }
      switch (c) {
        case ' ', '\t', '\r' -> at++;
        case '#' -> skipTo("\n");
        case '\n' -> {
          at++;
          skipHereDocuments();
          command = true;
        }
        case '(' -> {
          if (command && text.startsWith("((", at)) {
            skipPast("))");
          } else {
            at++;
            list(')', false);
          }
          command = false;
        }
        case ';', '|', '&', ')' -> {
          at++;
          command = true;
        }
        case '<', '>' -> redirection(end);
        default -> {
          int start = at;
          boolean literal = word(end);
          var word = text.substring(start, at);
          if (inCase && command && word.equals("esac")) {
            return true;
          }
          command = command && follows(word, literal, end);
        }
      }
    }
    return true;
  }

  /** Handles a word in the place of a command; returns whether a command follows it. */
  private boolean follows(String word, boolean literal, char end) {
    if (ASSIGNMENT.matcher(word).matches()) {
      return true;
    }
    if (!literal) {
      return false;
    }
    if (PREFIXES.contains(word)) {
      return true;
    }
    return switch (word) {
      case "for", "select" -> {
        while (at < text.length() && ";\n".indexOf(text.charAt(at)) < 0) {
          at++;
        }
        yield false;
      }
      case "case" -> {
        cases(end);
        yield false;
      }
      case "[[" -> {
        skipPast("]]");
        yield false;
      }
      case "function" -> {
        skipBlanks();
        int start = at;
        word(end);
        functions.add(text.substring(start, at));
        yield true;
      }
      default -> named(word);
    };
  }

  /** Handles a name in the place of a command; returns whether it defines a function. */
  private boolean named(String word) {
    int after = at;
    skipBlanks();
    if (text.startsWith("()", at)) {
      skip(2);
      functions.add(word);
      return true;
    }
    at = after;
    if (NAME.matcher(word).matches() && (word.startsWith("/") || word.indexOf('/') < 0)) {
      found.add(word);
    }
    return false;
  }

  /** Reads a {@code case} after its first word, up to its {@code esac}. */
  private void cases(char end) {
    skipBlanks();
    word(end);
    skipPast("in");
    while (at < text.length()) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (text.startsWith("#", at)) {
        skipTo("\n");
      } else if (text.startsWith("esac", at)) {
        at += "esac".length();
        return;
      } else {
        skip(text.startsWith("(", at) ? 1 : 0);
        while (at < text.length() && text.charAt(at) != ')') {
          int before = at;
          word('\0');
          skip(at == before ? 1 : 0);
        }
        skip(1);
        if (list(end, true)) {
          return;
        }
      }
    }
  }

  /**
   * Reads a word.
   *
   * @param end the character that ends the commands around it
   * @return whether it has neither quotes nor expansions
   */
  private boolean word(char end) {
    boolean literal = true;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == end || " \t\r\n;|&()<>".indexOf(c) >= 0) {
        return literal;
      }
      literal &= "\\'\"`$".indexOf(c) < 0;
      part(c);
    }
    return literal;
  }

  /** Reads one character, or the quotes or the expansion that it begins. */
  private void part(char c) {
    switch (c) {
      case '\\' -> skip(2);
      case '\'' -> {
        at++;
        skipPast("'");
      }
      case '"' -> {
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
          char inside = text.charAt(at);
          part(inside == '\'' ? ' ' : inside);
        }
        skip(1);
      }
      case '`' -> {
        at++;
        list('`', false);
      }
      case '$' -> expansion();
      default -> at++;
    }
  }

  private void expansion() {
    at++;
    if (text.startsWith("((", at)) {
      skipPast("))");
    } else if (text.startsWith("(", at)) {
      at++;
      list(')', false);
    } else if (text.startsWith("{", at)) {
      at++;
      while (at < text.length() && text.charAt(at) != '}') {
        part(text.charAt(at));
      }
      skip(1);
    }
  }

  private void redirection(char end) {
    boolean document = text.startsWith("<<", at) && !text.startsWith("<<<", at);
    if (text.startsWith("<(", at) || text.startsWith(">(", at)) {
      at += 2;
      list(')', false);
      return;
    }
    while (at < text.length() && "<>&|-".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    skipBlanks();
    int start = at;
    word(end);
    if (document) {
      hereDocuments.add(text.substring(start, at).replaceAll("[\\\\'\"]", ""));
    }
  }

  private void skipHereDocuments() {
    for (var end = hereDocuments.poll(); end != null; end = hereDocuments.poll()) {
      String line;
      do {
        int start = at;
        skipTo("\n");
        line = text.substring(start, at).stripLeading();
        skip(1);
      } while (at < text.length() && !line.equals(end));
    }
  }

  private void skipBlanks() {
    while (at < text.length() && " \t".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** Goes to the next occurrence, or to the end. */
  private void skipTo(String next) {
    int found = text.indexOf(next, at);
    at = found < 0 ? text.length() : found;
  }

  private void skipPast(String next) {
    skipTo(next);
    skip(next.length());
  }

  private void skip(int characters) {
    at = Math.min(at + characters, text.length());
  }
}
