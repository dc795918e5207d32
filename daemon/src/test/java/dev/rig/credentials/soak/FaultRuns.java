package dev.rig.credentials.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Repeats the tests of every fault in {@code docs/reliability.md}: 20 times, and 5 times where a
 * test takes more than 20 s. Each run is a line in {@code target/fault-runs.tsv}; a further call
 * does what is missing there for this build. Exits with status 1 if a run failed, or if runs are
 * missing when the time is over.
 *
 * <p>{@code mvn -B -Psoak verify -DskipTests -Dprogram="dev.rig.credentials.soak.FaultRuns 60"}
 * stops after 60 minutes. Names of tags after the minutes include tests with these tags.
 */
public final class FaultRuns {
  private static final int RUNS = 20;
  private static final int RUNS_OF_LONG_TESTS = 5;
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Pattern CLASS = Pattern.compile(".*(Test|IT)");
  private static final Pattern ROW = Pattern.compile("\\| (F\\d+) \\| (.*) \\|");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT|Cases))(?:\\.(\\w+))?`");

  /** A test of a fault; without a method all tests of the class. */
  private record FaultTest(String fault, Class<?> type, @Nullable String method) {
    String name() {
      return method == null ? type.getSimpleName() : type.getSimpleName() + "." + method;
    }

    DiscoverySelector selector() {
      if (method == null) {
        return DiscoverySelectors.selectClass(type);
      }
      return ReflectionSupport.findMethods(
              type, found -> found.getName().equals(method), HierarchyTraversalMode.TOP_DOWN)
          .stream()
          .findFirst()
          .<DiscoverySelector>map(found -> DiscoverySelectors.selectMethod(type, found))
          .orElseThrow(() -> new IllegalStateException("there is no " + name()));
    }
  }

  /** The recorded runs of a test. */
  private static final class Tally {
    private int good;
    private int failed;
    private Duration longest = Duration.ZERO;

    void add(boolean isGood, Duration took) {
      good += isGood ? 1 : 0;
      failed += isGood ? 0 : 1;
      longest = longest.compareTo(took) > 0 ? longest : took;
    }

    int needed() {
      return longest.compareTo(LONG) > 0 ? RUNS_OF_LONG_TESTS : RUNS;
    }

    boolean isComplete() {
      return good + failed >= needed();
    }
  }

  private final PrintStream out;
  private final Path file;
  private final String build;
  private final Map<FaultTest, Tally> records = new LinkedHashMap<>();
  private final Set<FaultTest> skipped = new LinkedHashSet<>();

  private FaultRuns(PrintStream out, Path module, Set<String> tags) throws IOException {
    this.out = out;
    file = module.resolve("target/fault-runs.tsv");
    var crc = new CRC32();
    crc.update(
        Files.readAllBytes(module.resolve("target/rig-credentials/lib/rig-credentials.jar")));
    build = "%08x".formatted(crc.getValue());
    for (var test : tests(module)) {
      var tag = test.type().getAnnotation(Tag.class);
      if (tag == null || tags.contains(tag.value())) {
        records.put(test, new Tally());
      } else {
        skipped.add(test);
      }
    }
    if (Files.exists(file)) {
      for (var line : Files.readAllLines(file)) {
        resume(line.split("\t", -1));
      }
    }
  }

  /** Runs what is missing; the arguments are the most minutes, and tags. */
  public static void main(String... arguments) throws IOException {
    var module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    var most =
        arguments.length == 0
            ? Duration.ofDays(1)
            : Duration.ofMinutes(Long.parseLong(arguments[0]));
    var tags =
        Set.copyOf(List.of(arguments).subList(Math.min(1, arguments.length), arguments.length));
    System.exit(new FaultRuns(System.out, module, tags).run(most) ? 0 : 1);
  }

  private static List<FaultTest> tests(Path module) throws IOException {
    var classes =
        ReflectionSupport.findAllClassesInPackage(
            "dev.rig.credentials", type -> true, name -> CLASS.matcher(name).matches());
    var found = new ArrayList<FaultTest>();
    var page = Files.readString(module.resolve("docs/reliability.md"));
    for (var line : page.substring(page.indexOf("\n## Tests\n")).lines().toList()) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        for (var test : TEST.matcher(row.group(2)).results().toList()) {
          found.add(new FaultTest(row.group(1), type(classes, test.group(1)), test.group(2)));
        }
      }
    }
    return found;
  }

  /** Returns the class of that simple name; of an abstract one the class that is not opt-in. */
  private static Class<?> type(List<Class<?>> classes, String name) {
    return classes.stream()
        .filter(type -> !Modifier.isAbstract(type.getModifiers()))
        .filter(type ->
            type.getSimpleName().equals(name)
                || (type.getSuperclass().getSimpleName().equals(name)
                    && !type.isAnnotationPresent(Tag.class)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no class runs the tests of " + name));
  }

  private void resume(String... run) {
    if (run[0].equals(build)) {
      records.forEach((test, record) -> {
        if (test.fault().equals(run[1]) && test.name().equals(run[2])) {
          record.add(run[3].equals("good"), Duration.ofMillis(Long.parseLong(run[4])));
        }
      });
    }
  }

  private boolean run(Duration most) throws IOException {
    long end = System.nanoTime() + most.toNanos();
    // Round by round, so that a run that is cut short has tried everything.
    for (int round = 0; round < RUNS && !isComplete(); round++) {
      for (var entry : records.entrySet()) {
        if (System.nanoTime() - end > 0) {
          return print();
        }
        var record = entry.getValue();
        if (record.good + record.failed <= round
            && !record.isComplete()
            && !skipped.contains(entry.getKey())) {
          run(entry.getKey(), record);
        }
      }
    }
    return print();
  }

  private boolean isComplete() {
    return records.entrySet().stream()
        .allMatch(entry -> entry.getValue().isComplete() || skipped.contains(entry.getKey()));
  }

  private void run(FaultTest test, Tally record) throws IOException {
    var listener = new SummaryGeneratingListener();
    var request = LauncherDiscoveryRequestBuilder.request().selectors(test.selector()).build();
    long began = System.nanoTime();
    LauncherFactory.create().execute(request, listener);
    var took = Duration.ofNanos(System.nanoTime() - began);
    var summary = listener.getSummary();
    boolean isGood = summary.getTotalFailureCount() == 0;
    if (isGood && summary.getTestsSucceededCount() == 0) {
      skipped.add(test);
      return;
    }
    record.add(isGood, took);
    Files.writeString(
        file,
        String.join(
            "\t",
            build,
            test.fault(),
            test.name(),
            isGood ? "good" : "failed",
            Long.toString(took.toMillis()),
            reason(summary) + "\n"),
        UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    out.printf(
        "%s %s: run %d of %d, %s, %d ms%n",
        test.fault(),
        test.name(),
        record.good + record.failed,
        record.needed(),
        isGood ? "good" : "failed: " + reason(summary),
        took.toMillis());
  }

  private static String reason(TestExecutionSummary summary) {
    return summary.getFailures().isEmpty()
        ? ""
        : summary.getFailures().getFirst().getException().toString().replaceAll("\\s+", " ");
  }

  private boolean print() {
    out.printf(
        "%n%-5s %5s %7s %7s %10s  %s%n", "Fault", "Runs", "Needed", "Failed", "Longest", "Test");
    int failed = 0;
    for (var entry : records.entrySet()) {
      var record = entry.getValue();
      failed += record.failed;
      if (!skipped.contains(entry.getKey())) {
        out.printf(
            "%-5s %5d %7d %7d %8.1f s  %s%n",
            entry.getKey().fault(),
            record.good + record.failed,
            record.needed(),
            record.failed,
            record.longest.toMillis() / 1_000.0,
            entry.getKey().name());
      }
    }
    skipped.forEach(test -> out.printf("%-5s not run: %s%n", test.fault(), test.name()));
    return failed == 0 && isComplete();
  }
}
