package dev.rig.credentials.config;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Where an entry's credential comes from, as it is configured. */
public sealed interface EntrySource {
  /** A user name and a password that stand in the configuration, or in a file that it names. */
  record StaticLogin(Credential credential) implements EntrySource {}

  /**
   * A script that prints {@code username:password}.
   *
   * @param text the script; never blank, without NUL
   * @param env what its environment holds besides ours; the values may be secret
   * @param timeout how long it may run; positive
   */
  record Script(Secret text, Map<String, String> env, Duration timeout) implements EntrySource {
    /** How long a script may run when its entry does not say. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    /** The longest that an entry may allow its script. */
    public static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    /** The shortest that an entry may allow its script. */
    public static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

    /** What bash and other shells run, or take for options, before a script; bash(1). */
    private static final Set<String> OF_SHELLS = Set.of("BASH_ENV", "ENV", "BASHOPTS", "SHELLOPTS");

    /** Whether a variable of that name never reaches a script unless the daemon sets it. */
    public static boolean isReserved(String name) {
      return name.startsWith("RIG_") || isOfShells(name);
    }

    /** Whether it would change how a shell reads a script. */
    public static boolean isOfShells(String name) {
      return OF_SHELLS.contains(name) || name.startsWith("BASH_FUNC_");
    }

    public Script {
      env = Map.copyOf(env);
    }

    @Override
    public String toString() {
      return "Script[redacted, timeout=" + timeout + "]";
    }
  }

  /**
   * A provider that asks a cloud or GitHub itself.
   *
   * @param options what stands below {@code with}, by name; checked, and nothing secret
   * @param timeout how long one credential may take; positive
   */
  record CloudProvider(ProviderKind kind, Map<String, String> options, Duration timeout)
      implements EntrySource {
    public CloudProvider {
      options = Map.copyOf(options);
    }
  }

  /**
   * Another credential helper.
   *
   * @param name what follows {@code docker-credential-} in its program's name; never our own
   * @param env what its environment holds besides ours; the values may be secret
   * @param timeout how long it may run; positive
   */
  record OtherHelper(String name, Map<String, String> env, Duration timeout)
      implements EntrySource {
    /** How long a credential may serve when its entry does not say: helpers state no end. */
    public static final Duration DEFAULT_EXPIRE = Duration.ofMinutes(5);

    /** The name of this daemon's own helper; with a dash and an alias it is ours, too. */
    public static final String OWN = "rig";

    public OtherHelper {
      env = Map.copyOf(env);
    }

    @Override
    public String toString() {
      return "OtherHelper[" + name + ", timeout=" + timeout + "]";
    }
  }
}
