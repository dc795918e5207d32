package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.yaml.Located;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** All layers of {@code dockerRegistries}, merged by the normal form of their keys. */
final class RegistryTable {
  private final ProblemCollector findings;
  private final Map<RegistryPrefix, EntryDraft> drafts = new LinkedHashMap<>();

  /** Each file's place in the order of merging. */
  private final Map<String, Integer> files = new HashMap<>();

  RegistryTable(ProblemCollector findings) {
    this.findings = findings;
  }

  /** Lays a document's entries on what there is. */
  void add(NodeReader nodes, Node registries) {
    var fields = nodes.fields(registries, "dockerRegistries");
    files.putIfAbsent(nodes.at(registries).file(), files.size());
    var lines = HashMap.<RegistryPrefix, Integer>newHashMap(fields.size());
    var reader = new EntryReader(nodes);
    for (var field : fields) {
      reader.read(field.keyNode(), field.value(), draft(nodes, field, lines));
    }
  }

  /** Where a key's fields belong; a key that is wrong gets a draft that nobody will see. */
  private EntryDraft draft(
      NodeReader nodes, NodeReader.Field field, Map<RegistryPrefix, Integer> lines) {
    var origin = nodes.at(field.keyNode());
    try {
      var prefix = RegistryPrefix.parse(field.key());
      var first = lines.putIfAbsent(prefix, origin.line());
      if (first == null) {
        return drafts.computeIfAbsent(prefix, _ -> new EntryDraft(origin));
      }
      findings.add(origin, "another spelling of the same registry", "first in line " + first);
    } catch (InvalidReferenceException e) {
      findings.add(origin, NotARegistry.message(e), null);
    }
    return new EntryDraft(origin);
  }

  /** The entries; incomplete and contradictory ones are findings. */
  List<RegistryEntry> entries() {
    var entries = new ArrayList<RegistryEntry>(drafts.size());
    var aliases = new HashMap<String, SourcePosition>();
    var defaults = new HashMap<String, SourcePosition>();
    for (var each : drafts.entrySet()) {
      var prefix = each.getKey();
      var draft = each.getValue();
      unique(aliases, draft.alias, "the alias");
      var isDefault = draft.isDefault;
      if (isDefault != null && isDefault.value()) {
        var host = new Located<>(prefix.host(), isDefault.origin());
        unique(defaults, host, "the default of this host");
      }
      var source = source(draft);
      if (source != null) {
        entries.add(
            new RegistryEntry(
                prefix,
                draft.origin,
                source,
                or(draft.expire, RegistryEntry.DEFAULT_EXPIRE),
                draft.alias == null ? null : draft.alias.value(),
                or(draft.isDefault, false),
                or(draft.serviceAccount, ServiceAccountUse.IGNORED)));
      }
    }
    return entries;
  }

  private void unique(
      Map<String, SourcePosition> taken, @Nullable Located<String> name, String what) {
    if (name != null) {
      var first = taken.putIfAbsent(name.value(), name.origin());
      if (first != null) {
        findings.add(name.origin(), what + " is taken already", "first at " + first);
      }
    }
  }

  private @Nullable EntrySource source(EntryDraft draft) {
    var script = draft.script;
    if (script != null) {
      return conflicts(script, draft.username, "the user name")
              || conflicts(script, draft.password, "the password")
          ? null
          : script(script, draft);
    }
    onlyWithScript(draft.timeout, "a timeout", draft);
    var serviceAccount = draft.serviceAccount;
    if (serviceAccount != null && serviceAccount.value() != ServiceAccountUse.IGNORED) {
      onlyWithScript(serviceAccount, "serviceAccount", draft);
    }
    draft.env.values().stream()
        .findFirst()
        .ifPresent(variable -> onlyWithScript(variable, "env", draft));
    var username = draft.username;
    var password = draft.password;
    if (username != null && password != null) {
      return new EntrySource.StaticLogin(
          new Credential(username.value(), Secret.of(password.value())));
    }
    if (username != null) {
      missing(draft, username.origin(), "a user name without a password", "add password");
    } else if (password != null) {
      missing(draft, password.origin(), "a password without a user name", "add username");
    } else {
      missing(
          draft,
          draft.origin,
          "the entry says nothing of where its credential comes from",
          "give it username and password, or script");
    }
    return null;
  }

  private static EntrySource script(Located<String> script, EntryDraft draft) {
    var env = HashMap.<String, String>newHashMap(draft.env.size());
    draft.env.forEach((name, value) -> env.put(name, value.value()));
    return new EntrySource.Script(
        Secret.of(script.value()), env, or(draft.timeout, EntrySource.Script.DEFAULT_TIMEOUT));
  }

  /** The one that came later is at fault; within a file the one further down. */
  private boolean conflicts(Located<String> script, @Nullable Located<String> login, String what) {
    if (login == null) {
      return false;
    }
    boolean scriptIsLater = isLater(script.origin(), login.origin());
    var later = scriptIsLater ? script.origin() : login.origin();
    var earlier = scriptIsLater ? login.origin() : script.origin();
    findings.add(
        later,
        scriptIsLater ? "a script beside " + what : what + " beside a script",
        "an entry has either; the other is at " + earlier);
    return true;
  }

  private boolean isLater(SourcePosition one, SourcePosition other) {
    if (one.file().equals(other.file())) {
      return one.line() > other.line()
          || (one.line() == other.line() && one.column() > other.column());
    }
    return files.getOrDefault(one.file(), 0) > files.getOrDefault(other.file(), 0);
  }

  private void onlyWithScript(@Nullable Located<?> field, String what, EntryDraft draft) {
    if (field != null) {
      missing(draft, field.origin(), what + " without a script", "only a script needs it");
    }
  }

  /** Nothing is missing where something was not understood: that has its own problem. */
  private void missing(EntryDraft draft, SourcePosition origin, String message, String hint) {
    if (!draft.broken && !findings.unread()) {
      findings.add(origin, message, hint);
    }
  }

  private static <T> T or(@Nullable Located<T> located, T otherwise) {
    return located == null ? otherwise : located.value();
  }
}
