package dev.rig.credentials.files;

import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;

/**
 * The text after {@code -S}, which env(1) splits into words: quotes, the escape sequences, comments
 * and {@code ${NAME}} have the meaning that the manual of GNU env gives them.
 */
final class SplitString {
  private static final String SEPARATORS = " \t\n\u000b\f\r";
  private static final String PATH = "${PATH}";

  private final String text;
  private final String path;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private char quote;
  private int at;

  private SplitString(String text, String path) {
    this.text = text;
    this.path = path;
  }

  /**
   * Returns the words.
   *
   * @param path the value of {@code ${PATH}}
   * @return empty if env refuses the text, and runs nothing
   * @throws FileSystemException if another variable is used: its value is not known here; the
   *     reason is for people
   */
  static List<String> words(String text, String path) throws FileSystemException {
    var split = new SplitString(text, path);
    boolean whole = split.read();
    return whole ? List.copyOf(split.words) : List.of();
  }

  private boolean read() throws FileSystemException {
    while (at < text.length()) {
      char c = text.charAt(at++);
      boolean quoted = quote != 0;
      if (c == quote) {
        quote = 0;
      } else if (!quoted && (c == '"' || c == '\'')) {
        quote = c;
        inWord = true;
      } else if (!quoted && SEPARATORS.indexOf(c) >= 0) {
        endWord();
      } else if (c == '#' && !quoted && !inWord) {
        return true;
      } else if (c == '$' && quote != '\'') {
        variable();
      } else if (c == '\\' && isEscape()) {
        char escaped = at < text.length() ? text.charAt(at++) : '\0';
        if (escaped == 'c' && quote == 0) {
          endWord();
          return true;
        }
        if (!escape(escaped)) {
          return false;
        }
      } else {
        append(c);
      }
    }
    endWord();
    return quote == 0;
  }

  /** Returns whether a backslash is more than itself; within single quotes, only before these. */
  private boolean isEscape() {
    return quote != '\'' || text.startsWith("\\", at) || text.startsWith("'", at);
  }

  /** Appends an escaped character; returns whether env knows it. */
  private boolean escape(char c) {
    switch (c) {
      case '"', '#', '$', '\'', '\\' -> append(c);
      case '_' -> {
        if (quote == 0) {
          endWord();
        } else {
          append(' ');
        }
      }
      case 'f' -> append('\f');
      case 'n' -> append('\n');
      case 'r' -> append('\r');
      case 't' -> append('\t');
      case 'v' -> append('\u000b');
      default -> {
        return false;
      }
    }
    return true;
  }

  private void variable() throws FileSystemException {
    if (!text.startsWith(PATH, at - 1)) {
      throw new FileSystemException(
          "env",
          null,
          "its first line uses a variable other than ${PATH}, so what runs is unknown");
    }
    at += PATH.length() - 1;
    word.append(path);
    inWord = true;
  }

  private void append(char c) {
    word.append(c);
    inWord = true;
  }

  private void endWord() {
    if (inWord) {
      words.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }
}
