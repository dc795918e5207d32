package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.InvalidSettingException;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.yaml.KnownNames;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.config.yaml.NodeReader.Located;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.RegistryPrefix;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** Reads one registry entry from all documents that name it: the later one wins, field by field. */
final class EntryReader {
  private static final KnownNames KEYS =
      new KnownNames(
          "key",
          "username",
          "password",
          "script",
          "provider",
          "with",
          "expire",
          "timeout",
          "env",
          "alias",
          "default",
          "serviceAccount");

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** What the client takes for a name, see {@code docker-credential-rig-NAME} in its protocol. */
  private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final ProblemCollector findings;

  /** Positions in the order in which the documents are merged. */
  private final Comparator<SourcePosition> order;

  /** The key in the document that gave the script or the user name; the first one until then. */
  private SourcePosition origin;

  /** Whether a problem of one of its fields is known, so that others may only follow from it. */
  private boolean broken;

  private @Nullable Located<String> username;
  private @Nullable Located<String> password;
  private @Nullable Located<String> script;
  private final ProviderReader provider;
  private @Nullable Located<Duration> expire;
  private @Nullable Located<Duration> timeout;
  private @Nullable Located<String> alias;
  private @Nullable Located<Boolean> isDefault;
  private @Nullable Located<ServiceAccountUse> serviceAccount;
  private final Map<String, Located<String>> env = new HashMap<>();

  EntryReader(SourcePosition origin, ProblemCollector findings, Comparator<SourcePosition> order) {
    this.origin = origin;
    this.findings = findings;
    this.order = order;
    this.provider = new ProviderReader(findings);
  }

  /** The alias; null if there is none. */
  @Nullable Located<String> alias() {
    return alias;
  }

  /** Whether the entry is its host's default; null if it does not say. */
  @Nullable Located<Boolean> isDefault() {
    return isDefault;
  }

  /** Reads what one document says of the entry. */
  void read(NodeReader nodes, NodeReader.Field entry) {
    int problems = findings.count();
    for (var field : nodes.fields(entry.value(), "an entry")) {
      read(nodes, entry.keyNode(), field);
    }
    broken |= findings.count() > problems;
  }

  private void read(NodeReader nodes, Node key, NodeReader.Field field) {
    var node = field.value();
    switch (field.key()) {
      case "username" -> {
        var read = username(nodes, node);
        username = last(username, read);
        origin = read == null ? origin : nodes.at(key);
      }
      case "password" -> password = last(password, nodes.lines(node, "the password"));
      case "script" -> {
        var read = script(nodes, node);
        script = last(script, read);
        origin = read == null ? origin : nodes.at(key);
      }
      case "provider" -> origin = provider.readName(nodes, node) ? nodes.at(key) : origin;
      case "with" -> provider.readOptions(nodes, node);
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
      case "env" -> environment(nodes, node);
      case "alias" -> alias = last(alias, nodes.value(node, "the alias", EntryReader::alias));
      case "default" -> isDefault = last(isDefault, nodes.bool(node, "default"));
      case "serviceAccount" ->
          serviceAccount =
              last(serviceAccount, nodes.oneOf(node, "serviceAccount", ServiceAccountUse.class));
      default -> KEYS.reportUnknown(findings, nodes.at(field.keyNode()), field.key());
    }
  }

  private static <T> @Nullable Located<T> last(
      @Nullable Located<T> earlier, @Nullable Located<T> later) {
    return later == null ? earlier : later;
  }

  private static @Nullable Located<String> username(NodeReader nodes, Node node) {
    var username = nodes.line(node, "the user name");
    if (username != null && username.value().indexOf(':') >= 0) {
      nodes.problem(
          node, "the user name holds a colon", "what follows it is the password: use that field");
      return null;
    }
    return username;
  }

  private static @Nullable Located<String> script(NodeReader nodes, Node node) {
    var script = processText(nodes, node, "the script");
    if (script != null && script.value().isBlank()) {
      nodes.problem(node, "the script is blank", "leave it out, or write one");
      return null;
    }
    return script;
  }

  private void environment(NodeReader nodes, Node node) {
    for (var variable : nodes.fields(node, "env")) {
      if (!VARIABLE.matcher(variable.key()).matches()) {
        nodes.problem(
            variable.keyNode(),
            "not a name for an environment variable",
            "letters, digits and underscores, no digit first");
      } else if (variable.key().startsWith("RIG_")) {
        nodes.problem(
            variable.keyNode(),
            "variables that begin with RIG_ are the daemon's own",
            "choose another name");
      } else if (EntrySource.Script.isOfShells(variable.key())) {
        nodes.problem(
            variable.keyNode(),
            "this variable would change how a shell reads the script",
            "choose another name");
      } else {
        var value = processText(nodes, variable.value(), "the variable");
        if (value != null) {
          env.put(variable.key(), value);
        }
      }
    }
  }

  /** What is handed to a process ends at its first NUL. */
  private static @Nullable Located<String> processText(NodeReader nodes, Node node, String what) {
    var text = nodes.text(node, what);
    if (text != null && text.value().indexOf('\0') >= 0) {
      nodes.problem(node, what + " holds a NUL", null);
      return null;
    }
    return text;
  }

  private static String alias(String text) throws InvalidSettingException {
    if (!ALIAS.matcher(text).matches()) {
      throw new InvalidSettingException(
          "not a name for an alias", "1 to 64 letters, digits, dots, dashes or underscores");
    }
    return text;
  }

  /** What the documents give together; null, with a finding, if that contradicts itself. */
  @Nullable RegistryEntry entry(RegistryPrefix prefix) {
    var source = source(prefix);
    return source == null
        ? null
        : new RegistryEntry(
            prefix,
            origin,
            source,
            or(expire, RegistryEntry.DEFAULT_EXPIRE),
            alias == null ? null : alias.value(),
            or(isDefault, false),
            or(serviceAccount, ServiceAccountUse.IGNORED));
  }

  private @Nullable EntrySource source(RegistryPrefix prefix) {
    if (contradicts()) {
      return null;
    }
    if (script != null) {
      return new EntrySource.Script(
          Secret.of(script.value()), variables(), or(timeout, EntrySource.Script.DEFAULT_TIMEOUT));
    }
    env.values().stream()
        .findFirst()
        .ifPresent(variable -> needless(variable, "env", "a script", "a script"));
    if (provider.name() != null) {
      return provider.source(
          prefix,
          or(timeout, EntrySource.Script.DEFAULT_TIMEOUT),
          serviceAccount == null || serviceAccount.value() == ServiceAccountUse.IGNORED
              ? null
              : serviceAccount);
    }
    needless(timeout, "a timeout", "a script", "a script or a provider");
    if (serviceAccount != null && serviceAccount.value() != ServiceAccountUse.IGNORED) {
      needless(serviceAccount, "serviceAccount", "a script", "a script or a provider");
    }
    needless(provider.firstOption(), "with", "a provider", "a provider");
    if (username != null && password != null) {
      return new EntrySource.StaticLogin(
          new Credential(username.value(), Secret.of(password.value())));
    }
    if (username != null) {
      missing(username.origin(), "a user name without a password", "add password");
    } else if (password != null) {
      missing(password.origin(), "a password without a user name", "add username");
    } else {
      missing(
          origin,
          "the entry says nothing of where its credential comes from",
          "give it username and password, script, or provider");
    }
    return null;
  }

  private Map<String, String> variables() {
    var variables = HashMap.<String, String>newHashMap(env.size());
    env.forEach((name, value) -> variables.put(name, value.value()));
    return variables;
  }

  /** Whether it has more than one source. */
  private boolean contradicts() {
    return conflicts(script, "a script", username, "the user name")
        || conflicts(script, "a script", password, "the password")
        || conflicts(provider.name(), "a provider", script, "a script")
        || conflicts(provider.name(), "a provider", username, "the user name")
        || conflicts(provider.name(), "a provider", password, "the password");
  }

  /** The one that came later is at fault; within a file the one further down. */
  private boolean conflicts(
      @Nullable Located<?> one, String what, @Nullable Located<?> other, String otherWhat) {
    if (one == null || other == null) {
      return false;
    }
    boolean oneIsLater = order.compare(one.origin(), other.origin()) > 0;
    findings.add(
        oneIsLater ? one.origin() : other.origin(),
        oneIsLater ? what + " beside " + otherWhat : otherWhat + " beside " + what,
        "an entry has either; the other is at " + (oneIsLater ? other.origin() : one.origin()));
    return true;
  }

  private void needless(@Nullable Located<?> field, String what, String without, String users) {
    if (field != null) {
      missing(field.origin(), what + " without " + without, "only " + users + " needs it");
    }
  }

  /** Nothing is missing where something was not understood: that has its own problem. */
  private void missing(SourcePosition place, String message, String hint) {
    if (!broken && !findings.unread()) {
      findings.add(place, message, hint);
    }
  }

  private static <T> T or(@Nullable Located<T> located, T otherwise) {
    return located == null ? otherwise : located.value();
  }
}
