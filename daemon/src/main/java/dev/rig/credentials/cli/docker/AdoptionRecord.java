package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealedRecord;
import dev.rig.credentials.store.StateFolder;
import dev.rig.credentials.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code adopt} has changed, sealed, so that it can be undone: the files before and after, and
 * the keys of stored logins. Nothing is kept in plain text.
 */
final class AdoptionRecord {
  private static final String NAME = "adoption.sealed";
  private static final String PURPOSE = "adoption";
  private static final int LARGEST = 1 << 20;

  /**
   * A changed file.
   *
   * @param before its content before; null if it did not exist
   * @param after its content after; null if it was removed
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by their bytes
  record ChangedFile(Path path, byte @Nullable [] before, byte @Nullable [] after) {
    /** Returns whether the file is as {@code adopt} left it. */
    boolean isUntouched() {
      return Arrays.equals(content(path), after);
    }

    @Override
    public String toString() {
      return "ChangedFile[" + path + "]";
    }
  }

  private final SealedFile file;
  private final List<ChangedFile> files = new ArrayList<>();
  private final List<String> stored = new ArrayList<>();

  private AdoptionRecord(SealedFile file) {
    this.file = file;
  }

  /**
   * Opens the record of a user.
   *
   * @param folder for the record and its key; created if missing
   * @param key the file with the key; null for the default in the folder
   * @throws CommandException if it cannot be used
   */
  static AdoptionRecord open(Path folder, @Nullable Path key) {
    try {
      var state = StateFolder.open(folder);
      return new AdoptionRecord(new SealedFile(state.file(NAME), state.key(key, null), PURPOSE));
    } catch (StoreException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }

  boolean exists() {
    return Files.exists(file.path());
  }

  List<ChangedFile> files() {
    return files;
  }

  /** Returns the keys of the logins that were stored in the daemon. */
  List<String> stored() {
    return stored;
  }

  /** Records a file before it is changed. */
  void before(Path path) {
    files.add(new ChangedFile(path, content(path), content(path)));
    save();
  }

  /** Records the files after they were changed. */
  void after() {
    files.replaceAll(
        changed -> new ChangedFile(changed.path(), changed.before(), content(changed.path())));
    save();
  }

  /** Records a login before it is stored. */
  void storing(String key) {
    stored.add(key);
    save();
  }

  private static byte @Nullable [] content(Path path) {
    try {
      return Files.exists(path) ? RegularFile.read(path, LARGEST) : null;
    } catch (IOException e) {
      throw new CommandException(ExitStatus.FAILED, "cannot read " + path + ": " + e.getMessage());
    }
  }

  private void save() {
    var list = new ArrayList<JsonObject>();
    for (var changed : files) {
      var fields = new LinkedHashMap<String, @Nullable Object>();
      fields.put("path", changed.path().toString());
      fields.put("before", encoded(changed.before()));
      fields.put("after", encoded(changed.after()));
      list.add(JsonObject.of(fields));
    }
    var json = JsonWriter.text(JsonForm.COMPACT, Map.of("files", list, "stored", stored));
    try {
      file.write(List.of(new SealedRecord(PURPOSE, json.getBytes(StandardCharsets.UTF_8))));
    } catch (StoreException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads the record.
   *
   * @throws CommandException if it does not exist, or was changed
   */
  void load() {
    try {
      var json = file.read().map(contents -> contents.of(PURPOSE)).filter(list -> list.size() == 1);
      if (json.isEmpty()) {
        throw new CommandException(
            ExitStatus.FAILED, "nothing was adopted, so there is nothing to undo");
      }
      var record = JsonObject.parse(json.get().getFirst());
      for (var changed : record.objects("files")) {
        files.add(
            new ChangedFile(
                Path.of(changed.textOrEmpty("path")),
                decoded(changed.text("before")),
                decoded(changed.text("after"))));
      }
      stored.addAll(record.texts("stored"));
    } catch (StoreException | JsonException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /** Restores a file. */
  static void restore(ChangedFile changed) {
    try {
      var before = changed.before();
      if (before == null) {
        Files.deleteIfExists(changed.path());
      } else {
        AtomicFile.replaceOrOverwrite(
            changed.path(), before, AtomicFile.PRIVATE, changed.path().resolveSibling(""));
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.FAILED, "cannot restore " + changed.path() + ": " + e.getMessage());
    }
  }

  /** Deletes the record; nothing is left to undo. */
  void remove() {
    SealedFile.remove(file.path());
  }

  private static @Nullable String encoded(byte @Nullable [] bytes) {
    return Optional.ofNullable(bytes).map(Base64.getEncoder()::encodeToString).orElse(null);
  }

  private static byte @Nullable [] decoded(@Nullable String text) {
    return text == null ? null : Base64.getDecoder().decode(text);
  }
}
