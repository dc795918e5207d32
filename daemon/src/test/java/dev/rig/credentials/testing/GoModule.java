package dev.rig.credentials.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assertions;

/**
 * Other projects' programs in Go, for tests and benchmarks. They are built when first needed. Tests
 * that need a slow build have a tag, and run with the Maven profile of that name.
 */
public enum GoModule {
  /** The kubelet's own code that runs credential providers. */
  KUBELET_DRIVER("src/test/resources/kubelet-driver", "some minutes and 600 MB", "."),

  /** The package by which clients call credential helpers. */
  HELPER_CLIENT("src/test/resources/helper-client", "a moment", "."),

  /** A {@code kube-apiserver}, and the kubelet's keyring. */
  KUBE_APISERVER(
      "src/test/resources/kube-apiserver",
      "over ten minutes and 2 GB",
      GoModule.KUBERNETES + " ./..."),

  /** Helm 4's {@code helm}. */
  HELM4("src/test/resources/helm4", "some minutes and 450 MB", "tool"),

  /** All programs of a cluster except etcd and runc. */
  CLUSTER(
      "src/test/resources/cluster", "some twenty minutes and 5 GB", GoModule.KUBERNETES + " tool"),

  /** Amazon's credential helper, which uses {@code AWS_ENDPOINT_URL}; Debian's is older. */
  ECR_LOGIN("src/test/resources/ecr-login", "a minute", "tool"),

  /** Kubernetes' plugin of the kubelet for ECR. */
  ECR_PLUGIN("src/bench/ecr-plugin", "some minutes", "tool"),

  /** Clients of registries that Debian lacks, or has in older versions. */
  CLIENTS("src/test/resources/clients", "over ten minutes and 3 GB", "tool"),

  /** The checks of the CIS benchmark for Kubernetes. */
  KUBE_BENCH("src/test/resources/kube-bench", "some minutes and 600 MB", "tool"),

  /** The peers of the benchmarks. */
  PEERS("src/bench/go", "some minutes", "./... tool");

  /** go.mod's version, which the server does not know by itself, and which Helm queries. */
  private static final String KUBERNETES =
      "-ldflags=-X=k8s.io/component-base/version.gitVersion=v1.36.3";

  private final String sources;
  private final String takes;
  private final String arguments;

  GoModule(String sources, String takes, String arguments) {
    this.sources = sources;
    this.takes = takes;
    this.arguments = arguments;
  }

  /**
   * Returns the folder of the programs, and builds them if necessary. Ends the test if Go is not
   * installed.
   */
  public Path folder() {
    var folder = name().toLowerCase(Locale.ROOT).replace('_', '-');
    return new GoBuild(
            Tool.GO.path(),
            module().resolve(sources),
            module().resolve("target/go").resolve(folder),
            List.of(arguments.split(" ", -1)),
            takes,
            System.err)
        .run();
  }

  private static Path module() {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  }

  /** Returns Go's source folder of a required module; {@link #folder} downloads it. */
  public Path source(String dependency) {
    folder();
    var list =
        new ProcessBuilder(Tool.GO.path().toString(), "list", "-m", "-f", "{{.Dir}}", dependency);
    try {
      var process = list.directory(module().resolve(sources).toFile()).start();
      var source = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Path.of(source.strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the version of a required module, as go.mod states it. */
  public String version(String dependency) throws IOException {
    return Files.readAllLines(module().resolve(sources).resolve("go.mod")).stream()
        .map(String::strip)
        .filter(line -> line.startsWith(dependency + " "))
        .map(line -> line.split(" ", -1)[1].replaceFirst("^v", ""))
        .findFirst()
        .orElseThrow();
  }

  /** Returns one of the programs, as {@link #folder} builds it. */
  public Path program(String name) {
    var program = folder().resolve(name);
    Assertions.assertTrue(Files.isExecutable(program), () -> "no program: " + program);
    return program;
  }
}
