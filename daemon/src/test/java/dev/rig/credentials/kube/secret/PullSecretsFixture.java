package dev.rig.credentials.kube.secret;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.PrefixTable;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.kube.Cluster;
import dev.rig.credentials.kube.DirectApi;
import dev.rig.credentials.kube.PullSecretException;
import dev.rig.credentials.kube.PullSecretScope;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.SameThread;
import dev.rig.credentials.testing.kube.FakeKubernetes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.NullUnmarked;

/** Pull secrets with a fake API server, and with entries and time that a test changes. */
@NullUnmarked
public // what is null fails the test by itself
final class PullSecretsFixture implements AutoCloseable {
  /** A registry that the peer may not get. */
  static final String DENIED = "denied.example.org";

  public final FakeKubernetes kubernetes = new FakeKubernetes();
  final FakeTime time = new FakeTime();
  private String hanging = "";
  private final Map<String, Lookup> entries = new HashMap<>();
  private final List<Daemon> daemons = new ArrayList<>();

  /** One daemon of several for the same cluster. */
  public final class Daemon {
    private final List<SameThread> workers = new ArrayList<>();
    public final PullSecrets secrets;

    private Daemon(String identity) {
      secrets =
          new PullSecrets(
              this::lookup,
              cluster -> new DirectApi(kubernetes),
              () -> "rig",
              (name, most) -> {
                var worker = new SameThread();
                workers.add(worker);
                return worker;
              },
              time.time(),
              new SplittableRandom(7),
              identity);
    }

    private CompletableFuture<Lookup> lookup(ImageReference image) {
      var table = new HashMap<RegistryPrefix, Lookup>();
      entries.forEach((prefix, answer) -> table.put(prefix(prefix), answer));
      var found = PrefixTable.of(table).find(image);
      if (hanging.equals(image.host())) {
        return new CompletableFuture<>();
      }
      return CompletableFuture.completedFuture(
          found == null ? new Lookup.NotFound("no entry matches") : found);
    }

    public Daemon serving(Cluster... clusters) {
      secrets.replace(List.of(clusters), Set.of("unwanted"));
      return this;
    }

    /** Ends the daemon like kill -9: nothing is released. */
    void kill() {
      workers.forEach(SameThread::shutdownNow);
    }

    /** Suspends the daemon like SIGSTOP: time passes. */
    void stop() {
      workers.forEach(SameThread::stop);
    }

    /** Resumes the daemon like SIGCONT. */
    void resume() {
      workers.forEach(SameThread::resume);
    }

    public ComponentHealth health() {
      return secrets.health().getFirst();
    }

    public PullSecretAnswer create(PullSecretRequest request) {
      return result(secrets.create(request, image -> !image.host().equals(DENIED)));
    }

    public PruneAnswer prune(boolean apply) {
      return result(secrets.prune(new PruneRequest("prod", null, apply)));
    }

    private static <T> T result(CompletableFuture<T> future) {
      try {
        return future.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof PullSecretException refused) {
          throw refused;
        }
        throw new AssertionError(e);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  public Daemon daemon(String identity) {
    var daemon = new Daemon(identity);
    daemons.add(daemon);
    return daemon;
  }

  /** Returns a cluster with default settings. */
  public static Cluster prod() {
    return new Cluster("prod", null, null, null, null, PullSecretScope.ofCapsules(), false, null);
  }

  public static PullSecretRequest request(String... images) {
    return new PullSecretRequest("prod", "team", null, List.of(images), null, false, false);
  }

  public static PullSecretRequest forCapsule(String capsule, String... images) {
    return new PullSecretRequest("prod", "team", null, List.of(images), capsule, false, false);
  }

  /** Sets the entry's credential, which does not expire. */
  public void entry(String prefix, String username, String password) {
    entries.put(prefix, found(prefix, username, password, null));
  }

  /** Sets the entry's credential, which expires after that time. */
  void entry(String prefix, String username, String password, Duration life) {
    entries.put(prefix, found(prefix, username, password, life));
  }

  /** Removes the entry's credential. */
  public void broken(String prefix, String reason) {
    var next = time.now().plusSeconds(30);
    entries.put(prefix, new Lookup.Failed(prefix, reason, next, ReasonClass.STATUS));
  }

  /** Makes requests for that host wait for its script; empty stops that. */
  void hang(String host) {
    hanging = host;
  }

  void noEntry(String prefix) {
    entries.remove(prefix);
  }

  private Lookup found(String prefix, String username, String password, Duration life) {
    return new Lookup.Found(
        prefix(prefix).toString(),
        new Lease(
            new Credential(username, Secret.of(password)),
            time.now(),
            life == null ? Lease.NEVER : time.now().plus(life)));
  }

  private static RegistryPrefix prefix(String text) {
    try {
      return RegistryPrefix.parse(text);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(e);
    }
  }

  public void capsule(String name, String image, String annotations) {
    kubernetes.put(
        "capsules",
        """
        {"apiVersion":"rig.dev/v1alpha2","kind":"Capsule","spec":{"image":"%s"},
         "metadata":{"namespace":"team","name":"%s","annotations":{%s}}}
        """
            .formatted(image, name, annotations));
  }

  /** Returns the Secret that a Capsule names; null if absent. */
  String named(String capsule) {
    var metadata =
        (Map<?, ?>) kubernetes.object("capsules/team/" + capsule).orElseThrow().get("metadata");
    var annotations = (Map<?, ?>) metadata.get("annotations");
    return annotations == null ? null : (String) annotations.get("rig.dev/pull-secret");
  }

  /** Returns whether a Secret with that name exists. */
  boolean exists(String secret) {
    return kubernetes.object("secrets/team/" + secret).isPresent();
  }

  /** Returns the requests to the API other than for the Lease, as {@code verb resource}. */
  List<String> requests() {
    return kubernetes.asked().stream()
        .filter(asked -> !asked.resource().equals("leases"))
        .map(asked -> asked.verb() + " " + asked.resource())
        .toList();
  }

  /** Returns a Secret's {@code .dockerconfigjson}; fails the test if absent. */
  String config(String name) {
    var data = (Map<?, ?>) secret(name).get("data");
    return new String(
        Base64.getDecoder().decode((String) data.get(".dockerconfigjson")),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  Map<String, Object> secret(String name) {
    return kubernetes.object("secrets/team/" + name).orElseThrow();
  }

  String annotation(String name, String key) {
    return String.valueOf(((Map<?, ?>) metadata(name).get("annotations")).get(key));
  }

  Map<?, ?> metadata(String name) {
    return (Map<?, ?>) secret(name).get("metadata");
  }

  /** Returns how often Secrets were written or removed. */
  long writes() {
    return kubernetes.asked().stream()
        .filter(asked ->
            asked.resource().equals("secrets")
                && !asked.verb().equals("list")
                && !asked.verb().equals("watch"))
        .count();
  }

  public void seconds(int seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  @Override
  public void close() {
    daemons.forEach(daemon -> daemon.secrets.close());
    kubernetes.close();
  }
}
