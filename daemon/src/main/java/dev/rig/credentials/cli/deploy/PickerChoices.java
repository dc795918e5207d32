package dev.rig.credentials.cli.deploy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The choices, the filter that was typed, and the position of the cursor. */
final class PickerChoices {
  private final List<Choice> all;
  private final StringBuilder filter = new StringBuilder();
  private List<Choice> shown;
  private int cursor;

  /**
   * A choice.
   *
   * @param name matched by the filter and returned
   * @param remark shown after it; may be empty
   */
  record Choice(String name, String remark) {}

  PickerChoices(List<Choice> all) {
    this.all = List.copyOf(all);
    this.shown = this.all;
  }

  /** Returns the choices whose names contain the filter, ignoring case. */
  List<Choice> shown() {
    return shown;
  }

  /** Returns whether there are no choices, so that the typed text is the answer. */
  boolean isFree() {
    return all.isEmpty();
  }

  String filter() {
    return filter.toString();
  }

  /** Returns the index of the cursor in the shown choices. */
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

  /** Returns the choice at the cursor; empty if none is shown. */
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
