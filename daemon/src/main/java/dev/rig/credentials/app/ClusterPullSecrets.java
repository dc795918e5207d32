package dev.rig.credentials.app;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.concurrent.Workers;
import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.http.platform.PullSecretKeeper;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.kube.PullSecretScope.NamespaceGroup;
import dev.rig.credentials.kube.secret.PruneAnswer;
import dev.rig.credentials.kube.secret.PruneRequest;
import dev.rig.credentials.kube.secret.PullSecretAnswer;
import dev.rig.credentials.kube.secret.PullSecretRequest;
import dev.rig.credentials.kube.secret.PullSecrets;
import dev.rig.credentials.source.process.ProcessRunner;
import dev.rig.credentials.time.Time;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** The pull secrets and the development registries of the configured clusters. */
final class ClusterPullSecrets implements PullSecretKeeper {
  private final PullSecrets pullSecrets;

  /** Maps {@code host}, in lower case, to {@code clusterHost}. */
  private volatile Map<String, String> devHosts = Map.of();

  ClusterPullSecrets(
      Broker broker, ProcessRunner runner, Map<String, String> environment, Time time) {
    pullSecrets =
        new PullSecrets(
            broker::lookup,
            new ClusterScriptRunner(runner),
            environment,
            (name, most) -> new Workers(name, 0, most, Integer.MAX_VALUE, time.scheduler()),
            time,
            new SplittableRandom());
  }

  @Override
  public CompletableFuture<PullSecretAnswer> create(
      PullSecretRequest request, Predicate<ImageReference> mayAsk) {
    return pullSecrets.create(request, mayAsk);
  }

  @Override
  public CompletableFuture<PruneAnswer> prune(PruneRequest request) {
    return pullSecrets.prune(request);
  }

  PullSecrets pullSecrets() {
    return pullSecrets;
  }

  /** Applies these clusters in place of earlier ones. */
  void apply(Map<String, ClusterSettings> configured) {
    var wanting = new ArrayList<Cluster>();
    var others = new HashSet<String>();
    var hosts = new HashMap<String, String>();
    configured.forEach((name, settings) -> {
      var registry = settings.devRegistry();
      if (registry != null && registry.host() != null) {
        var inside = Objects.requireNonNullElse(registry.clusterHost(), registry.host());
        hosts.putIfAbsent(
            registry.host().toLowerCase(Locale.ROOT), inside.toLowerCase(Locale.ROOT));
      }
      if (settings.wantsPullSecrets()) {
        wanting.add(cluster(name, settings));
      } else {
        others.add(name);
      }
    });
    devHosts = Map.copyOf(hosts);
    pullSecrets.replace(wanting, others);
  }

  /**
   * Returns the host by which a cluster knows a registry: a development registry has one name for
   * pushes from outside and another for pulls inside.
   */
  String hostInside(String host) {
    return devHosts.getOrDefault(host, host);
  }

  /** Returns whether the host is that of a development registry, outside or inside the cluster. */
  boolean isDevelopment(String host) {
    return devHosts.containsKey(host) || devHosts.containsValue(host);
  }

  static Cluster cluster(String name, ClusterSettings settings) {
    var git = settings.git();
    var registry = settings.devRegistry();
    return new Cluster(
        name,
        settings.url(),
        settings.token(),
        settings.script(),
        settings.certificateAuthority(),
        new PullSecretScope(
            settings.createsPullSecrets(),
            Objects.requireNonNullElse(settings.pullSecretNamespaces(), List.of()),
            groups(settings)),
        git != null && git.url() != null,
        registry == null || registry.host() == null || registry.clusterHost() == null
            ? null
            : new Cluster.DevRegistryNames(registry.host(), registry.clusterHost()));
  }

  private static List<NamespaceGroup> groups(ClusterSettings settings) {
    return Objects.requireNonNullElse(
            settings.pullSecrets(), List.<ClusterSettings.PullSecretGroup>of())
        .stream()
        .map(group ->
            new NamespaceGroup(
                group.names(),
                group.matchLabels(),
                group.serviceAccounts(),
                group.registries(),
                group.restartStuckPods()))
        .toList();
  }
}
