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
 * The hosts that can be answered for a client that names a registry by host only, as Docker and
 * podman do.
 *
 * @param hosts the hosts with an entry, in the order of the entries
 * @param patterns hosts with globs, for which only a {@code credsStore} is called
 * @param leftOut entries that such a client cannot use: sentences for people
 */
public record ClientHosts(List<String> hosts, List<String> patterns, List<String> leftOut) {
  private static final String HUB = "index.docker.io";

  /**
   * The relevant fields of an entry.
   *
   * @param tokenOnly whether it answers only kubelets
   * @param origin its location in the configuration
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

  /** Reads a daemon's answer to {@code status}, in which a glob has the hosts that matched it. */
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

  /**
   * Returns a sentence with the entries that could answer, their locations, and the setting to add,
   * ready to paste.
   */
  private static String needsDefault(String host, List<Served> served) {
    boolean one = served.size() == 1;
    var entries =
        served.stream()
            .map(entry -> "%s (%s)".formatted(entry.prefix(), entry.origin()))
            .collect(Collectors.joining(" and "));
    return ("%s: clients ask only for the host, but %s %s only images below its path; add"
            + " \"default: true\" to %s, or add to the configuration: rig: {dockerRegistries:"
            + " {\"%s\": {default: true}}}")
        .formatted(
            host,
            entries,
            one ? "answers" : "answer",
            one ? "that entry" : "one of them",
            served.getFirst().prefix());
  }

  /** Returns a copy with more hosts, for example a host that a pattern matches. */
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

  /** Returns the keys that a client looks up for these hosts. */
  public List<String> keys(ContainerClient client) {
    return hosts.stream().map(host -> host.equals(HUB) ? client.hub : host).toList();
  }

  /** The client that reads the configuration. */
  public enum ContainerClient {
    /** docker/cli, and programs that read its file: BuildKit, crane, Jib, helm, oras. */
    DOCKER("https://index.docker.io/v1/"),
    /** containers/image: podman, skopeo, buildah. It rejects a key with a scheme. */
    PODMAN("docker.io");

    private final String hub;

    ContainerClient(String hub) {
      this.hub = hub;
    }
  }
}
