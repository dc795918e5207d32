package dev.rig.credentials.config;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The configured source of an entry's credential. */
public sealed interface EntrySource {
  /** A user name and a password from the configuration, or from a file that it names. */
  record StaticLogin(Credential credential) implements EntrySource {}

  /**
   * A script that prints {@code username:password}.
   *
   * @param text the script; never blank, without NUL
   * @param env variables added to the inherited environment; the values may be secret
   * @param timeout the longest run; positive
   */
  record Script(Secret text, Map<String, String> env, Duration timeout) implements EntrySource {
    /** The longest run of a script without a timeout of its own. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    /** The upper limit of a script's timeout. */
    public static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    /** The lower limit of a script's timeout. */
    public static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

    /**
     * Variables that make bash and other shells run code or change options before a script;
     * bash(1).
     */
    private static final Set<String> OF_SHELLS = Set.of("BASH_ENV", "ENV", "BASHOPTS", "SHELLOPTS");

    /** Returns whether scripts never get a variable of that name from an entry. */
    public static boolean isReserved(String name) {
      return name.startsWith("RIG_") || isOfShells(name);
    }

    /** Returns whether the variable would change how a shell reads a script. */
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
   * A provider that requests credentials from a cloud or from GitHub.
   *
   * @param options the keys of {@code with}; validated, not secret
   * @param timeout the longest duration of one request for a credential; positive
   */
  record CloudProvider(ProviderKind kind, Map<String, String> options, Duration timeout)
      implements EntrySource {
    public CloudProvider {
      options = Map.copyOf(options);
    }

    /** The options that are paths of files. */
    public SortedMap<String, String> files() {
      var files = new TreeMap<>(options);
      files.keySet().removeIf(name -> !name.endsWith("File"));
      return files;
    }
  }

  /**
   * Another credential helper.
   *
   * @param name the suffix of its program's name after {@code docker-credential-}; never this
   *     daemon's own
   * @param env variables added to the inherited environment; the values may be secret
   * @param timeout the longest run; positive
   */
  record OtherHelper(String name, Map<String, String> env, Duration timeout)
      implements EntrySource {
    /** The life of a credential of an entry without {@code expire}: helpers report no expiry. */
    public static final Duration DEFAULT_EXPIRE = Duration.ofMinutes(5);

    /** The name of this daemon's own helper; a dash and an alias may follow. */
    public static final String OWN = "rig";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public OtherHelper {
      env = Map.copyOf(env);
    }

    /** Returns whether a text can be the name of a helper. */
    public static boolean isName(String text) {
      return NAME.matcher(text).matches();
    }

    @Override
    public String toString() {
      return "OtherHelper[" + name + ", timeout=" + timeout + "]";
    }
  }
}
