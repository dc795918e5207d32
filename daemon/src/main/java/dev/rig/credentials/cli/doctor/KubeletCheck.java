package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks that the kubelet of this node calls the provider, for every entry. */
final class KubeletCheck {
  private static final String CHECK = "kubelet";
  private static final String BIN_DIR = "--image-credential-provider-bin-dir";
  private static final String CONFIG = "--image-credential-provider-config";
  private static final Pattern PROVIDER =
      Pattern.compile("name[\"']?\\s*:\\s*[\"']?(rig-credential-provider[a-z0-9-]*)");
  private static final String INSTALL =
      "run \"rig-credentials kubelet-config --install /etc/rig-credentials/kubelet\", and restart"
          + " the kubelet with the flags that it prints";

  /** {@code USER_HZ} of proc(5) is 100 on every Linux. */
  private static final long MILLIS_A_TICK = 10;

  private final Path root;
  private final JsonObject daemon;

  /**
   * Creates the check.
   *
   * @param root the folder with {@code /proc}, and with the files of the kubelet's flags
   * @param daemon the daemon's answer to {@code status}
   */
  KubeletCheck(Path root, JsonObject daemon) {
    this.root = root;
    this.daemon = daemon;
  }

  private record Kubelet(Path process, List<String> arguments) {
    @Nullable String flag(String name) {
      for (int i = 0; i < arguments.size(); i++) {
        var argument = arguments.get(i);
        if (argument.startsWith(name + "=")) {
          return argument.substring(name.length() + 1);
        }
        if (argument.equals(name) && i + 1 < arguments.size()) {
          return arguments.get(i + 1);
        }
      }
      return null;
    }
  }

  void look(List<Finding> findings) {
    try {
      var kubelet = kubelet();
      if (kubelet.isEmpty()) {
        findings.add(Finding.ok(CHECK, "no kubelet runs on this machine"));
        return;
      }
      var bin = kubelet.get().flag(BIN_DIR);
      var config = kubelet.get().flag(CONFIG);
      if (bin == null || config == null) {
        findings.add(
            Finding.warn(
                CHECK, "the kubelet runs without " + (bin == null ? BIN_DIR : CONFIG), INSTALL));
        return;
      }
      providers(kubelet.get(), at(bin), at(config), findings);
    } catch (IOException e) {
      findings.add(Finding.warn(CHECK, "cannot check it: " + e.getMessage(), "run doctor as root"));
    }
  }

  private void providers(Kubelet kubelet, Path bin, Path config, List<Finding> findings)
      throws IOException {
    int before = findings.size();
    var text = new StringBuilder();
    var changed = Instant.MIN;
    for (var file : files(config)) {
      text.append(RegularFile.text(file)).append('\n');
      var written = Files.getLastModifiedTime(file).toInstant();
      changed = written.isAfter(changed) ? written : changed;
    }
    var names = names(text.toString());
    if (names.isEmpty()) {
      findings.add(Finding.warn(CHECK, config + " does not name our provider", INSTALL));
      return;
    }
    for (var name : names) {
      if (!Files.isExecutable(bin.resolve(name))) {
        findings.add(Finding.fail(CHECK, "there is no program " + bin.resolve(name), INSTALL));
      }
    }
    var missing = missing(text.toString());
    if (!missing.isEmpty()) {
      findings.add(
          Finding.warn(
              CHECK, config + " does not match images of " + String.join(", ", missing), INSTALL));
    }
    var started = started(kubelet);
    if (started.isPresent() && started.get().isBefore(changed)) {
      findings.add(
          Finding.warn(
              CHECK,
              config
                  + " was changed after the kubelet was started; the kubelet reads it only at its"
                  + " start",
              "run \"systemctl restart kubelet\""));
    }
    if (findings.size() == before) {
      findings.add(Finding.ok(CHECK, "it asks " + String.join(" and ", names)));
    }
  }

  private static Set<String> names(String text) {
    var names = new LinkedHashSet<String>();
    var matcher = PROVIDER.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private Set<String> missing(String text) {
    var missing = new LinkedHashSet<String>();
    for (var entry : daemon.objects("entries")) {
      var prefixes = new ArrayList<>(entry.texts("mirrorOf"));
      prefixes.addFirst(entry.display("prefix"));
      for (var prefix : prefixes) {
        int slash = prefix.indexOf('/');
        var host = slash < 0 ? prefix : prefix.substring(0, slash);
        if (!text.contains(host)) {
          missing.add(host);
        }
      }
    }
    return missing;
  }

  /** Returns the configuration file; since Kubernetes 1.34 also the files of a folder. */
  private static List<Path> files(Path config) throws IOException {
    if (!Files.isDirectory(config)) {
      return List.of(config);
    }
    var files = new ArrayList<Path>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(config, "*.{yaml,yml,json}")) {
      stream.forEach(files::add);
    }
    return files;
  }

  private Optional<Kubelet> kubelet() throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(at("/proc"), "[0-9]*")) {
      for (var process : processes) {
        var arguments = arguments(process);
        var program = arguments.getFirst();
        if (program.substring(program.lastIndexOf('/') + 1).equals("kubelet")) {
          return Optional.of(new Kubelet(process, arguments));
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> arguments(Path process) {
    try {
      var line = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
      return Arrays.asList(line.split("\0", -1));
    } catch (IOException gone) {
      return List.of("");
    }
  }

  /**
   * Returns the latest possible start time: the boot time in whole seconds plus the process's
   * ticks, proc(5). A file from the second before the start does not count as newer.
   */
  private Optional<Instant> started(Kubelet kubelet) {
    try (var lines = Files.lines(at("/proc/stat"))) {
      long boot =
          lines
              .filter(line -> line.startsWith("btime "))
              .mapToLong(line -> Long.parseLong(line.substring("btime ".length()).strip()))
              .findFirst()
              .orElseThrow(() -> new IOException("no btime"));
      var stat = Files.readString(kubelet.process().resolve("stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Optional.of(
          Instant.ofEpochSecond(boot + 1).plusMillis(Long.parseLong(fields[19]) * MILLIS_A_TICK));
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unknown) {
      return Optional.empty();
    }
  }

  private Path at(String path) {
    return root.resolve(path.startsWith("/") ? path.substring(1) : path);
  }
}
