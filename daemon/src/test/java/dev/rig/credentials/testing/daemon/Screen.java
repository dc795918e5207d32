package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A terminal in tmux. */
public final class Screen implements AutoCloseable {
  private final Path socket;

  /**
   * Creates a terminal on which nothing runs.
   *
   * @param folder for its socket; its path must be short enough for one
   */
  public Screen(Path folder) {
    socket = folder.resolve("t");
  }

  /** Types the command, and runs it. */
  public void start(Command command) {
    var words = new StringBuilder("clear; env");
    command.environment().forEach((name, value) -> words.append(" '" + name + "=" + value + "'"));
    command.words().forEach(word -> words.append(" '" + word + "'"));
    if (!Files.exists(socket)) {
      tmux("-f", "/dev/null", "-u", "new-session", "-d", "-x", "100", "-y", "40", "/bin/sh");
    }
    tmux("send-keys", "-l", words.toString());
    keys("Enter");
  }

  /** Presses keys, by tmux's names. */
  public void keys(String... names) {
    for (var name : names) {
      tmux("send-keys", name);
    }
  }

  /** Returns the screen when it contains the text. */
  public String shows(String text) {
    Eventually.within(
        Duration.ofSeconds(30), () -> picture().contains(text), () -> text + "\n" + picture());
    return picture();
  }

  /** Waits until the condition is met. */
  public void until(BooleanSupplier condition) {
    Eventually.within(Duration.ofSeconds(30), condition, this::picture);
  }

  /** Returns the name after the mark; empty if absent. */
  public String chosen() {
    return picture()
        .lines()
        .filter(line -> line.contains("▸"))
        .map(line -> line.replace("▸", "").strip().split(" ", 2)[0])
        .findFirst()
        .orElse("");
  }

  public String picture() {
    return tmux("capture-pane", "-p", "-J").stdout();
  }

  private ProgramResult tmux(String... arguments) {
    var words = new ArrayList<Object>(List.of(Tool.TMUX.path(), "-S", socket));
    words.addAll(List.of(arguments));
    return Command.of(words.toArray())
        .with("TERM", "xterm-256color")
        .with("LC_ALL", "C.UTF-8")
        .run()
        .succeeded();
  }

  @Override
  public void close() {
    tmux("kill-server");
  }
}
