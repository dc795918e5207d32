package dev.rig.credentials;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.image.Hash;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The floors of the package list: imports point down, and never to a neighbour. */
class FloorsTest {
  private static final String ROOT = "dev.rig.credentials.";
  private static final String[] L0 =
      packages(
          "image",
          "credential",
          "problem",
          "time",
          "concurrent",
          "text",
          "metrics",
          "json",
          "files",
          "linux",
          "net");
  private static final String[] L1 =
      packages(
          "config", "source", "provider", "cache", "store", "access", "socket", "registry", "kube");
  private static final String[] L2 = packages("broker", "request");
  private static final String[] L3 = packages("helperapi", "kubelet", "http", "dev");
  private static final String[] L4 = packages("app");
  private static final String[] L5 = packages("cli");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("-tests.jar")) // the helper's tests
          .importPackages("dev.rig.credentials");

  /** What java.text.MessageFormat replaces. */
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\d}|\\w''\\w");

  private static String[] packages(String... names) {
    var packages = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      packages[i] = ROOT + names[i] + "..";
    }
    return packages;
  }

  @Test
  void importsPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.rig.credentials..")
        .withOptionalLayers(true)
        .layer("helper")
        .definedBy(packages("wire", "client"))
        .layer("L0")
        .definedBy(L0)
        .layer("L1")
        .definedBy(L1)
        .layer("L2")
        .definedBy(L2)
        .layer("L3")
        .definedBy(L3)
        .layer("L4")
        .definedBy(L4)
        .layer("L5")
        .definedBy(L5)
        .whereLayer("L5")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("L4")
        .mayOnlyBeAccessedByLayers("L5")
        .whereLayer("L3")
        .mayOnlyBeAccessedByLayers("L4", "L5")
        .whereLayer("L2")
        .mayOnlyBeAccessedByLayers("L3", "L4", "L5")
        .whereLayer("L1")
        .mayOnlyBeAccessedByLayers("L2", "L3", "L4", "L5")
        .whereLayer("L0")
        .mayOnlyBeAccessedByLayers("L1", "L2", "L3", "L4", "L5")
        .check(CLASSES);
  }

  @Test
  void everyPackageHasItsFloor() {
    classes()
        .should()
        .resideInAnyPackage(
            java.util.stream.Stream.of(L0, L1, L2, L3, L4, L5, packages("wire", "client"))
                .flatMap(java.util.stream.Stream::of)
                .toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void packagesOfL1AndL3DoNotImportTheirNeighbours() {
    for (var floor : new String[][] {L1, L3}) {
      for (var one : floor) {
        for (var other : floor) {
          if (!one.equals(other)) {
            noClasses()
                .that()
                .resideInAPackage(one)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(other)
                .allowEmptyShould(true)
                .check(CLASSES);
          }
        }
      }
    }
  }

  @Test
  void noPackageIsInACycle() {
    slices().matching("dev.rig.credentials.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void subPackagesThatAreDetailsAreUsedByTheirOwnPackageOnly() {
    internal("config", "config.yaml");
    internal("registry", "registry.call", "registry.auth", "registry.content");
    internal("http", "http.server");
    internal("app", "app.audit");
    internal(
        "cli", "cli.client", "cli.deploy", "cli.dev", "cli.docker", "cli.doctor", "cli.output");
  }

  @Test
  void onlyTheDaemonAndTheCommandLineSetUpTheLog() {
    classes()
        .that()
        .resideInAPackage(ROOT + "app.logging..")
        .should()
        .onlyBeAccessed()
        .byAnyPackage(packages("app", "cli"))
        .check(CLASSES);
  }

  @Test
  void librariesStayInTheirPackages() {
    only("com.github.jnr..", "socket", "linux");
    only("jnr..", "socket", "linux");
    only("com.kenai..", "socket", "linux");
    only("org.yaml..", "config");
    only("picocli..", "cli");
    only("org.bouncycastle..", "store", "dev", "net");
    only("io.helidon..", "http", "registry");
    only("io.prometheus..", "metrics");
    only("io.fabric8..", "kube");
    only("com.fasterxml.jackson..", "json");
    only("org.apache.hc..", "net");
    only("com.github.dockerjava..", "dev");
    only("org.jline..", "cli");
    only("software.amazon..", "provider");
    only("com.google..", "provider");
    only("com.microsoft..", "provider");
  }

  @Test
  void onlyTheTimePackageAsksTheSystemForTime() {
    noClasses()
        .that(not(resideInAnyPackage(packages("time", "client"))))
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .check(CLASSES);
  }

  @Test
  void onlyOneClassRenamesFiles() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(AtomicFile.class)
        .should()
        .callMethodWhere(target(owner(assignableTo(Files.class))).and(target(name("move"))))
        .check(CLASSES);
  }

  /** F39: opening a special file may block forever; these read in /proc, and one more. */
  @Test
  void onlyOneClassReadsFiles() {
    var inProc = Set.of("ProcessTable", "KubeletProcesses", "PeerProcess", "KubeletCheck");
    noClasses()
        .that()
        .doNotBelongToAnyOf(RegularFile.class, AtomicFile.class)
        .and(not(describe("read in /proc", type -> inProc.contains(type.getSimpleName()))))
        .should()
        .callMethodWhere(
            target(owner(assignableTo(Files.class)))
                .and(
                    target(
                        nameMatching("read(String|AllBytes|AllLines)|lines|new(In|BufferedR).*"))))
        .check(CLASSES);
  }

  /** System.Logger formats a message only if it has parameters, and a Throwable is none. */
  @Test
  void messageOfTheLogWithoutParametersHasNoPlaceholder() throws IOException {
    var found = new ArrayList<String>();
    for (var type : CLASSES) {
      for (var call : type.getMethodCallsFromSelf()) {
        var target = call.getTarget();
        if (target.getOwner().isEquivalentTo(System.Logger.class)
            && target.getName().equals("log")
            && !target.getRawParameterTypes().getLast().isArray()
            && PLACEHOLDER.matcher(statement(call)).find()) {
          found.add(call.getDescription());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  private static String statement(JavaMethodCall call) throws IOException {
    var type = call.getOriginOwner();
    var name =
        type.getPackageName().replace('.', '/')
            + "/"
            + call.getSourceCodeLocation().getSourceFileName();
    var lines =
        Files.readAllLines(Path.of(System.getProperty("basedir", "."), "src/main/java", name));
    var text = String.join("\n", lines.subList(call.getLineNumber() - 1, lines.size()));
    return text.split(";\n", 2)[0];
  }

  @Test
  void onlyOneClassHashes() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(Hash.class)
        .should()
        .callMethodWhere(
            target(owner(assignableTo(MessageDigest.class))).and(target(name("getInstance"))))
        .check(CLASSES);
  }

  /** T24: all output is escaped; only these classes print control sequences of their own. */
  @Test
  void allOutputIsEscaped() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "cli..")
        .and()
        .doNotHaveSimpleName("Main")
        .and()
        .doNotHaveSimpleName("ProgressBar")
        .and()
        .doNotHaveSimpleName("PushProgressBars")
        .and()
        .doNotHaveSimpleName("StatusCommand")
        .should()
        .callMethod(Console.class, "raw", PrintStream.class)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineWritesToStandardOutputAndExits() {
    noClasses()
        .that(not(resideInAnyPackage(packages("cli", "client"))))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }

  /** Records of settings, and of the data of one thing. */
  private static final Set<String> LONG_RECORDS =
      Set.of(
          "EffectiveSettings",
          "ClusterSettings",
          "SocketLimits",
          "SocketCounts",
          "PullSecretAnswer",
          "ResolvedImage");

  @Test
  void noConstructorButARecordOfSettingsHasMoreThanEightParameters() {
    var longest =
        CLASSES.stream()
            .filter(type -> !(type.isRecord() && LONG_RECORDS.contains(type.getSimpleName())))
            .flatMap(type -> type.getConstructors().stream())
            .filter(constructor -> constructor.getParameters().size() > 8)
            .map(JavaConstructor::getFullName)
            .toList();
    assertEquals(List.of(), longest);
  }

  @Test
  void noTwoClassesShareASimpleName() {
    var sharing =
        CLASSES.stream()
            .filter(type -> !type.isAnonymousClass() && !type.isLocalClass())
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(
                Collectors.groupingBy(
                    JavaClass::getSimpleName,
                    TreeMap::new,
                    Collectors.mapping(JavaClass::getName, Collectors.toList())));
    sharing.values().removeIf(names -> names.size() == 1);
    assertEquals(Map.of(), sharing);
  }

  private static void internal(String owner, String... details) {
    classes()
        .that()
        .resideInAnyPackage(packages(details))
        .should()
        .onlyBeAccessed()
        .byAnyPackage(packages(owner))
        .check(CLASSES);
  }

  private static void only(String library, String... users) {
    noClasses()
        .that(not(resideInAnyPackage(packages(users))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }
}
