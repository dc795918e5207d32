package dev.rig.credentials.client;

import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Request;
import java.util.Optional;

/** The meaning of the program's name and its arguments. */
sealed interface Invocation {
  /** A request to the daemon; the alias may be empty, and so may the key if it comes on stdin. */
  record Ask(Action action, String alias, String key) implements Invocation {}

  /** A request for the help text. */
  record Help() implements Invocation {}

  /** An invalid call; the words say why. */
  record Wrong(String words) implements Invocation {}

  /** The name that the kubelet calls; a suffix, such as a version, is ignored. */
  String PROVIDER = "rig-credential-provider";

  /** The name that Docker calls. */
  String DOCKER = "docker-credential-rig";

  /**
   * Parses a call.
   *
   * @param program the name of the program, possibly with folders
   * @param arguments the arguments after it
   */
  static Invocation of(String program, String... arguments) {
    String name = program.substring(program.lastIndexOf('/') + 1);
    boolean provider = isProvider(program);
    String word = arguments.length == 0 ? "" : arguments[0];
    boolean userpass = word.equals(Action.USERPASS.word());
    if (arguments.length > (userpass ? 2 : 1)) {
      return new Wrong("too many arguments");
    }
    if (userpass && (arguments.length < 2 || arguments[1].isEmpty())) {
      return new Wrong("userpass needs a registry");
    }
    String key = userpass ? arguments[1] : "";
    return switch (word) {
      case "help", "--help", "-h" -> new Help();
      case "version", "--version", "-version", "-v" -> new Ask(Action.VERSION, "", "");
      case "" -> provider ? new Ask(Action.KUBELET, "", "") : new Wrong("an action is missing");
      default -> of(word, provider ? "" : name, key);
    };
  }

  private static Invocation of(String word, String name, String key) {
    Optional<Action> action = Action.of(word).filter(Invocation::isForHelpers);
    if (action.isEmpty()) {
      return new Wrong("unknown action \"" + word + "\"");
    }
    if (!name.startsWith(DOCKER + "-")) {
      return new Ask(action.get(), "", key);
    }
    String alias = name.substring(DOCKER.length() + 1);
    if (!Request.isName(alias)) {
      return new Wrong("\"" + alias + "\" in the program's name is not a valid alias");
    }
    return new Ask(action.get(), alias, key);
  }

  /** Returns whether the program was called by the kubelet's name. */
  static boolean isProvider(String program) {
    return program.substring(program.lastIndexOf('/') + 1).startsWith(PROVIDER);
  }

  private static boolean isForHelpers(Action action) {
    return switch (action) {
      case GET, USERPASS, STORE, ERASE, LIST, VERSION, KUBELET -> true;
      case EXPLAIN, STATUS -> false;
    };
  }
}
