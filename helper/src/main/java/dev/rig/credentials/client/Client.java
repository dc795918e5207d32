package dev.rig.credentials.client;

import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.MalformedReplyException;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.SocketPath;
import dev.rig.credentials.wire.Utf8;
import dev.rig.credentials.wire.Wire;

/** One run of {@code docker-credential-rig} or {@code rig-credential-provider}. */
final class Client {
  /** If set to 1, pulls of public images continue without the daemon. */
  static final String OPTIONAL = "RIG_CREDENTIALS_OPTIONAL";

  private static final byte[] NOTHING = {};

  private final Machine machine;

  Client(Machine machine) {
    this.machine = machine;
  }

  /**
   * Runs the program.
   *
   * @param arguments those after the program's name
   * @return the exit status
   */
  int run(String... arguments) {
    Invocation invocation = Invocation.of(machine.program(), arguments);
    try {
      if (invocation instanceof Invocation.Ask ask) {
        return run(ask);
      }
      if (invocation instanceof Invocation.Wrong wrong) {
        boolean userpass = arguments.length > 0 && arguments[0].equals(Action.USERPASS.word());
        boolean provider = Invocation.isProvider(machine.program());
        return fail(
            userpass ? Action.USERPASS : provider ? Action.KUBELET : Action.GET,
            wrong.words(),
            HelpText.USAGE + "\n");
      }
      machine.output(Utf8.bytes(HelpText.USAGE + "\n" + HelpText.REST));
      return 0;
    } catch (MachineException e) {
      machine.error(
          Utf8.bytes("rig-credentials: " + ControlCharacters.escaped(e.getMessage()) + "\n"));
      return 1;
    }
  }

  private int run(Invocation.Ask ask) throws MachineException {
    Action action = ask.action();
    String alias = ask.alias();
    byte[] payload = Utf8.bytes(ask.key());
    // The word that Docker sends with "list" is ignored; people run the others in terminals.
    if (action != Action.LIST && action != Action.VERSION && action != Action.USERPASS) {
      int limit = Wire.REQUEST_LIMIT - new Request(action, alias, NOTHING).encode().length;
      payload = machine.input(limit);
      if (payload.length > limit) {
        return fail(action, "standard input is larger than 256 KiB");
      }
    }
    boolean optional = "1".equals(machine.variable(OPTIONAL));
    var conversation =
        new RetryingExchange(
            machine, () -> SocketPath.ofClient(machine::variable, machine::exists));
    Attempt attempt =
        conversation.ask(new Request(action, alias, payload), connectMillis(action, optional));
    if (attempt.outcome() == Attempt.AttemptOutcome.ANSWERED) {
      return answer(action, attempt.answer());
    }
    if (attempt.unreachable()) {
      if (action == Action.VERSION) {
        machine.output(
            Utf8.bytes("docker-credential-rig (dev.rig.credentials) " + machine.version()));
        machine.output(Utf8.bytes("\n"));
        return 0;
      }
      if (optional && canDoWithout(action)) {
        return withoutDaemon(action);
      }
    }
    return fail(action, trouble(attempt, action, conversation.socket()));
  }

  private static long connectMillis(Action action, boolean optional) {
    if (action == Action.VERSION) {
      return 0;
    }
    if (optional) {
      return RetryingExchange.SHORT_CONNECT_MILLIS;
    }
    return action == Action.ERASE ? Wire.ERASE_CONNECT_MILLIS : Wire.CLIENT_CONNECT_MILLIS;
  }

  private int answer(Action action, byte[] frame) throws MachineException {
    Reply reply;
    try {
      reply = Reply.decode(frame);
    } catch (MalformedReplyException e) {
      return fail(action, e.getMessage());
    }
    byte[] body = reply.body();
    boolean remark = action == Action.STORE || action == Action.ERASE;
    if (reply.status() == 0 && !isWhole(body, remark)) {
      return fail(action, "the daemon's answer was cut short; ask again");
    }
    boolean toError = reply.status() == 0 ? remark : failsOnStderr(action);
    if (toError) {
      machine.error(body);
    } else {
      machine.output(body);
    }
    return reply.status();
  }

  /**
   * Returns whether the body is complete: the protocol has no length, but every body ends with its
   * own newline.
   */
  private static boolean isWhole(byte[] body, boolean mayBeEmpty) {
    return body.length == 0 ? mayBeEmpty : body[body.length - 1] == '\n';
  }

  private static boolean canDoWithout(Action action) {
    return action == Action.GET || action == Action.LIST || action == Action.ERASE;
  }

  private int withoutDaemon(Action action) throws MachineException {
    if (action == Action.GET) {
      machine.output(Utf8.bytes(Wire.NOT_FOUND + "\n"));
      return 1;
    }
    if (action == Action.LIST) {
      machine.output(Utf8.bytes("{}\n"));
    }
    return 0;
  }

  private String trouble(Attempt attempt, Action action, String socket) {
    return switch (attempt.outcome()) {
      case DENIED ->
          "this user may not connect to "
              + socket
              + ": permission denied; join the group that owns it, "
              + (SocketPath.awaitsUsersOwn(socket, machine::variable)
                  ? "start a daemon of your own with \"rig-credentials serve\", "
                  : "")
              + "or set "
              + SocketPath.VARIABLE;
      case LATE ->
          "the daemon at "
              + socket
              + " did not answer within "
              + Wire.CLIENT_DEADLINE_MILLIS / 1000
              + " s; run \"rig-credentials status\" to see what it is doing";
      case TOO_LONG -> "the daemon at " + socket + " sent more than 1 MiB; its answer was dropped";
      case CLOSED ->
          "the daemon at "
              + socket
              + " closed the connection before it answered"
              + (action == Action.STORE ? "; log in again, the login may not be stored" : "")
              + "; its log says why";
      default ->
          "cannot reach the daemon at "
              + socket
              + ": "
              + attempt.words()
              + startIt(attempt, socket)
              + SocketPath.VARIABLE;
    };
  }

  private String startIt(Attempt attempt, String socket) {
    boolean own = SocketPath.isUsersOwn(socket, machine::variable);
    String words =
        "; start it with \"rig-credentials serve\" or \"systemctl "
            + (own ? "--user " : "")
            + "start rig-credentials\"";
    return own && attempt.outcome() == Attempt.AttemptOutcome.MISSING
        ? words
            + ", remove "
            + socket
            + SocketPath.LOCK_SUFFIX
            + " to ask the machine's daemon, or set "
        : words + ", or set ";
  }

  /**
   * Returns whether a failure is printed to stderr, which the kubelet logs; Docker shows its user
   * what a helper prints to stdout.
   */
  private static boolean failsOnStderr(Action action) {
    return action == Action.KUBELET || action == Action.USERPASS;
  }

  private int fail(Action action, String words) throws MachineException {
    return fail(action, words, "");
  }

  /** Prints a line, whose text from outside is escaped, and a help text. */
  private int fail(Action action, String words, String help) throws MachineException {
    byte[] line = Utf8.bytes("rig-credentials: " + ControlCharacters.escaped(words) + "\n" + help);
    if (failsOnStderr(action)) {
      machine.error(line);
    } else {
      machine.output(line);
    }
    return 1;
  }
}
