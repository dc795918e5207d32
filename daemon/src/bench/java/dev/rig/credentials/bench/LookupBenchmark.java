package dev.rig.credentials.bench;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.PrefixTable;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How the time of a lookup grows with the number of entries: table, TreeMap and scan. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class LookupBenchmark {
  @Param({"10", "1000", "100000", "1000000"})
  public int entries;

  private PrefixTable<String> table = PrefixTable.of(Map.of());
  private final TreeMap<String, String> sorted = new TreeMap<>();
  private String[] prefixes = {};
  private String[] questions = {};
  private ImageReference[] references = {};
  private int next;

  /** Creates a tenth as many hosts as entries, each with paths of one to three segments. */
  @Setup(Level.Trial)
  public void fill() throws InvalidReferenceException {
    var all = new HashMap<RegistryPrefix, String>();
    prefixes = new String[entries];
    questions = new String[Math.min(entries, 4096)];
    references = new ImageReference[questions.length];
    for (int i = 0; i < entries; i++) {
      var prefix =
          "registry-" + i / 10 + ".example.com/team-" + i % 10 + (i % 3 == 0 ? "/app/deep" : "");
      prefixes[i] = prefix;
      all.put(RegistryPrefix.parse(prefix), prefix);
      sorted.put(prefix, prefix);
    }
    for (int i = 0; i < questions.length; i++) {
      int chosen = (int) ((long) i * entries / questions.length);
      questions[i] = prefixes[chosen] + "/service/image";
      references[i] = ImageReference.ofImage(questions[i]);
    }
    table = PrefixTable.of(all);
  }

  private int turn() {
    next = next + 1 == questions.length ? 0 : next + 1;
    return next;
  }

  /** Only the lookup. */
  @Benchmark
  public @Nullable String find() {
    return table.find(references[turn()]);
  }

  /** Only the normalisation of the reference. */
  @Benchmark
  public ImageReference normalise() throws InvalidReferenceException {
    return ImageReference.ofKey(questions[turn()]);
  }

  /** A whole request: the text is normalised, then looked up. */
  @Benchmark
  public @Nullable String normaliseAndFind() throws InvalidReferenceException {
    return table.find(ImageReference.ofKey(questions[turn()]));
  }

  /** A usual alternative: shorten the name by one segment at a time in a sorted map. */
  @Benchmark
  public @Nullable String treeMapWalk() {
    var name = references[turn()].name();
    while (true) {
      var found = sorted.get(name);
      int slash = name.lastIndexOf('/');
      if (found != null || slash < 0) {
        return found;
      }
      name = name.substring(0, slash);
    }
  }

  /** The simplest alternative. */
  @Benchmark
  public @Nullable String linearScan() {
    var name = references[turn()].name() + "/";
    String best = null;
    for (var prefix : prefixes) {
      if (name.startsWith(prefix)
          && name.charAt(prefix.length()) == '/'
          && (best == null || prefix.length() > best.length())) {
        best = prefix;
      }
    }
    return best;
  }
}
