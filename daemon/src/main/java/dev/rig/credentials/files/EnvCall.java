package dev.rig.credentials.files;

import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The call that env(1) makes. Options that clear the environment do not change the {@code PATH}
 * here.
 *
 * @param arguments the program as written, such as {@code python3}, and its arguments
 * @param words the options and variables before the program, split
 * @param path the {@code PATH} in which the program is searched
 * @param folder the folder for relative names
 */
record EnvCall(List<String> arguments, List<String> words, String path, Path folder) {
  private static final String PATH = "PATH=";

  /** Options whose value is the next word, and which change nothing here. */
  private static final Pattern WITH_A_WORD = Pattern.compile("-[iv0]*[ua]|--(?:u[nset]*|a[rgv0]*)");

  /** Options for the working directory, which is the rest of the word, or else the next word. */
  private static final Pattern FOLDER = Pattern.compile("-[iv0]*C|--c[hdir]*(?:=|$)");

  /**
   * Options that make env split the rest of the word, or else the next word. A long option may be
   * abbreviated.
   */
  private static final Pattern SPLIT = Pattern.compile("-[iv0]*S\\s*|--s[a-z-]*(?:[= ]|$)");

  /**
   * Returns the call.
   *
   * @param words the arguments of env
   * @param path its {@code PATH}
   * @param folder its working directory
   * @return empty if env runs nothing
   * @throws FileSystemException if what env runs is unknown; the reason is for people
   */
  static Optional<EnvCall> of(List<String> words, String path, Path folder)
      throws FileSystemException {
    var left = new ArrayDeque<>(words);
    var before = new ArrayList<String>();
    var search = path;
    var at = folder;
    while (!left.isEmpty()) {
      var word = left.pop();
      before.add(word);
      var split = SPLIT.matcher(word);
      var change = FOLDER.matcher(word);
      if (split.lookingAt()) {
        SplitString.words(value(word, split.end(), left), path).reversed().forEach(left::push);
      } else if (change.lookingAt()) {
        at = resolve(at, value(word, change.end(), left));
      } else if (WITH_A_WORD.matcher(word).matches()) {
        var _ = left.poll();
      } else if (word.startsWith(PATH)) {
        search = word.substring(PATH.length());
      } else if (!word.isEmpty() && !word.startsWith("-") && word.indexOf('=') < 0) {
        left.push(word);
        return Optional.of(new EnvCall(List.copyOf(left), before, search, at));
      }
    }
    return Optional.empty();
  }

  /** Returns the rest of a word after an option, or else the next word; empty if absent. */
  private static String value(String word, int end, Deque<String> left) {
    return end < word.length() || left.isEmpty() ? word.substring(end) : left.pop();
  }

  private static Path resolve(Path folder, String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException noName) {
      return folder;
    }
  }
}
