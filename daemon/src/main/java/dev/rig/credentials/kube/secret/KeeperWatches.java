package dev.rig.credentials.kube.secret;

import dev.rig.credentials.kube.Capsule;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.GroupObjects.NamespaceLabels;
import dev.rig.credentials.kube.GroupObjects.PendingPod;
import dev.rig.credentials.kube.GroupObjects.PullingAccount;
import dev.rig.credentials.kube.KubeApi;
import dev.rig.credentials.kube.PullSecret;
import dev.rig.credentials.kube.Watched;
import dev.rig.credentials.kube.secret.KeptItem.OfCapsule;
import dev.rig.credentials.kube.secret.KeptItem.OfNamespace;
import dev.rig.credentials.kube.secret.KeptItem.Requested;
import dev.rig.credentials.time.Time;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The watches of one cluster, which map each change to the affected items. */
final class KeeperWatches {
  private final Cluster cluster;
  private final WatchedObjects<PullSecret> secrets;
  private final WatchedObjects<Capsule> capsules;
  private final WatchedObjects<NamespaceLabels> namespaces;
  private final WatchedObjects<PullingAccount> accounts;
  private final WatchedObjects<PendingPod> pods;

  /**
   * Creates watches that are not open.
   *
   * @param changed receives the items to check, on any thread
   * @param failed receives a failed watch, and whether it had failed before, on any thread
   */
  KeeperWatches(
      Cluster cluster,
      KubeApi api,
      Time time,
      Consumer<Collection<KeptItem>> changed,
      BiConsumer<String, Boolean> failed) {
    this.cluster = cluster;
    var scope = cluster.scope();
    secrets =
        new WatchedObjects<>(
            api,
            Watched.SECRETS,
            scope.secretNamespaces(),
            PullSecret::path,
            time,
            new Changes<>(secret -> List.of(item(secret)), changed, failed));
    capsules =
        new WatchedObjects<>(
            api,
            Watched.CAPSULES,
            scope.namespaces(),
            Capsule::path,
            time,
            new Changes<>(
                one -> List.of(new OfCapsule(one.namespace(), one.name())), changed, failed));
    namespaces =
        new WatchedObjects<>(
            api,
            Watched.NAMESPACES,
            List.of(),
            one -> "/" + one.name(),
            time,
            new Changes<>(one -> List.of(new OfNamespace(one.name())), changed, failed));
    accounts =
        new WatchedObjects<>(
            api,
            Watched.SERVICE_ACCOUNTS,
            scope.groupNamespaces(),
            PullingAccount::path,
            time,
            new Changes<>(one -> List.of(new OfNamespace(one.namespace())), changed, failed));
    pods =
        new WatchedObjects<>(
            api,
            Watched.PENDING_PODS,
            scope.groupNamespaces(),
            PendingPod::path,
            time,
            new Changes<>(one -> List.of(new OfNamespace(one.namespace())), changed, failed));
  }

  /** Maps the changes of a watch to items. */
  private final class Changes<T> implements WatchedObjects.Observer<T> {
    private final Function<T, List<KeptItem>> items;
    private final Consumer<Collection<KeptItem>> changed;
    private final BiConsumer<String, Boolean> failed;

    Changes(
        Function<T, List<KeptItem>> items,
        Consumer<Collection<KeptItem>> changed,
        BiConsumer<String, Boolean> failed) {
      this.items = items;
      this.changed = changed;
      this.failed = failed;
    }

    @Override
    public void changed(@Nullable T before, @Nullable T now) {
      var about = new LinkedHashSet<KeptItem>();
      if (before != null) {
        about.addAll(items.apply(before));
      }
      if (now != null) {
        about.addAll(items.apply(now));
      }
      changed.accept(about);
    }

    @Override
    public void caughtUp() {
      changed.accept(everything());
    }

    @Override
    public void failed(String why, boolean again) {
      failed.accept(why, again);
    }
  }

  WatchedObjects<PullSecret> secrets() {
    return secrets;
  }

  WatchedObjects<Capsule> capsules() {
    return capsules;
  }

  WatchedObjects<NamespaceLabels> namespaces() {
    return namespaces;
  }

  WatchedObjects<PullingAccount> accounts() {
    return accounts;
  }

  WatchedObjects<PendingPod> pods() {
    return pods;
  }

  /** Returns whether Capsules get pull secrets without a request. */
  boolean keepsCapsules() {
    return cluster.scope().capsules() && !cluster.gitOps();
  }

  boolean keepsNamespaces() {
    return !cluster.scope().groups().isEmpty() && !cluster.gitOps();
  }

  /** Returns the watches that this cluster needs. */
  Stream<WatchedObjects<?>> all() {
    var needed = new ArrayList<WatchedObjects<?>>(List.of(secrets));
    if (keepsCapsules()) {
      needed.add(capsules);
    }
    if (keepsNamespaces()) {
      needed.addAll(List.of(accounts, pods));
      if (cluster.scope().selectsByLabels()) {
        needed.add(namespaces);
      }
    }
    return needed.stream();
  }

  /** Returns whether everything relevant to a group's namespace is known. */
  boolean knows(String namespace) {
    return secrets.isCaughtUp(namespace)
        && accounts.isCaughtUp(namespace)
        && (!cluster.scope().selectsByLabels() || namespaces.isCaughtUp(namespace));
  }

  Set<KeptItem> everything() {
    var items = new LinkedHashSet<KeptItem>();
    capsules.all().forEach(one -> items.add(new OfCapsule(one.namespace(), one.name())));
    secrets.all().forEach(secret -> items.add(item(secret)));
    accounts.all().forEach(account -> items.add(new OfNamespace(account.namespace())));
    return items;
  }

  private KeptItem item(PullSecret secret) {
    if (keepsCapsules()) {
      var owner = CapsuleSecrets.owner(secret);
      if (owner.isPresent()) {
        return owner.get();
      }
    }
    return keepsNamespaces() && NamespaceSecrets.isOne(secret)
        ? new OfNamespace(secret.namespace())
        : new Requested(secret.namespace(), secret.name());
  }
}
