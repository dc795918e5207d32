package dev.rig.credentials.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.wire.SocketPath;
import dev.rig.credentials.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTest {
  private static final String OWN = "/run/user/7/rig-credentials/credentials.sock";

  private static final String UNREACHABLE =
      "rig-credentials: cannot reach the daemon at /run/rig-credentials/credentials.sock: %s; start"
          + " it with \"rig-credentials serve\" or \"systemctl start rig-credentials\", or set"
          + " RIG_CREDENTIALS_SOCKET\n";

  @Test
  void getCarriesStdinToTheDaemonAndTheBodyToStdout() {
    FakeMachine machine = FakeMachine.answering("0\n{\"Secret\":\"s\"}\n");
    machine.stdin = "ghcr.io/acme\n\0".getBytes(StandardCharsets.UTF_8);
    assertEquals(0, machine.run("get"));
    assertEquals(List.of("get\nghcr.io/acme\n\0"), machine.requests);
    assertEquals("{\"Secret\":\"s\"}\n", machine.stdout());
    assertEquals("", machine.stderr());
  }

  @Test
  void aFailedAnswerOfDockersProtocolGoesToStdoutWithItsStatus() {
    FakeMachine machine = FakeMachine.answering("1\n" + Wire.NOT_FOUND + "\n");
    assertEquals(1, machine.run("get"));
    assertEquals(Wire.NOT_FOUND + "\n", machine.stdout());
    assertEquals("", machine.stderr());
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "erase"})
  void theRemarkOfASuccessfulStoreOrEraseGoesToStderr(String action) {
    FakeMachine machine = FakeMachine.answering("0\nmanaged by the configuration\n");
    assertEquals(0, machine.run(action));
    assertEquals("", machine.stdout());
    assertEquals("managed by the configuration\n", machine.stderr());
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "erase"})
  void aFailedStoreOrEraseGoesToStdout(String action) {
    FakeMachine machine = FakeMachine.answering("1\ndisk full\n");
    assertEquals(1, machine.run(action));
    assertEquals("disk full\n", machine.stdout());
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "erase"})
  void aStoreOrEraseMayPrintNothing(String action) {
    FakeMachine machine = FakeMachine.answering("0\n");
    assertEquals(0, machine.run(action));
    assertEquals("", machine.stdout() + machine.stderr());
  }

  @Test
  void theKubeletsAnswerGoesToStdoutAndItsFailureToStderr() {
    FakeMachine machine = FakeMachine.answering("0\n{\"auth\":{}}\n");
    machine.program = "/usr/bin/rig-credential-provider";
    machine.stdin = new byte[] {'{', '}'};
    assertEquals(0, machine.run());
    assertEquals(List.of("kubelet\n{}"), machine.requests);
    assertEquals("{\"auth\":{}}\n", machine.stdout());

    FakeMachine failing = FakeMachine.answering("3\nno such entry\n");
    failing.program = "rig-credential-provider";
    assertEquals(3, failing.run());
    assertEquals("", failing.stdout());
    assertEquals("no such entry\n", failing.stderr());
  }

  @Test
  void userpassAsksForItsArgumentAndNeverReadsStdin() {
    FakeMachine machine = FakeMachine.answering("0\nbot:s:e cret\n");
    assertEquals(0, machine.run("userpass", "ghcr.io/acme"));
    assertEquals(List.of("userpass\nghcr.io/acme"), machine.requests);
    assertEquals("bot:s:e cret\n", machine.stdout());
    assertEquals("", machine.stderr());
    assertFalse(machine.stdinRead);
  }

  /** The platform reads stdout as a credential. */
  @Test
  void failureOfUserpassGoesOnlyToStderr() {
    FakeMachine refused = FakeMachine.answering("1\nrig-credentials: no\n");
    assertEquals(1, refused.run("userpass", "ghcr.io"));
    assertEquals("rig-credentials: no\n", refused.stderr());

    FakeMachine cut = FakeMachine.answering("0\nbot:sec");
    assertEquals(1, cut.run("userpass", "ghcr.io"));
    assertTrue(cut.stderr().contains("cut short"), cut.stderr());

    FakeMachine alone = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    alone.variables.put("RIG_CREDENTIALS_OPTIONAL", "1");
    assertEquals(1, alone.run("userpass", "ghcr.io"));
    assertEquals(UNREACHABLE.formatted("no such socket"), alone.stderr());

    FakeMachine without = FakeMachine.answering("0\n");
    assertEquals(1, without.run("userpass"));
    assertTrue(without.stderr().contains(HelpText.USAGE), without.stderr());
    assertEquals(List.of(), without.requests);

    for (FakeMachine machine : List.of(refused, cut, alone, without)) {
      assertEquals("", machine.stdout());
    }
  }

  @ParameterizedTest
  @CsvSource({"get,false", "list,false", "get,true"})
  void anAnswerThatWasCutShortIsAFailureInOneLine(String action, boolean nothing) {
    FakeMachine machine = FakeMachine.answering(nothing ? "0\n" : "0\n{\"Secret\":\"s");
    assertEquals(1, machine.run(action));
    assertEquals(
        "rig-credentials: the daemon's answer was cut short; ask again\n", machine.stdout());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "nonsense\n", "256\nx\n", "\n"})
  void anAnswerWithoutAStatusIsAFailureInOneLine(String answer) {
    FakeMachine machine = FakeMachine.answering(answer);
    assertEquals(1, machine.run("get"));
    assertEquals(
        "rig-credentials: the daemon's answer does not begin with a status\n", machine.stdout());
  }

  @ParameterizedTest
  @EnumSource(
      value = Attempt.AttemptOutcome.class,
      names = {"MISSING", "REFUSED", "BUSY", "CLOSED"})
  void aDaemonThatRestartsIsTriedAgain(Attempt.AttemptOutcome outcome) {
    FakeMachine machine =
        FakeMachine.ending(
            Attempt.ended(outcome),
            Attempt.ended(outcome),
            Attempt.answered("0\n{}\n".getBytes(StandardCharsets.UTF_8)));
    assertEquals(0, machine.run("get"));
    assertEquals("{}\n", machine.stdout());
    assertEquals(List.of(10L, 20L), machine.pauses);
  }

  @Test
  void pausesGrowToTheirCapAndEndWithTheTimeForConnecting() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.REFUSED);
    assertEquals(1, machine.run("get"));
    assertEquals(Wire.CLIENT_CONNECT_MILLIS, machine.waited());
    assertEquals(List.of(10L, 20L, 40L, 80L, 160L, 200L, 200L), machine.pauses.subList(0, 7));
    assertTrue(machine.pauses.stream().allMatch(pause -> pause <= 200), machine.pauses::toString);
    assertEquals(UNREACHABLE.formatted("connection refused"), machine.stdout());
  }

  @Test
  void allAttemptsTogetherStayInsideTheDeadline() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.CLOSED);
    machine.attemptMillis = 1_000;
    assertEquals(1, machine.run("get"));
    assertEquals(Wire.CLIENT_DEADLINE_MILLIS, machine.allowed.get(0));
    assertEquals(Wire.CLIENT_DEADLINE_MILLIS - 1_010, machine.allowed.get(1));
    assertTrue(
        machine.allowed.stream().allMatch(allowed -> allowed > 0), machine.allowed::toString);
    assertTrue(
        machine.waited() <= Wire.CLIENT_DEADLINE_MILLIS + 1_000, () -> "" + machine.waited());
  }

  /** F33: a restart is invisible to a client that has waited longer than a restart may take. */
  @Test
  void f33_waitingForAnAnswerUsesNoneOfTheTimeForConnecting() {
    FakeMachine machine =
        FakeMachine.ending(
            Attempt.ended(Attempt.AttemptOutcome.CLOSED),
            Attempt.ended(Attempt.AttemptOutcome.MISSING),
            Attempt.answered("0\n{}\n".getBytes(StandardCharsets.UTF_8)));
    machine.attemptMillis = Wire.CLIENT_CONNECT_MILLIS + 1_000;
    machine.instantly = Attempt.AttemptOutcome.MISSING;
    assertEquals(0, machine.run("get"));
    assertEquals("{}\n", machine.stdout());
    assertEquals(List.of(10L, 20L), machine.pauses);
  }

  @Test
  void aStoreIsNotSentTwiceOnceConnected() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.CLOSED);
    assertEquals(1, machine.run("store"));
    assertEquals(1, machine.requests.size());
    assertTrue(machine.stdout().contains("may not be stored"), machine.stdout());
  }

  @Test
  void aStoreIsRetriedWhileNoDaemonAcceptsIt() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    assertEquals(1, machine.run("store"));
    assertEquals(Wire.CLIENT_CONNECT_MILLIS, machine.waited());
  }

  @ParameterizedTest
  @EnumSource(
      value = Attempt.AttemptOutcome.class,
      names = {"DENIED", "LATE"})
  void permanentFailureIsNotRetried(Attempt.AttemptOutcome outcome) {
    FakeMachine machine = FakeMachine.ending(outcome);
    assertEquals(1, machine.run("get"));
    assertEquals(1, machine.requests.size());
  }

  @Test
  void deniedPermissionIsReportedWithTheRemedy() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.DENIED);
    assertEquals(1, machine.run("get"));
    assertEquals(
        "rig-credentials: this user may not connect to /run/rig-credentials/credentials.sock:"
            + " permission denied; join the group that owns it, or set RIG_CREDENTIALS_SOCKET\n",
        machine.stdout());
  }

  @Test
  void anyOtherFailureIsNamed() {
    FakeMachine machine = FakeMachine.ending(Attempt.failed("File name too long"));
    assertEquals(1, machine.run("get"));
    assertEquals(UNREACHABLE.formatted("File name too long"), machine.stdout());
  }

  @Test
  void missingDaemonIsReportedToTheKubeletOnStderr() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    machine.variables.put("RIG_CREDENTIALS_OPTIONAL", "1");
    machine.program = "rig-credential-provider";
    assertEquals(1, machine.run());
    assertEquals("", machine.stdout());
    assertEquals(UNREACHABLE.formatted("no such socket"), machine.stderr());
  }

  @ParameterizedTest
  @CsvSource({
    "get,1,credentials not found in native keychain",
    "list,0,{}",
    "erase,0,''",
  })
  void optionalMissingDaemonIsNotFound(String action, int status, String stdout) {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    machine.variables.put("RIG_CREDENTIALS_OPTIONAL", "1");
    assertEquals(status, machine.run(action));
    assertEquals(stdout, machine.stdout().strip());
    assertEquals("", machine.stderr());
    assertEquals(250, machine.waited());
  }

  @Test
  void withAnOptionalDaemonAStoreStillFails() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    machine.variables.put("RIG_CREDENTIALS_OPTIONAL", "1");
    assertEquals(1, machine.run("store"));
    assertEquals(UNREACHABLE.formatted("no such socket"), machine.stdout());
  }

  @Test
  void withAnOptionalDaemonAHangIsStillAFailure() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.LATE);
    machine.variables.put("RIG_CREDENTIALS_OPTIONAL", "1");
    assertEquals(1, machine.run("get"));
    assertTrue(machine.stdout().contains("did not answer within 45 s"), machine.stdout());
  }

  @Test
  void onlyTheValueOneMakesTheDaemonOptional() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    machine.variables.put("RIG_CREDENTIALS_OPTIONAL", "0");
    assertEquals(1, machine.run("get"));
    assertEquals(UNREACHABLE.formatted("no such socket"), machine.stdout());
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "--version", "-v"})
  void versionIsTheDaemonsOrElseOurs(String word) {
    FakeMachine answering = FakeMachine.answering("0\nthe daemon's\n");
    assertEquals(0, answering.run(word));
    assertEquals("the daemon's\n", answering.stdout());
    assertEquals(List.of("version\n"), answering.requests);

    FakeMachine alone = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    assertEquals(0, alone.run(word));
    assertEquals("docker-credential-rig (dev.rig.credentials) 1.2.3\n", alone.stdout());
    assertEquals(0, alone.waited());
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "version"})
  void actionsWithoutAPayloadDoNotWaitForStdin(String action) {
    FakeMachine machine = FakeMachine.answering("0\n{}\n");
    assertEquals(0, machine.run(action));
    assertFalse(machine.stdinRead);
  }

  @Test
  void stdinMayFillARequestAndNotOneByteMore() {
    FakeMachine machine = FakeMachine.answering("0\n{}\n");
    machine.stdin = new byte[Wire.REQUEST_LIMIT - "get\n".length()];
    Arrays.fill(machine.stdin, (byte) 'x');
    assertEquals(0, machine.run("get"));
    assertEquals(Wire.REQUEST_LIMIT, machine.requests.get(0).length());

    FakeMachine larger = FakeMachine.answering("0\n{}\n");
    larger.stdin = new byte[machine.stdin.length + 1];
    assertEquals(1, larger.run("get"));
    assertEquals("rig-credentials: standard input is larger than 256 KiB\n", larger.stdout());
    assertEquals(List.of(), larger.requests);
  }

  @Test
  void streamsThatFailAreNamed() {
    FakeMachine machine = FakeMachine.answering("0\n{}\n");
    machine.stdinFails = true;
    assertEquals(1, machine.run("get"));
    assertEquals("rig-credentials: stdin cannot be read: Input/output error\n", machine.stderr());

    FakeMachine full = FakeMachine.answering("0\n{}\n");
    full.stdoutFails = true;
    assertEquals(1, full.run("get"));
    assertEquals(
        "rig-credentials: stdout cannot be written: No space left on device\n", full.stderr());
  }

  @Test
  void withoutAnActionTheUsageIsShownAndNoRequestSent() {
    FakeMachine machine = FakeMachine.answering("0\n{}\n");
    assertEquals(1, machine.run());
    assertEquals(
        "rig-credentials: an action is missing\n" + HelpText.USAGE + "\n", machine.stdout());
    assertEquals(1, machine.run("take"));
    assertTrue(machine.stdout().contains("unknown action \"take\""), machine.stdout());
    assertEquals("", machine.stderr());
    assertEquals(List.of(), machine.requests);
  }

  /** T24: an argument can be pasted, and the socket's path comes from the environment. */
  @Test
  void textFromOutsideIsEscapedInMessages() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.DENIED);
    assertEquals(1, machine.run("t\u001b[2J\n\u009b\u202e\ufeffake\u00e4"));
    assertEquals(
        "rig-credentials: unknown action \"t\\u001b[2J\\u000a\\u009b\\u202e\\ufeffake\u00e4\"\n"
            + HelpText.USAGE
            + "\n",
        machine.stdout());
    machine = FakeMachine.ending(Attempt.AttemptOutcome.DENIED);
    machine.variables.put("RIG_CREDENTIALS_SOCKET", "/run/\u001b]0;x\u0007");
    assertEquals(1, machine.run("get"));
    assertTrue(machine.stdout().contains("/run/\\u001b]0;x\\u0007"), machine.stdout());
  }

  @Test
  void wrongCallIsReportedToTheKubeletOnStderr() {
    FakeMachine machine = FakeMachine.answering("0\n{}\n");
    machine.program = "/opt/rig-credential-provider";
    assertEquals(1, machine.run("take"));
    assertEquals("", machine.stdout());
    assertTrue(machine.stderr().contains("unknown action \"take\""), machine.stderr());
  }

  @Test
  void helpGoesToStdoutAndNamesAllVariables() {
    FakeMachine machine = FakeMachine.answering("0\n{}\n");
    assertEquals(0, machine.run("--help"));
    String text = machine.stdout();
    assertTrue(text.contains(SocketPath.VARIABLE), text);
    assertTrue(text.contains(SocketPath.MACHINE), text);
    assertTrue(text.contains(Client.OPTIONAL + "=1"), text);
    assertEquals(List.of(), machine.requests);
  }

  @Test
  void theSocketIsTheOneThatTheEnvironmentNames() {
    FakeMachine machine = FakeMachine.answering("0\n{}\n");
    machine.variables.put("RIG_CREDENTIALS_SOCKET", "/a/b.sock");
    assertEquals(0, machine.run("get"));
    machine.variables.remove("RIG_CREDENTIALS_SOCKET");
    machine.variables.put("XDG_RUNTIME_DIR", "/run/user/7");
    assertEquals(0, machine.run("get"));
    machine.files.add("/run/user/7/rig-credentials/credentials.sock");
    assertEquals(0, machine.run("get"));
    assertEquals(
        List.of(
            "/a/b.sock",
            "/run/rig-credentials/credentials.sock",
            "/run/user/7/rig-credentials/credentials.sock"),
        machine.sockets);
  }

  /** F41: the daemon of a first "serve &" appears while the client already waits for one. */
  @Test
  void f41_theUsersFirstDaemonIsFoundWhileWaitingForTheMachines() {
    FakeMachine machine =
        FakeMachine.ending(
            Attempt.ended(Attempt.AttemptOutcome.MISSING),
            Attempt.answered("0\n{}\n".getBytes(StandardCharsets.UTF_8)));
    machine.variables.put("XDG_RUNTIME_DIR", "/run/user/7");
    machine.whilePausing = () -> machine.files.add(OWN);
    assertEquals(0, machine.run("get"));
    assertEquals(List.of(SocketPath.MACHINE, OWN), machine.sockets);
  }

  /** F41: also if the user may not enter the folder of the machine's daemon. */
  @ParameterizedTest
  @EnumSource(
      value = Attempt.AttemptOutcome.class,
      names = {"DENIED", "FAILED", "REFUSED"})
  void f41_theUsersFirstDaemonIsWaitedForWhereTheMachinesIsClosed(Attempt.AttemptOutcome outcome) {
    FakeMachine machine =
        FakeMachine.ending(
            Attempt.ended(outcome),
            Attempt.ended(outcome),
            Attempt.answered("0\n{}\n".getBytes(StandardCharsets.UTF_8)));
    machine.variables.put("XDG_RUNTIME_DIR", "/run/user/7");
    machine.whilePausing =
        () -> {
          if (machine.sockets.size() == 2) {
            machine.files.add(OWN + ".lock");
          }
        };
    assertEquals(0, machine.run("get"));
    assertEquals(List.of(SocketPath.MACHINE, SocketPath.MACHINE, OWN), machine.sockets);
  }

  @Test
  void f41_theUsersOwnSocketThatIsClosedIsNotTriedAgain() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.DENIED);
    machine.variables.put("XDG_RUNTIME_DIR", "/run/user/7");
    machine.files.add(OWN);
    assertEquals(1, machine.run("get"));
    assertEquals(List.of(OWN), machine.sockets);

    FakeMachine named = FakeMachine.ending(Attempt.AttemptOutcome.DENIED);
    named.variables.put("XDG_RUNTIME_DIR", "/run/user/7");
    named.variables.put("RIG_CREDENTIALS_SOCKET", SocketPath.MACHINE);
    assertEquals(1, named.run("get"));
    assertEquals(1, named.sockets.size());
  }

  @Test
  void f41_waitingForTheUsersFirstDaemonEndsWithTheNextStep() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.DENIED);
    machine.variables.put("XDG_RUNTIME_DIR", "/run/user/7");
    assertEquals(1, machine.run("get"));
    assertEquals(Wire.CLIENT_CONNECT_MILLIS, machine.waited());
    assertEquals(
        "rig-credentials: this user may not connect to /run/rig-credentials/credentials.sock:"
            + " permission denied; join the group that owns it, start a daemon of your own with"
            + " \"rig-credentials serve\", or set RIG_CREDENTIALS_SOCKET\n",
        machine.stdout());
  }

  @Test
  void f41_theUsersOwnDaemonIsWaitedForAndNamedInTheFailure() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    machine.variables.put("XDG_RUNTIME_DIR", "/run/user/7");
    machine.files.add(OWN + ".lock");
    assertEquals(1, machine.run("get"));
    assertEquals(Set.of(OWN), Set.copyOf(machine.sockets));
    assertEquals(
        "rig-credentials: cannot reach the daemon at "
            + OWN
            + ": no such socket; start it with \"rig-credentials serve\" or \"systemctl --user"
            + " start rig-credentials\", remove "
            + OWN
            + ".lock to ask the machine's daemon, or set RIG_CREDENTIALS_SOCKET\n",
        machine.stdout());
  }

  /**
   * At a logout Docker calls it four times in a row, for Docker Hub once after a get. Without a
   * daemon a logout may take 6 s.
   */
  @Test
  void anEraseWaitsATenthAsLong() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.MISSING);
    assertEquals(1, machine.run("erase"));
    assertTrue(machine.waited() <= 500, () -> machine.waited() + " ms");
    assertEquals(UNREACHABLE.formatted("no such socket"), machine.stdout());
  }

  /** T25. */
  @Test
  void t25_anAnswerThatIsTooLongIsAFailureInOneLine() {
    FakeMachine machine = FakeMachine.ending(Attempt.AttemptOutcome.TOO_LONG);
    machine.variables.put("RIG_CREDENTIALS_OPTIONAL", "1");
    assertEquals(1, machine.run("get"));
    assertEquals(1, machine.requests.size());
    assertEquals(
        "rig-credentials: the daemon at /run/rig-credentials/credentials.sock sent more than 1 MiB;"
            + " its answer was dropped\n",
        machine.stdout());
  }
}
