package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.machine.ElfFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The contents of the distribution: nothing is in it twice, and nothing that is never loaded. */
class DistributionIT {
  private static final String PRINT_FLAGS = "-XX:+PrintCommandLineFlags";
  private static final Path HOME = Distribution.daemon().getParent().getParent();
  private static final Path README =
      Path.of(System.getProperty("basedir", ".")).resolve("../README.md");
  private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| ([0-9.]+) MB \\|");

  /** Decimal, as {@code apt} and registries count. */
  private static final double MEGABYTE = 1_000_000;

  private static final double MOST = 150;
  private static final double MOST_WITHOUT_CLOUDS = 125;

  /** The tolerance of a row in README.md, because each JDK and each library differs in size. */
  private static final double TOLERANCE = 0.1;

  private static final double LEAST_TOLERANCE = 0.5;

  /** The libraries of cloud providers, which nothing else needs. */
  private static final Pattern CLOUDS =
      Pattern.compile(
          "(annotations|api-common|auth|aws-.*|azure-json|checksums|checksums-spi|ecr|ecrpublic|endpoints-spi|"
              + "error_prone_annotations|eventstream|failureaccess|google-.*|grpc-.*|gson|guava|http-auth.*|"
              + "http-client-spi|identity-spi|j2objc-annotations|json-utils|metrics-spi|msal4j|opencensus-.*|profiles|"
              + "protocol-core|reactive-streams|regions|retries|retries-spi|sdk-core|sso|ssooidc|sts|"
              + "third-party-jackson-core|utils|utils-lite)-[0-9].*\\.jar");

  /** The class archives of the JDK, which the AOT cache replaces, and development files. */
  @Test
  void runtimeHasNoArchiveOfClassesAndNothingForDevelopers() {
    var superfluous = Pattern.compile(".*\\.(jsa|jmod|diz|debuginfo|h|1|zip)");
    assertEquals(List.of(), paths("runtime").filter(superfluous.asMatchPredicate()).toList());
    assertEquals(
        List.of(
            "java.base", "java.logging", "java.net.http", "java.xml", "jdk.net", "jdk.unsupported"),
        Command.of(HOME.resolve("runtime/bin/java"), "--list-modules")
            .run()
            .succeeded()
            .stdout()
            .lines()
            .map(module -> module.replaceFirst("@.*", ""))
            .toList());
  }

  /** Later options replace earlier ones, so that the launcher could undo what the file says. */
  @Test
  void launcherReplacesNoOptionOfJvmOptions() {
    var options =
        flags(
            Command.of(
                HOME.resolve("runtime/bin/java"),
                "@" + HOME.resolve("lib/jvm.options"),
                PRINT_FLAGS,
                "--version"));
    assertTrue(options.contains("-XX:TieredStopAtLevel=1"), options::toString);
    assertEquals(options, flagsOf("serve"));
    assertEquals(options, flagsOf("check"));
  }

  private static Set<String> flagsOf(String command) {
    return flags(
        Command.of(Distribution.daemon(), command, "--help")
            .with("RIG_CREDENTIALS_AOT", PRINT_FLAGS)
            .with("_JAVA_OPTIONS", "-XX:-DisableAttachMechanism"));
  }

  private static Set<String> flags(Command command) {
    var first = command.run().succeeded().stdout().lines().findFirst().orElseThrow();
    return new TreeSet<>(List.of(first.strip().split(" +")));
  }

  /**
   * Other HTTP clients, generators of code, and models of Kubernetes that its client does not load.
   */
  @Test
  void noJarIsUnused() {
    var superfluous =
        Pattern.compile(
            "(netty|vertx|okhttp|apache-client|apache5-client|url-connection-client|asm|jnr-a64asm|jnr-x86asm|jna|"
                + "jffi-.*-native|kubernetes-model-(?!apps|autoscaling|batch|certificates|common|coordination|core|extensions)|slf4j-(?!api|nop)|junit|jacoco).*"
                + "|.*-(sources|tests|javadoc)\\.jar");
    assertEquals(List.of(), jars().filter(superfluous.asMatchPredicate()).toList());
  }

  @Test
  void billOfMaterialsListsExactlyWhatItContains() throws Exception {
    var file = HOME.resolve("share/rig-credentials.cdx.json");
    assumeTrue(Files.exists(file), "Maven makes no bill of materials when it is offline");
    var components = JsonObject.parse(Files.readAllBytes(file)).objects("components");
    var listed = new ArrayList<String>();
    var changed = new ArrayList<String>();
    var others = new ArrayList<String>();
    for (var component : components) {
      var name = component.textOrEmpty("name");
      var isNative = component.textOrEmpty("purl").contains("classifier=native");
      if (!component.textOrEmpty("type").equals("library")) {
        others.add(name + " " + component.textOrEmpty("version").replaceFirst("[+-].*", ""));
      } else if (!isNative) {
        listed.add(name + "-" + component.textOrEmpty("version") + ".jar");
      }
      if (component.has("pedigree")) {
        changed.add(isNative ? name + "-native" : name);
      }
    }
    assertEquals(
        jars().filter(jar -> !jar.equals("rig-credentials.jar")).sorted().toList(),
        listed.stream().sorted().toList());
    assertEquals(
        List.of("bcprov-jdk18on", "jffi-native", "jnr-constants", "picocli"),
        changed.stream().sorted().toList());
    var release = Files.readString(HOME.resolve("runtime/release"));
    assertEquals(1, others.size(), others::toString);
    assertTrue(
        release.contains("JAVA_VERSION=\"" + others.getFirst().replace("OpenJDK ", "") + "\""),
        () -> others + ": " + release);
  }

  @Test
  void noClassIsContainedTwice() {
    Map<String, String> where = new HashMap<>();
    var twice = new ArrayList<String>();
    jars()
        .forEach(jar ->
            entries(jar, name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                .filter(name -> !name.equals("module-info.class"))
                .forEach(name -> {
                  var other = where.put(name, jar);
                  if (other != null) {
                    twice.add(name + ": " + other + ", " + jar);
                  }
                }));
    assertEquals(List.of(), twice);
    assertTrue(where.size() > 10_000, "the jars were read");
  }

  @Test
  void everyProgramAndLibraryIsForThisArchitecture() {
    var here = System.getProperty("os.arch").equals("aarch64") ? ElfFiles.ARM64 : ElfFiles.AMD64;
    var others = new TreeMap<>(ElfFiles.in(HOME));
    assertTrue(others.containsKey("runtime/lib/server/libjvm.so"), others::toString);
    others.values().removeIf(machine -> machine == here);
    assertEquals(Map.of(), others);
    var inJars =
        jars()
            .flatMap(jar ->
                entries(jar, Pattern.compile(".*\\.(so|dll|dylib|jnilib)").asMatchPredicate()))
            .toList();
    assertEquals(List.of(), inJars);
  }

  @Test
  void itStaysBelowItsSizeAndTheReadmeHasTheSizeOfEachPart() throws IOException {
    var clouds = jars().filter(CLOUDS.asMatchPredicate()).map(jar -> "lib/" + jar).toList();
    assertTrue(clouds.size() > 40, clouds::toString);
    double all = size("");
    double ofClouds = clouds.stream().mapToDouble(DistributionIT::size).sum();
    var cache = size("lib/rig-credentials.aot");
    Map<String, Double> parts = new TreeMap<>();
    parts.put("Java runtime", size("runtime"));
    parts.put("AOT cache, for a fast start", cache);
    parts.put("SDKs of AWS, Google and Microsoft", ofClouds);
    parts.put("daemon and its other libraries", size("lib") - ofClouds - cache);
    parts.put("the whole distribution", all);
    assertTrue(all <= MOST, () -> "with the SDKs: " + parts);
    assertTrue(all - ofClouds <= MOST_WITHOUT_CLOUDS, () -> "without the SDKs: " + parts);

    var rows = ROW.matcher(Files.readString(README));
    Map<String, Double> said = new TreeMap<>();
    while (rows.find()) {
      said.put(rows.group(1), Double.valueOf(rows.group(2)));
    }
    parts.forEach((part, megabytes) -> {
      double row = said.getOrDefault(part, 0.0);
      assertTrue(
          Math.abs(row - megabytes) <= Math.max(LEAST_TOLERANCE, TOLERANCE * megabytes),
          () -> part + ": " + megabytes + " MB, but README says " + row);
    });
  }

  private static Stream<String> jars() {
    return paths("lib")
        .filter(name -> name.endsWith(".jar"))
        .map(name -> name.substring("lib/".length()));
  }

  /** Returns the paths of files below a folder, relative to the distribution. */
  private static Stream<String> paths(String folder) {
    try (var files = Files.walk(HOME.resolve(folder))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> HOME.relativize(file).toString())
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> entries(String jar, Predicate<String> wanted) {
    try (var file = new JarFile(HOME.resolve("lib").resolve(jar).toFile())) {
      return file.stream().map(ZipEntry::getName).filter(wanted).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double size(String path) {
    try (var files = Files.walk(HOME.resolve(path))) {
      return files
              .filter(Files::isRegularFile)
              .filter(file -> !Files.isSymbolicLink(file))
              .mapToLong(DistributionIT::bytes)
              .sum()
          / MEGABYTE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long bytes(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
