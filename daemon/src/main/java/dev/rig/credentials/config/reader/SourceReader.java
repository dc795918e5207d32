package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.config.yaml.NodeReader.Located;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.RegistryPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads the source of one entry with its options from all documents that contain it: a later
 * document overrides earlier ones, field by field. A document that names another source replaces
 * the earlier source with all its options; only user name and password may be in different
 * documents.
 */
final class SourceReader {
  /** The keys that determine the source; {@code password} alone does not. */
  private static final Set<String> NAMING = Set.of("username", "script", "provider", "helper");

  /** A call of our own clients outside a comment, which would run the script again. */
  private static final Pattern OWN_CLIENT =
      Pattern.compile(
          "(?m)^[^#\\n]*?(?<![\\w.-])"
              + "(?:docker-credential-rig(?:-[\\w.-]+)?['\"]?\\s+(?:userpass|get)"
              + "|rig-credentials['\"]?\\s+get)\\b");

  private final ProblemCollector findings;
  private final PasswordFiles passwordFiles;

  /** Compares positions by merge order. */
  private final Comparator<SourcePosition> order;

  /** The key in the document that determined the source; before that, the first one. */
  private SourcePosition origin;

  private @Nullable Located<String> username;
  private @Nullable Located<String> password;
  private @Nullable Located<Path> passwordFile;
  private @Nullable Located<String> script;
  private @Nullable Located<String> helper;
  private ProviderReader provider;
  private @Nullable Located<Duration> expire;
  private @Nullable Located<Duration> timeout;
  private @Nullable Located<ServiceAccountUse> serviceAccount;
  private EnvironmentReader env = new EnvironmentReader();

  SourceReader(
      SourcePosition origin,
      ProblemCollector findings,
      PasswordFiles passwordFiles,
      Comparator<SourcePosition> order) {
    this.origin = origin;
    this.findings = findings;
    this.passwordFiles = passwordFiles;
    this.order = order;
    this.provider = new ProviderReader(findings);
  }

  SourcePosition origin() {
    return origin;
  }

  /** Returns how long its credentials are used. */
  Duration expire() {
    return or(
        expire,
        helper == null ? RegistryEntry.DEFAULT_EXPIRE : EntrySource.OtherHelper.DEFAULT_EXPIRE);
  }

  ServiceAccountUse serviceAccount() {
    return or(serviceAccount, ServiceAccountUse.IGNORED);
  }

  /** Starts a document's fields of the entry, and discards what they replace. */
  void begin(List<NodeReader.Field> fields) {
    var set = new HashMap<String, Node>();
    for (var field : fields) {
      if (!NodeReader.isUnset(field.value())) {
        set.put(field.key(), field.value());
      }
    }
    var before = named();
    if (!before.isEmpty()) {
      var named = new HashSet<>(NAMING);
      named.retainAll(set.keySet());
      boolean otherProvider =
          named.equals(Set.of("provider")) && provider.isOther(set.get("provider"));
      if (!named.isEmpty() && (!named.containsAll(before) || otherProvider)) {
        replace(named.contains("username"));
      }
    }
    if (set.containsKey("password")) {
      passwordFile = null;
    } else if (set.containsKey("passwordFile")) {
      password = null;
    }
  }

  private Set<String> named() {
    var named = new HashSet<String>();
    if (username != null) {
      named.add("username");
    }
    if (script != null) {
      named.add("script");
    }
    if (provider.name() != null) {
      named.add("provider");
    }
    if (helper != null) {
      named.add("helper");
    }
    return named;
  }

  private void replace(boolean byLogin) {
    username = null;
    script = null;
    helper = null;
    provider = new ProviderReader(findings);
    expire = null;
    timeout = null;
    serviceAccount = null;
    env = new EnvironmentReader();
    if (!byLogin) {
      forgetPassword();
    }
  }

  private void forgetPassword() {
    password = null;
    passwordFile = null;
  }

  /** Uses a login in place of any earlier source. */
  void useLogin(SourcePosition key, Located<String> name, Located<String> secret) {
    replace(false);
    username = name;
    password = secret;
    origin = key;
  }

  /** Uses a helper in place of any earlier source. */
  void useHelper(SourcePosition key, Located<String> name) {
    replace(false);
    helper = name;
    origin = key;
  }

  /**
   * Reads a field.
   *
   * @param key of the entry
   * @return false if the field does not belong to the source
   */
  boolean read(NodeReader nodes, Node key, NodeReader.Field field) {
    var node = field.value();
    boolean names = false;
    switch (field.key()) {
      case "username" -> {
        var read = username(nodes, node);
        username = last(username, read);
        names = read != null;
      }
      case "password" -> password = last(password, nodes.lines(node, "the password"));
      case "passwordFile" ->
          passwordFile =
              last(passwordFile, nodes.value(node, "the password file", SourceReader::file));
      case "script" -> {
        var read = script(nodes, node);
        script = last(script, read);
        names = read != null;
      }
      case "provider" -> names = provider.readName(nodes, node);
      case "with" -> provider.readOptions(nodes, node);
      case "helper" -> {
        var read = nodes.value(node, "the helper", SourceReader::helper);
        helper = last(helper, read);
        names = read != null;
      }
      case "expire" ->
          expire =
              last(expire, nodes.duration(node, "expire", RegistryEntry.SHORTEST_EXPIRE, null));
      case "timeout" ->
          timeout =
              last(
                  timeout,
                  nodes.duration(
                      node,
                      "the timeout",
                      EntrySource.Script.SHORTEST_TIMEOUT,
                      EntrySource.Script.LONGEST_TIMEOUT));
      case "env" -> env.read(nodes, node);
      case "serviceAccount" ->
          serviceAccount =
              last(serviceAccount, nodes.oneOf(node, "serviceAccount", ServiceAccountUse.class));
      default -> {
        return false;
      }
    }
    if (names) {
      origin = nodes.at(key);
    }
    return true;
  }

  private static <T> @Nullable Located<T> last(
      @Nullable Located<T> earlier, @Nullable Located<T> later) {
    return later == null ? earlier : later;
  }

  private static @Nullable Located<String> username(NodeReader nodes, Node node) {
    var username = nodes.line(node, "the user name");
    if (username != null && username.value().indexOf(':') >= 0) {
      nodes.problem(
          node, "the user name contains a colon", "write what follows the colon into password");
      return null;
    }
    return username;
  }

  private static @Nullable Located<String> script(NodeReader nodes, Node node) {
    var script = EnvironmentReader.processText(nodes, node, "the script");
    if (script != null && script.value().isBlank()) {
      nodes.problem(node, "the script is blank", "leave it out, or write one");
      return null;
    }
    if (script != null && OWN_CLIENT.matcher(script.value()).find()) {
      nodes.problem(
          node,
          "the script asks this daemon for the credential that it must print",
          "the output of platform-values is only for the values of rig-platform");
      return null;
    }
    return script;
  }

  private static Path file(String text) throws InvalidSettingException {
    if (!text.startsWith("/")) {
      throw new InvalidSettingException("not the absolute path of a file", null);
    }
    return Path.of(text);
  }

  /**
   * Parses a helper's name.
   *
   * @throws InvalidSettingException if it is invalid, or this daemon's own
   */
  static String helper(String text) throws InvalidSettingException {
    if (!EntrySource.OtherHelper.isName(text)) {
      throw new InvalidSettingException(
          "not the name of a credential helper",
          "what follows docker-credential-: 1 to 64 letters, digits, dots, dashes or underscores");
    }
    if (text.equals(EntrySource.OtherHelper.OWN)
        || text.startsWith(EntrySource.OtherHelper.OWN + "-")) {
      throw new InvalidSettingException(
          "docker-credential-rig is this daemon's own helper, which would ask the daemon again",
          null);
    }
    return text;
  }

  /**
   * Returns the merged source.
   *
   * @param broken whether a field has a reported problem, which may cause others
   * @return null, with a finding, if it contradicts itself
   */
  @Nullable EntrySource source(RegistryPrefix prefix, boolean broken) {
    if (contradicts()) {
      return null;
    }
    var patience = or(timeout, EntrySource.Script.DEFAULT_TIMEOUT);
    var account = serviceAccount() == ServiceAccountUse.IGNORED ? null : serviceAccount;
    if (script != null) {
      needless(provider.firstOption(), "with", "a provider", "a provider", broken);
      return new EntrySource.Script(Secret.of(script.value()), env.values(), patience);
    }
    if (provider.name() != null) {
      needless(env.any(), "env", "a script", "a script or a helper", broken);
      return provider.source(prefix, patience, account);
    }
    needless(account, "serviceAccount", "a script", "a script or a provider", broken);
    needless(provider.firstOption(), "with", "a provider", "a provider", broken);
    if (helper != null) {
      return new EntrySource.OtherHelper(helper.value(), env.values(), patience);
    }
    needless(env.any(), "env", "a script", "a script or a helper", broken);
    needless(timeout, "a timeout", "a script", "a script, a helper or a provider", broken);
    return login(broken);
  }

  private @Nullable EntrySource login(boolean broken) {
    if (username == null) {
      var half = password == null ? passwordFile : password;
      if (half == null) {
        missing(
            origin,
            "the entry has no source for its credential",
            "give it username and password, script, provider, or helper",
            broken);
      } else {
        missing(half.origin(), "a password without a user name", "add username", broken);
      }
      return null;
    }
    if (password == null && passwordFile == null) {
      missing(username.origin(), "a user name without a password", "add password", broken);
      return null;
    }
    var secret = passwordFile == null ? password : read(passwordFile);
    return secret == null
        ? null
        : new EntrySource.StaticLogin(new Credential(username.value(), Secret.of(secret.value())));
  }

  private @Nullable Located<String> read(Located<Path> file) {
    var text = passwordFiles.password(file.value(), file.origin(), findings);
    return text == null ? null : new Located<>(text, file.origin());
  }

  /** A field that determines the source, with its name; user name and password count as one. */
  private record SourcePart(String source, String what, SourcePosition origin) {}

  /** Reports more than one source; returns whether there are several. */
  private boolean contradicts() {
    boolean isLogin = username != null || password != null || passwordFile != null;
    if (named().size() + (isLogin && username == null ? 1 : 0) <= 1
        && (password == null || passwordFile == null)) {
      return false;
    }
    var parts = new ArrayList<SourcePart>();
    add(parts, "script", "a script", script);
    add(parts, "provider", "a provider", provider.name());
    add(parts, "helper", "a helper", helper);
    add(parts, "login", "the user name", username);
    add(parts, "login", "the password", password);
    add(parts, "login", "the password file", passwordFile);
    parts.sort(Comparator.comparing(SourcePart::origin, order));
    for (int i = 1; i < parts.size(); i++) {
      var later = parts.get(i);
      for (var earlier : parts.subList(0, i)) {
        boolean twoPasswords =
            later.what().startsWith("the password") && earlier.what().startsWith("the password");
        if (twoPasswords || !later.source().equals(earlier.source())) {
          findings.add(
              later.origin(),
              later.what() + " in addition to " + earlier.what(),
              "an entry has one source; the other one is at " + earlier.origin());
          return true;
        }
      }
    }
    return false;
  }

  private static void add(
      List<SourcePart> parts, String source, String what, @Nullable Located<?> field) {
    if (field != null) {
      parts.add(new SourcePart(source, what, field.origin()));
    }
  }

  private void needless(
      @Nullable Located<?> field, String what, String without, String users, boolean broken) {
    if (field != null) {
      missing(field.origin(), what + " without " + without, "only " + users + " needs it", broken);
    }
  }

  /** Reports a missing field, unless another field could not be read. */
  private void missing(SourcePosition place, String message, String hint, boolean broken) {
    if (!broken && !findings.unread()) {
      findings.add(place, message, hint);
    }
  }

  private static <T> T or(@Nullable Located<T> located, T otherwise) {
    return located == null ? otherwise : located.value();
  }
}
