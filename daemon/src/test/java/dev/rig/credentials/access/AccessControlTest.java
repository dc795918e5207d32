package dev.rig.credentials.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.linux.SystemUsers;
import dev.rig.credentials.linux.UserDatabase;
import dev.rig.credentials.testing.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Which peer may do what (T7, T18). */
final class AccessControlTest {
  private static final int DAEMON = 990;
  private static final int SOCKET_GROUP = 991;
  private static final int STRANGER = 1000;

  /** A user database of this test. */
  private static final class Users implements UserDatabase {
    final Map<String, Integer> users = new HashMap<>();
    final Map<String, Integer> groups = new HashMap<>();
    final Map<Integer, Set<Integer>> members = new HashMap<>();
    int asked;

    @Override
    public OptionalInt userId(String name) {
      var id = users.get(name);
      return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public OptionalInt groupId(String name) {
      var id = groups.get(name);
      return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public Set<Integer> groupsOf(int uid) {
      asked++;
      return members.getOrDefault(uid, Set.of());
    }
  }

  @AutoClose private final ExecutorService lookups = Executors.newSingleThreadExecutor();
  private final FakeTime time = new FakeTime();
  private final Users users = new Users();
  private final AccessControl access = new AccessControl(users, time.time(), lookups);

  private static Peer peer(int uid, Integer... groups) {
    return new Peer(1, uid, uid, Set.of(groups));
  }

  private PeerRights rights(Peer peer) {
    return access.of(peer).join();
  }

  private static RegistryPrefix prefix(String text) {
    try {
      return RegistryPrefix.parse(text);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(text, e);
    }
  }

  private static ImageReference reference(String text) {
    try {
      return ImageReference.ofKey(text);
    } catch (InvalidReferenceException e) {
      throw new AssertionError(text, e);
    }
  }

  private static AccessRule grant(List<String> users, List<String> groups, String... registries) {
    return new AccessRule(
        users,
        groups,
        EnumSet.of(Permission.GET),
        List.of(registries).stream().map(AccessControlTest::prefix).toList());
  }

  @Test
  void noPeerMayDoAnythingBeforeRulesAreEnforced() {
    for (var permission : Permission.values()) {
      assertFalse(rights(peer(0)).mayWithOwn(permission));
    }
  }

  @Test
  void aScriptOfThisDaemonMayDoNothingAndGetsTheReason() {
    access.enforce(List.of(grant(List.of("*"), List.of())));
    access.refuseOwnScripts(peer -> peer.pid() == 4711);
    var script = rights(new Peer(4711, 0, 0));
    assertFalse(script.mayWithOwn(Permission.GET));
    assertTrue(String.valueOf(script.refusal()).contains("a script that this daemon runs"));
    assertTrue(rights(new Peer(4712, 0, 0)).may(Permission.GET));
    assertNull(rights(new Peer(4712, 0, 0)).refusal());
  }

  @Test
  void starNamesEveryUserWithoutAQueryOfTheDatabase() {
    access.enforce(List.of(grant(List.of("*"), List.of(), "ghcr.io/acme")));
    var stranger = rights(peer(STRANGER));
    assertTrue(stranger.may(Permission.GET, reference("ghcr.io/acme/app")));
    assertFalse(stranger.may(Permission.GET, reference("ghcr.io/other")));
    assertFalse(stranger.mayWithOwn(Permission.LIST));
    assertEquals(0, users.asked);
  }

  @Test
  void withoutRulesRootTheDaemonsUserAndTheSocketsGroupMayDoEverything() {
    access.enforceStandard(DAEMON, SOCKET_GROUP);
    users.members.put(2000, Set.of(SOCKET_GROUP));
    var trusted =
        List.of(
            peer(0),
            peer(DAEMON),
            peer(SOCKET_GROUP), // by its own gid
            peer(STRANGER, 5, SOCKET_GROUP), // by the groups that the kernel reports
            peer(2000)); // by the user database
    for (var peer : trusted) {
      for (var permission : Permission.values()) {
        assertTrue(rights(peer).mayAll(permission), peer + " " + permission);
      }
    }
  }

  /** T18. */
  @Test
  void withoutRulesAnotherUserMayOnlyKeepItsOwnLogins() {
    access.enforceStandard(DAEMON, SOCKET_GROUP);
    var rights = rights(peer(STRANGER, 5));
    for (var permission : Permission.values()) {
      assertFalse(rights.may(permission), permission.toString());
      assertFalse(rights.may(permission, reference("ghcr.io")), permission.toString());
      assertFalse(rights.may(permission, prefix("ghcr.io")), permission.toString());
    }
    assertTrue(rights.mayWithOwn(Permission.STORE, reference("ghcr.io")));
    assertTrue(rights.mayWithOwn(Permission.GET));
  }

  @Test
  void withRulesAllOtherPeersAreDeniedIncludingRoot() {
    access.enforce(List.of(grant(List.of("1000"), List.of())));
    assertTrue(rights(peer(STRANGER)).mayAll(Permission.GET));
    assertFalse(rights(peer(STRANGER)).mayWithOwn(Permission.STORE));
    assertFalse(rights(peer(0)).mayWithOwn(Permission.GET));
  }

  @Test
  void usersAndGroupsAreNamesOrNumbers() {
    users.users.put("ci", 3000);
    users.groups.put("builders", 4000);
    users.members.put(3001, Set.of(4000));
    users.members.put(3002, Set.of(4001));
    access.enforce(List.of(grant(List.of("ci"), List.of("builders", "4001"))));
    assertTrue(rights(peer(3000)).may(Permission.GET));
    assertTrue(rights(peer(3001)).may(Permission.GET));
    assertTrue(rights(peer(3002)).may(Permission.GET));
    assertTrue(rights(peer(3003, 4000)).may(Permission.GET));
    assertFalse(rights(peer(3004)).may(Permission.GET));
  }

  @Test
  void unknownNameMatchesNoUserNotEvenMinusOne() {
    access.enforce(List.of(grant(List.of("gone"), List.of("gone"))));
    assertFalse(rights(peer(-1)).may(Permission.GET));
    assertFalse(rights(peer(0)).may(Permission.GET));
  }

  @Test
  void registriesArePrefixesOfWholeSegments() {
    access.enforce(
        List.of(
            grant(List.of("1000"), List.of(), "ghcr.io/rig", "*.ecr.example.com"),
            grant(List.of("1000"), List.of(), "quay.io")));
    var rights = rights(peer(STRANGER));
    for (var may :
        List.of("ghcr.io/rig", "ghcr.io/rig/app", "quay.io", "quay.io/x", "1.ecr.example.com")) {
      assertTrue(rights.may(Permission.GET, reference(may)), may);
      assertTrue(rights.may(Permission.GET, prefix(may)), may);
    }
    for (var no :
        List.of("ghcr.io", "ghcr.io/rigdev", "xquay.io", "quay.io:443", "ecr.example.com")) {
      assertFalse(rights.may(Permission.GET, reference(no)), no);
      assertFalse(rights.may(Permission.GET, prefix(no)), no);
    }
    assertTrue(rights.may(Permission.GET, prefix("*.ecr.example.com/team")));
    assertFalse(rights.may(Permission.GET, prefix("*.example.com")));
    assertTrue(rights.may(Permission.GET));
    assertFalse(rights.mayAll(Permission.GET));
  }

  @Test
  void keysOfDockersDeviceLoginBelongToDockerHub() {
    var key = reference("https://index.docker.io/v1/access-token");
    access.enforce(List.of(grant(List.of("1000"), List.of(), "docker.io")));
    assertTrue(rights(peer(STRANGER)).may(Permission.GET, key));
    access.enforce(List.of(grant(List.of("1000"), List.of(), "docker.io/acme")));
    assertFalse(rights(peer(STRANGER)).may(Permission.GET, key));
  }

  @Test
  void answersOfTheUserDatabaseAreCachedForTenSeconds() {
    access.enforceStandard(DAEMON, SOCKET_GROUP);
    assertFalse(rights(peer(STRANGER)).may(Permission.GET));
    users.members.put(STRANGER, Set.of(SOCKET_GROUP));
    assertFalse(rights(peer(STRANGER)).may(Permission.GET));
    assertEquals(1, users.asked);
    time.advance(Duration.ofSeconds(10));
    assertTrue(rights(peer(STRANGER)).may(Permission.GET));
  }

  @Test
  void newRulesApplyImmediately() {
    access.enforceStandard(DAEMON, SOCKET_GROUP);
    assertTrue(rights(peer(0)).may(Permission.GET));
    access.enforce(List.of());
    assertFalse(rights(peer(0)).may(Permission.GET));
  }

  @Test
  void databaseIsNotQueriedIfTheKernelReportsTheGroup() {
    access.enforceStandard(DAEMON, SOCKET_GROUP);
    assertSame(rights(peer(0)), rights(peer(0)));
    assertTrue(access.of(peer(STRANGER, SOCKET_GROUP)).isDone());
    assertEquals(0, users.asked);
  }

  @Test
  void databaseThatDoesNotAnswerDelaysNoPeerForLong() throws InterruptedException {
    var stuck = new CountDownLatch(1);
    lookups.execute(() -> {
      try {
        stuck.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    access.enforceStandard(DAEMON, SOCKET_GROUP);
    var waiting = access.of(peer(STRANGER));
    assertFalse(waiting.isDone());
    assertTrue(access.of(peer(0)).isDone(), "others do not wait");
    time.advance(Duration.ofSeconds(3));
    assertFalse(waiting.join().may(Permission.GET));
    stuck.countDown();
  }

  @Test
  void requestDuringAChangeIsDecidedByTheNewRules() {
    access.enforceStandard(DAEMON, SOCKET_GROUP);
    var asked = new ArrayList<CompletableFuture<PeerRights>>();
    access.whileHeld(() -> {
      asked.add(access.of(peer(0)));
      assertFalse(asked.getFirst().isDone());
      access.enforce(List.of());
    });
    assertFalse(asked.getFirst().join().may(Permission.GET));
  }

  /** The real user database of the C library, about the one user of every machine. */
  @Test
  void rootIsInTheSystemsUserDatabase() {
    var system = new SystemUsers();
    assertEquals(OptionalInt.of(0), system.userId("root"));
    assertEquals(OptionalInt.of(0), system.groupId("root"));
    assertTrue(system.groupsOf(0).contains(0));
    assertEquals(OptionalInt.empty(), system.userId("no such user, surely"));
    assertEquals(OptionalInt.empty(), system.groupId("no such group, surely"));
    assertEquals(Set.of(), system.groupsOf(1_999_999_999));
  }
}
