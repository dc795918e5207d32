package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a client that names a registry by its host alone, as Docker and podman do, can be answered.
 *
 * @param hosts those that an entry answers for, in the order of the entries
 * @param patterns hosts with globs, which only a {@code credsStore} is asked for
 * @param leftOut what is configured and cannot be asked for so: sentences for people
 */
public record ClientHosts(List<String> hosts, List<String> patterns, List<String> leftOut) {
  private static final String HUB = "index.docker.io";

  /**
   * An entry as far as it matters here.
   *
   * @param tokenOnly whether only a kubelet is answered
   * @param origin where it is configured
   */
  private record Served(
      RegistryPrefix prefix, boolean isDefault, boolean tokenOnly, String origin) {
    boolean answersItsHost() {
      return isDefault || prefix.path().isEmpty();
    }
  }

  static ClientHosts of(List<RegistryEntry> entries) {
    return of(
        entries.stream()
            .map(entry ->
                new Served(
                    entry.prefix(),
                    entry.isDefault(),
                    entry.serviceAccount() == ServiceAccountUse.REQUIRED,
                    entry.origin().toString())));
  }

  /** From what a daemon answers to {@code status}: there a glob has the hosts it was asked for. */
  public static ClientHosts of(JsonObject status) {
    return of(
        status.objects("entries").stream()
            .flatMap(entry ->
                prefix(entry.display(entry.has("registry") ? "registry" : "prefix"))
                    .map(prefix ->
                        new Served(
                            prefix,
                            entry.isTrue("default"),
                            entry.display("serviceAccount").equals("required"),
                            entry.display("origin")))
                    .stream()));
  }

  private static Optional<RegistryPrefix> prefix(String text) {
    try {
      return Optional.of(RegistryPrefix.ofHost(text));
    } catch (InvalidReferenceException otherVersion) {
      return Optional.empty();
    }
  }

  private static ClientHosts of(Stream<Served> entries) {
    var byHost = new LinkedHashMap<String, List<Served>>();
    entries.forEach(
        entry -> byHost.computeIfAbsent(entry.prefix().host(), _ -> new ArrayList<>()).add(entry));
    var hosts = new ArrayList<String>();
    var patterns = new ArrayList<String>();
    var leftOut = new ArrayList<String>();
    byHost.forEach((host, served) -> {
      var answering = served.stream().filter(Served::answersItsHost).toList();
      if (served.getFirst().prefix().isGlob()) {
        patterns.add(host);
      } else if (answering.isEmpty()) {
        leftOut.add(needsDefault(host, served));
      } else if (answering.stream().allMatch(Served::tokenOnly)) {
        leftOut.add(host + " is answered only for pods (serviceAccount: required)");
      } else {
        hosts.add(host);
      }
    });
    return new ClientHosts(hosts, patterns, leftOut);
  }

  /** Which entries could answer, where they are, and the setting to add, ready to be pasted. */
  private static String needsDefault(String host, List<Served> served) {
    boolean one = served.size() == 1;
    var entries =
        served.stream()
            .map(entry -> "%s (%s)".formatted(entry.prefix(), entry.origin()))
            .collect(Collectors.joining(" and "));
    return ("%s: clients ask for the host alone, and %s %s only images below that path; to answer"
            + " them from %s, add \"default: true\" to it, or this to the configuration: rig:"
            + " {dockerRegistries: {\"%s\": {default: true}}}")
        .formatted(
            host,
            entries,
            one ? "answers" : "answer",
            one ? "that entry" : "one of them",
            served.getFirst().prefix());
  }

  /** This with further hosts, as one that a pattern matches. */
  ClientHosts and(List<String> more) {
    return new ClientHosts(
        Stream.concat(hosts.stream(), more.stream().map(ClientHosts::normal)).distinct().toList(),
        patterns,
        leftOut);
  }

  private static String normal(String host) {
    var prefix = prefix(host);
    if (prefix.isEmpty() || prefix.get().isGlob() || !prefix.get().path().isEmpty()) {
      throw new CommandException(ExitStatus.USAGE, "not a registry's host: " + host);
    }
    return prefix.get().host();
  }

  /** The keys under which a client looks for them. */
  public List<String> keys(ContainerClient client) {
    return hosts.stream().map(host -> host.equals(HUB) ? client.hub : host).toList();
  }

  /** Whose configuration it is. */
  public enum ContainerClient {
    /** docker/cli, and those that read its file: BuildKit, crane, Jib, helm, oras. */
    DOCKER("https://index.docker.io/v1/"),
    /** containers/image: podman, skopeo, buildah. It refuses a key with a scheme. */
    PODMAN("docker.io");

    private final String hub;

    ContainerClient(String hub) {
      this.hub = hub;
    }
  }
}
