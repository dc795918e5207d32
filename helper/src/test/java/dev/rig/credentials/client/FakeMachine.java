package dev.rig.credentials.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A machine on which time passes only while the client waits. */
final class FakeMachine implements Machine {
  String program = "docker-credential-rig";
  byte[] stdin = {};
  boolean stdinFails;
  boolean stdinRead;
  boolean stdoutFails;
  final Map<String, String> variables = new HashMap<>();
  final Set<String> files = new HashSet<>();

  /** The results of the next attempts; the last one repeats. */
  final Deque<Attempt> attempts = new ArrayDeque<>();

  /** How long each attempt takes. */
  long attemptMillis;

  /** The attempts that take no time nevertheless; null if absent. */
  Attempt.AttemptOutcome instantly;

  /** A further action during each pause. */
  Runnable whilePausing = () -> {};

  final List<String> requests = new ArrayList<>();
  final List<String> sockets = new ArrayList<>();
  final List<Long> allowed = new ArrayList<>();
  final List<Long> pauses = new ArrayList<>();
  private long now = 1_000_000;
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  static FakeMachine answering(String answer) {
    return ending(Attempt.answered(answer.getBytes(StandardCharsets.UTF_8)));
  }

  static FakeMachine ending(Attempt... attempts) {
    var machine = new FakeMachine();
    machine.attempts.addAll(List.of(attempts));
    return machine;
  }

  static FakeMachine ending(Attempt.AttemptOutcome outcome) {
    return ending(Attempt.ended(outcome));
  }

  int run(String... arguments) {
    return new Client(this).run(arguments);
  }

  String stdout() {
    return stdout.toString(StandardCharsets.UTF_8);
  }

  String stderr() {
    return stderr.toString(StandardCharsets.UTF_8);
  }

  long waited() {
    return now - 1_000_000;
  }

  @Override
  public String program() {
    return program;
  }

  @Override
  public String version() {
    return "1.2.3";
  }

  @Override
  public String variable(String name) {
    return variables.get(name);
  }

  @Override
  public boolean exists(String path) {
    return files.contains(path);
  }

  @Override
  public byte[] input(int limit) throws MachineException {
    stdinRead = true;
    if (stdinFails) {
      throw new MachineException("stdin cannot be read: Input/output error");
    }
    return Arrays.copyOf(stdin, Math.min(stdin.length, limit + 1));
  }

  @Override
  public void output(byte[] bytes) throws MachineException {
    if (stdoutFails) {
      throw new MachineException("stdout cannot be written: No space left on device");
    }
    stdout.writeBytes(bytes);
  }

  @Override
  public void error(byte[] bytes) {
    stderr.writeBytes(bytes);
  }

  @Override
  public long millis() {
    return now;
  }

  @Override
  public void pause(long millis) {
    whilePausing.run();
    pauses.add(millis);
    now += millis;
  }

  @Override
  public Attempt exchange(String path, byte[] request, long millis) {
    sockets.add(path);
    requests.add(new String(request, StandardCharsets.ISO_8859_1));
    allowed.add(millis);
    var attempt = attempts.size() > 1 ? attempts.removeFirst() : attempts.getFirst();
    now += attempt.outcome() == instantly ? 0 : attemptMillis;
    return attempt;
  }
}
