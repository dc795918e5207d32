package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.files.RegularFile;
import dev.rig.credentials.kubelet.KubeletProcesses;
import dev.rig.credentials.kubelet.ProviderConfig;
import dev.rig.credentials.kubelet.ProviderFiles;
import dev.rig.credentials.kubelet.ProviderPlan;
import dev.rig.credentials.kubelet.TokenSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Configures a kubelet to ask this daemon. */
@Command(
    name = "kubelet-config",
    mixinStandardHelpOptions = true,
    description = {
      "Print the kubelet's CredentialProviderConfig for the configured entries, or install it.",
      "--install also installs the program that the kubelet calls; --remove removes both."
    })
final class KubeletConfigCommand implements Callable<Integer> {
  private static final Path PROC = Path.of("/proc");
  private static final String BIN = "bin";
  private static final String FILE = "credential-provider.yaml";
  private static final int LARGEST_PROGRAM = 64 << 20;
  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description =
          "The daemon's socket as the kubelet sees it. Default: the socket of root's daemon.")
  private @Nullable Path socket;

  @Option(
      names = "--install",
      paramLabel = "DIR",
      description = "Put the configuration and, in DIR/bin, the program into this folder.")
  private @Nullable Path install;

  @Option(
      names = "--remove",
      paramLabel = "DIR",
      description =
          "Remove what --install put into this folder; refused while a kubelet of this machine was"
              + " started with it.")
  private @Nullable Path remove;

  @Option(
      names = "--service-account-audience",
      paramLabel = "AUDIENCE",
      description =
          "The audience of the pods' service-account tokens, for entries with serviceAccount.")
  private @Nullable String audience;

  @Option(
      names = "--service-account-cache-type",
      paramLabel = "TYPE",
      description =
          "The scope of the kubelet's cached answers: Token, or ServiceAccount for all pods of the"
              + " account. Default: Token.")
  private String cacheType = "Token";

  @Option(
      names = "--require-service-account",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "Skip pods without a service account. Default: true if every entry requires a token.")
  private @Nullable Boolean requireServiceAccount;

  @Option(
      names = "--required-annotation",
      paramLabel = "KEY",
      description =
          "An annotation that the service account must have; without it the provider is not"
              + " called.")
  private List<String> requiredAnnotations = new ArrayList<>();

  @Option(
      names = "--optional-annotation",
      paramLabel = "KEY",
      description = "An annotation of the service account that the script gets if present.")
  private List<String> optionalAnnotations = new ArrayList<>();

  private final Console console;

  KubeletConfigCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (remove != null) {
      remove(remove);
      return ExitStatus.OK;
    }
    var plan = ProviderPlan.of(config.load(console).registries());
    for (var prefix : plan.unmatchable()) {
      console
          .err()
          .println(
              "rig-credentials: "
                  + prefix
                  + " is left out: a kubelet matches an IPv6 address only with its port");
    }
    var providers = new ArrayList<ProviderConfig.Provider>();
    if (!plan.plain().isEmpty()) {
      providers.add(
          new ProviderConfig.Provider(ProviderConfig.PLAIN, plan.plain(), socket(), null));
    }
    if (!plan.withToken().isEmpty()) {
      providers.add(
          new ProviderConfig.Provider(
              ProviderConfig.WITH_TOKEN, plan.withToken(), socket(), tokens(plan)));
    }
    if (providers.isEmpty()) {
      throw new CommandException(
          ExitStatus.CONFIGURATION, "no registry entry can be used by the kubelet");
    }
    var document = new ProviderConfig(providers);
    if (install == null) {
      console.out().print(document.yaml());
    } else {
      install(install, document);
    }
    return ExitStatus.OK;
  }

  private @Nullable String socket() {
    return socket == null ? null : socket.toAbsolutePath().normalize().toString();
  }

  private TokenSettings tokens(ProviderPlan plan) {
    if (audience == null) {
      throw new CommandException(
          ExitStatus.USAGE,
          "an entry uses service-account tokens (serviceAccount): set their audience with"
              + " --service-account-audience, for example sts.amazonaws.com for AWS");
    }
    var settings =
        new TokenSettings(
            audience,
            cacheType(),
            requireServiceAccount == null ? plan.everyTokenRequired() : requireServiceAccount,
            requiredAnnotations,
            optionalAnnotations);
    var problems = settings.problems();
    if (!problems.isEmpty()) {
      throw new CommandException(ExitStatus.USAGE, String.join("; ", problems));
    }
    return settings;
  }

  private TokenSettings.CacheType cacheType() {
    for (var type : TokenSettings.CacheType.values()) {
      if (type.toString().equalsIgnoreCase(cacheType)) {
        return type;
      }
    }
    throw new CommandException(
        ExitStatus.USAGE, "--service-account-cache-type must be Token or ServiceAccount");
  }

  private void install(Path into, ProviderConfig document) {
    var folder = into.toAbsolutePath().normalize();
    var bin = folder.resolve(BIN);
    var file = folder.resolve(FILE);
    try {
      byte[] program = program();
      ProviderFiles.folder(folder);
      ProviderFiles.folder(bin);
      // Programs first: a kubelet that finds a provider without its program does not start.
      for (var provider : document.providers()) {
        put(bin.resolve(provider.name()), program, ProviderFiles.EXECUTABLE);
      }
      byte[] yaml = document.yaml().getBytes(StandardCharsets.UTF_8);
      put(file, yaml, ProviderFiles.READABLE);
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.FAILED, "cannot install into " + folder + ": " + e.getMessage());
    }
    var out = console.out();
    out.println("Start the kubelet with these flags. Restart it after each change of the file:");
    out.println("  --image-credential-provider-bin-dir=" + bin);
    out.println("  --image-credential-provider-config=" + file);
  }

  /** Removes the configuration first, because it names the programs. */
  private void remove(Path from) {
    if (install != null) {
      throw new CommandException(
          ExitStatus.USAGE, "--install and --remove cannot be used together");
    }
    var folder = from.toAbsolutePath().normalize();
    var bin = folder.resolve(BIN);
    try {
      var kubelet = new KubeletProcesses(PROC).startedWith(folder);
      if (kubelet.isPresent()) {
        throw new CommandException(
            ExitStatus.FAILED,
            "process "
                + kubelet.getAsLong()
                + " was started with "
                + folder
                + " and would not start without it: remove its --image-credential-provider flags"
                + " and restart it first");
      }
      take(folder.resolve(FILE));
      take(bin.resolve(ProviderConfig.WITH_TOKEN));
      take(bin.resolve(ProviderConfig.PLAIN));
      ProviderFiles.removeIfEmpty(bin);
      ProviderFiles.removeIfEmpty(folder);
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.FAILED, "cannot remove from " + folder + ": " + e.getMessage());
    }
  }

  private void take(Path file) throws IOException {
    if (AtomicFile.remove(file)) {
      console.out().println("removed " + file);
    }
  }

  private void put(Path file, byte[] content, String mode) throws IOException {
    boolean written = ProviderFiles.put(file, content, mode);
    console.out().println((written ? "installed " : "unchanged ") + file);
  }

  /** Returns the native program, which needs no other files, unlike the one for a JVM. */
  private static byte[] program() throws IOException {
    var home = System.getProperty("rig.home");
    if (home == null) {
      throw new IOException("this is not an installed distribution: rig.home is not set");
    }
    var program = Path.of(home, "bin", ProviderConfig.PLAIN);
    byte[] content = RegularFile.read(program, LARGEST_PROGRAM);
    for (int i = 0; i < ELF.length; i++) {
      if (content.length < ELF.length || content[i] != ELF[i]) {
        throw new IOException(
            program
                + " was built without a C compiler and works only in its own folder; pass that"
                + " folder to the kubelet as --image-credential-provider-bin-dir");
      }
    }
    return content;
  }
}
