package dev.rig.credentials.cli.deploy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What can be chosen from, the filter that was typed, and where the cursor stands. */
final class PickerChoices {
  private final List<Choice> all;
  private final StringBuilder filter = new StringBuilder();
  private List<Choice> shown;
  private int cursor;

  /**
   * One of them.
   *
   * @param name what is filtered by and returned
   * @param remark stands behind it; empty for none
   */
  record Choice(String name, String remark) {}

  PickerChoices(List<Choice> all) {
    this.all = List.copyOf(all);
    this.shown = this.all;
  }

  /** Those whose names contain what was typed, whatever the case. */
  List<Choice> shown() {
    return shown;
  }

  /** Whether there is nothing to choose from: then what is typed is the answer. */
  boolean isFree() {
    return all.isEmpty();
  }

  String filter() {
    return filter.toString();
  }

  /** Which of those that are shown. */
  int cursor() {
    return cursor;
  }

  void type(char letter) {
    filter.append(letter);
    update();
  }

  void erase() {
    if (!filter.isEmpty()) {
      filter.setLength(filter.length() - 1);
      update();
    }
  }

  void clear() {
    filter.setLength(0);
    update();
  }

  void up() {
    cursor = Math.max(0, cursor - 1);
  }

  void down() {
    cursor = Math.min(Math.max(0, shown.size() - 1), cursor + 1);
  }

  /** The one under the cursor; empty where nothing is shown. */
  Optional<Choice> chosen() {
    return shown.isEmpty() ? Optional.empty() : Optional.of(shown.get(cursor));
  }

  private void update() {
    var typed = filter().toLowerCase(Locale.ROOT);
    shown =
        all.stream()
            .filter(choice -> choice.name().toLowerCase(Locale.ROOT).contains(typed))
            .toList();
    cursor = 0;
  }
}
