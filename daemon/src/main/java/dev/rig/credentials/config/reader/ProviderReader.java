package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.yaml.KnownNames;
import dev.rig.credentials.config.yaml.NodeReader;
import dev.rig.credentials.config.yaml.NodeReader.Located;
import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.image.RegistryPrefix;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads {@code provider} and {@code with} of one entry from all documents that contain it. */
final class ProviderReader {
  private static final KnownNames PROVIDERS =
      new KnownNames(
          "provider",
          Arrays.stream(ProviderKind.values()).map(ProviderKind::text).toArray(String[]::new));

  /** Google's name for the pool at which a pod's token is exchanged. */
  private static final String AUDIENCE = "audience";

  private record GivenOption(SourcePosition key, Located<String> value) {}

  private final ProblemCollector findings;
  private @Nullable Located<ProviderKind> name;
  private final Map<String, GivenOption> options = new LinkedHashMap<>();

  ProviderReader(ProblemCollector findings) {
    this.findings = findings;
  }

  /** Returns the provider; null if none is named. */
  @Nullable Located<ProviderKind> name() {
    return name;
  }

  /** Returns the first option; null if absent. */
  @Nullable Located<String> firstOption() {
    return options.values().stream().findFirst().map(GivenOption::value).orElse(null);
  }

  /** Returns whether the node names a provider other than the current one. */
  boolean isOther(@Nullable Node node) {
    return name != null
        && node instanceof ScalarNode scalar
        && !scalar.getValue().equals(name.value().text());
  }

  /** Reads the provider's name; returns whether there is one. */
  boolean readName(NodeReader nodes, Node node) {
    var text = nodes.line(node, "the provider");
    if (text == null) {
      return false;
    }
    for (var kind : ProviderKind.values()) {
      if (kind.text().equals(text.value())) {
        name = new Located<>(kind, text.origin());
        return true;
      }
    }
    PROVIDERS.reportUnknown(findings, text.origin(), text.value());
    return false;
  }

  void readOptions(NodeReader nodes, Node node) {
    for (var field : nodes.fields(node, "with")) {
      var text = nodes.line(field.value(), "the option");
      if (text != null) {
        options.put(field.key(), new GivenOption(nodes.at(field.keyNode()), text));
      }
    }
  }

  /**
   * Returns the merged provider, which must be named.
   *
   * @param serviceAccount null if a pod's token is not used
   * @return null, with a finding, if it is invalid
   */
  @Nullable EntrySource source(
      RegistryPrefix prefix,
      Duration timeout,
      @Nullable Located<ServiceAccountUse> serviceAccount) {
    var provider = name;
    if (provider == null) {
      return null;
    }
    int problems = findings.count();
    var kind = provider.value();
    var values = values(kind);
    for (var option : kind.options()) {
      if (option.required() && !options.containsKey(option.name()) && !findings.unread()) {
        findings.add(
            provider.origin(),
            "provider %s needs the option %s".formatted(kind.text(), option.name()),
            "add it below with: " + option.example());
      }
    }
    if (!kind.serves(prefix.host(), values)) {
      findings.add(
          provider.origin(),
          "provider %s does not serve this host".formatted(kind.text()),
          "it serves " + String.join(", ", kind.hosts()));
    }
    if (serviceAccount != null) {
      checkServiceAccount(kind, serviceAccount);
    }
    return findings.count() > problems
        ? null
        : new EntrySource.CloudProvider(kind, values, timeout);
  }

  private Map<String, String> values(ProviderKind kind) {
    var known =
        new KnownNames(
            "option of provider " + kind.text(),
            kind.options().stream().map(ProviderKind.ProviderOption::name).toArray(String[]::new));
    var values = HashMap.<String, String>newHashMap(options.size());
    options.forEach((option, read) -> {
      if (!known.contains(option)) {
        known.reportUnknown(findings, read.key(), option);
      }
      values.put(option, read.value().value());
    });
    for (var option : kind.options()) {
      var read = options.get(option.name());
      if (read != null && !option.pattern().matcher(read.value().value()).matches()) {
        findings.add(
            read.value().origin(),
            "not a valid value for the option " + option.name(),
            "write " + option.example());
      }
    }
    return values;
  }

  private void checkServiceAccount(ProviderKind kind, Located<ServiceAccountUse> use) {
    if (!kind.usesServiceAccounts()) {
      findings.add(
          use.origin(),
          "provider %s cannot use a pod's service account".formatted(kind.text()),
          "leave serviceAccount out");
    } else if (kind == ProviderKind.GOOGLE && !options.containsKey(AUDIENCE)) {
      findings.add(
          use.origin(),
          "serviceAccount with provider google needs the option audience",
          "add the workload identity pool's provider that pods' tokens are exchanged at");
    }
  }
}
