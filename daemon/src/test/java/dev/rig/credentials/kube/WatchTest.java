package dev.rig.credentials.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.kube.FakeKubernetes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Watches by fabric8's informers, over HTTP and in real time. */
@NullUnmarked // what is null fails the test by itself
class WatchTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @AutoClose private final FakeKubernetes kubernetes = new FakeKubernetes();

  @AutoClose
  private final Fabric8Api api =
      new Fabric8Api(new ConfiguredAccess(kubernetes.url(), null, Secret.of("t")));

  private final Recorder<Capsule> capsules = new Recorder<>();

  /** The events of a watch, one per line. */
  private static final class Recorder<T> implements WatchListener<T> {
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void present(T object) {
      told.add(
          switch (object) {
            case Capsule capsule -> capsule.path() + "=" + capsule.image();
            case PullSecret secret -> secret.path();
            default -> String.valueOf(object);
          });
    }

    @Override
    public void absent(String namespace, String name) {
      told.add("-" + namespace + "/" + name);
    }

    @Override
    public void caughtUp() {
      told.add("caught up");
    }

    @Override
    public void failed(KubeApiException why) {
      told.add(why.kind() + " " + why.getMessage());
    }

    void awaits(String line) {
      Eventually.within(SOON, () -> told.contains(line), () -> line + " in " + told);
    }
  }

  private void capsule(String namespace, String name, String image) {
    kubernetes.put(
        "capsules",
        """
        {"apiVersion":"rig.dev/v1alpha2","kind":"Capsule","spec":{"image":"%s"},
         "metadata":{"namespace":"%s","name":"%s"}}
        """
            .formatted(image, namespace, name));
  }

  private ObjectWatch watching() {
    var watch = api.watch(Watched.CAPSULES, null, capsules);
    capsules.awaits("caught up");
    Eventually.within(SOON, () -> kubernetes.openWatches() == 1, () -> "it watches");
    return watch;
  }

  @Test
  void listComesFirstAndThenEachChange() {
    capsule("team", "a", "one");
    var watch = watching();
    assertEquals(List.of("team/a=one", "caught up"), capsules.told);
    capsule("other", "b", "two");
    capsules.awaits("other/b=two");
    capsule("other", "b", "three");
    capsules.awaits("other/b=three");
    kubernetes.remove("capsules/team/a");
    capsules.awaits("-team/a");
    assertTrue(watch.isConnected());
    watch.close();
    assertFalse(watch.isConnected());
  }

  @Test
  void onlyTheNamedNamespaceIsWatched() {
    capsule("team", "a", "one");
    capsule("other", "b", "two");
    var watch = api.watch(Watched.CAPSULES, "team", capsules);
    capsules.awaits("caught up");
    capsule("other", "b", "three");
    capsule("team", "a", "four");
    capsules.awaits("team/a=four");
    assertEquals(List.of("team/a=one", "caught up", "team/a=four"), capsules.told);
    watch.close();
  }

  @Test
  void onlyOurSecretsAreWatchedAndOneThatLosesItsLabelIsGone() {
    var told = new Recorder<PullSecret>();
    var ours =
        """
        {"kind":"Secret","apiVersion":"v1","type":"kubernetes.io/dockerconfigjson",
         "metadata":{"namespace":"team","name":"%s","labels":{%s}}}
        """;
    var label = "\"app.kubernetes.io/managed-by\":\"rig-credentials\"";
    kubernetes.put("secrets", ours.formatted("ours", label));
    kubernetes.put("secrets", ours.formatted("theirs", ""));
    var watch = api.watch(Watched.SECRETS, null, told);
    told.awaits("caught up");
    Eventually.within(SOON, () -> kubernetes.openWatches() == 1, () -> "it watches");
    kubernetes.put("secrets", ours.formatted("ours", ""));
    told.awaits("-team/ours");
    assertEquals(List.of("team/ours", "caught up", "-team/ours"), told.told);
    watch.close();
  }

  /** F42: 410 Gone to a watch. */
  @Test
  void f42_watchThatIsAnsweredWith410ListsAgain() {
    capsule("team", "a", "one");
    var watch = watching();
    kubernetes.expireWatches();
    kubernetes.remove("capsules/team/a");
    capsule("team", "b", "two");
    capsules.awaits("team/b=two");
    capsules.awaits("-team/a");
    watch.close();
  }

  /** F42: the server ends a watch. */
  @Test
  void f42_watchThatTheServerEndsContinuesFromItsLastVersion() {
    var watch = watching();
    capsule("team", "a", "one");
    capsules.awaits("team/a=one");
    kubernetes.endWatches();
    capsule("team", "b", "two");
    capsules.awaits("team/b=two");
    watch.close();
  }

  /** F42: a watch that sends no further requests hangs. */
  @Test
  void f42_watchIsServedForAMinuteAndProgressesWithEachRequestAndEachChange() {
    var watch = watching();
    assertEquals(Set.of("60"), kubernetes.watchTimeouts());
    var first = watch.progress();
    kubernetes.endWatches();
    Eventually.within(SOON, () -> !watch.progress().equals(first), () -> "it asks again: " + first);
    Eventually.within(SOON, () -> kubernetes.openWatches() == 1, () -> "it watches again");
    var second = watch.progress();
    capsule("team", "a", "one");
    capsules.awaits("team/a=one");
    Eventually.within(SOON, () -> !watch.progress().equals(second), () -> "a change: " + second);
    var last = watch.progress();
    kubernetes.hangWatches();
    capsule("team", "a", "two");
    assertEquals(0, api.secrets("team").size());
    assertEquals(last, watch.progress());
    watch.close();
  }

  /** F42: a watch that is denied. */
  @Test
  void f42_watchWithoutTheRightIsReported() {
    for (var verb : List.of("list", "watch")) {
      kubernetes.allow(asked -> !asked.verb().equals(verb));
      var told = new Recorder<Capsule>();
      var watch = api.watch(Watched.CAPSULES, "team", told);
      Eventually.within(
          SOON,
          () ->
              told.told.stream()
                  .anyMatch(line ->
                      line.startsWith("REFUSED cannot watch capsules in namespace team: 403")),
          () -> verb + ": " + told.told);
      assertFalse(watch.isConnected());
      watch.close();
    }
  }

  @Test
  void watchOfAMissingCrdIsReported() {
    kubernetes.allow(asked -> true);
    kubernetes.unknown("capsules");
    var watch = api.watch(Watched.CAPSULES, null, capsules);
    capsules.awaits(
        "REFUSED cannot watch capsules: 404 the server could not find the requested resource");
    watch.close();
  }

  /** F42: the server does not answer. */
  @Test
  void f42_watchOfAnUnreachableServerIsReported() {
    kubernetes.goAway();
    var watch = api.watch(Watched.CAPSULES, null, capsules);
    Eventually.within(
        SOON,
        () -> capsules.told.stream().anyMatch(line -> line.startsWith("AWAY")),
        () -> "it says so: " + capsules.told);
    watch.close();
  }

  @Test
  void renewedTokenIsUsedWithoutANewWatch() {
    var token = new AtomicReference<>("one");
    kubernetes.accept("one");
    try (var renewed =
        new Fabric8Api(
            () -> ClusterAccess.withToken(kubernetes.url(), null, Secret.of(token.get())))) {
      var watch = renewed.watch(Watched.CAPSULES, null, capsules);
      capsules.awaits("caught up");
      kubernetes.accept("two");
      token.set("two");
      assertEquals(List.of(), renewed.secrets(null));
      capsule("team", "a", "one");
      capsules.awaits("team/a=one");
      watch.close();
    }
  }
}
