package dev.rig.credentials.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.http.platform.ImageLookup;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.TagListing;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DevRegistryLookupTest {
  private static final RegistryFailure MISSING = new RegistryFailure.NoSuchTag("no");
  private static final RegistryFailure AWAY = new RegistryFailure.Unreachable("away");

  /** Answers a lookup by its host. */
  private record Registries(Map<String, RegistryFailure> answers, List<String> asked)
      implements ImageLookup {
    @Override
    public Resolution resolve(ImageReference image) {
      asked.add(image.toString());
      return answers.getOrDefault(image.host(), MISSING);
    }

    @Override
    public TagListing tags(ImageReference repository, int limit, @Nullable String after) {
      asked.add(repository + " " + limit);
      return answers.getOrDefault(repository.host(), MISSING);
    }
  }

  private final List<String> asked = new ArrayList<>();

  private DevRegistryLookup lookup(Map<String, RegistryFailure> answers) {
    return new DevRegistryLookup(
        new Registries(answers, asked),
        host -> host.equals("localhost:30001") ? "127.0.0.1:30002" : host);
  }

  /** C34. */
  @Test
  void c34_developmentImageIsLookedUpWhereTheClusterPullsIt() throws InterruptedException {
    var image = BrokerFixture.image("localhost:30001/library/app:1.10");
    assertEquals(MISSING, lookup(Map.of()).resolve(image));
    assertEquals(MISSING, lookup(Map.of()).tags(image, 7, null));
    assertEquals(
        List.of("127.0.0.1:30002/library/app:1.10", "127.0.0.1:30002/library/app:1.10 7"), asked);
  }

  @Test
  void anyOtherImageIsLookedUpByItsName() throws InterruptedException {
    lookup(Map.of()).resolve(BrokerFixture.image("ghcr.io/acme/app:1"));
    assertEquals(List.of("ghcr.io/acme/app:1"), asked);
  }

  /** A daemon on a workstation cannot reach the cluster's own addresses. */
  @Test
  void otherNameIsTriedIfTheClustersNameIsUnreachable() throws InterruptedException {
    var image = BrokerFixture.image("localhost:30001/app:1");
    assertEquals(MISSING, lookup(Map.of("127.0.0.1:30002", AWAY)).resolve(image));
    var both = Map.of("127.0.0.1:30002", AWAY, "localhost:30001", AWAY);
    assertEquals(AWAY, lookup(both).resolve(image));
    assertEquals(4, asked.size());
  }
}
