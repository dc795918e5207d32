package dev.rig.credentials.kubelet;

import dev.rig.credentials.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kubelet's {@code CredentialProviderConfig} ({@code kubelet.config.k8s.io/v1}).
 *
 * @param providers at least one
 */
public record ProviderConfig(List<Provider> providers) {
  /** The provider without tokens; also the name of its program. */
  public static final String PLAIN = "rig-credential-provider";

  /**
   * The provider with tokens: the same program under another name, because names must be unique.
   */
  public static final String WITH_TOKEN = "rig-credential-provider-token";

  /**
   * One provider.
   *
   * @param name also the name of its program
   * @param socket the daemon's socket; null for the program's default
   * @param tokens null for a provider without tokens
   */
  public record Provider(
      String name,
      List<String> matchImages,
      @Nullable String socket,
      @Nullable TokenSettings tokens) {
    public Provider {
      matchImages = List.copyOf(matchImages);
    }
  }

  public ProviderConfig {
    providers = List.copyOf(providers);
  }

  /**
   * Returns the document, with a final newline. Every text is quoted as in JSON, which is valid
   * YAML. The default cache duration is zero, because each answer has its own.
   */
  public String yaml() {
    var yaml = new StringBuilder(1024);
    yaml.append("apiVersion: kubelet.config.k8s.io/v1\n");
    yaml.append("kind: CredentialProviderConfig\n");
    yaml.append("providers:\n");
    for (var provider : providers) {
      yaml.append("  - name: ").append(JsonWriter.quoted(provider.name())).append('\n');
      yaml.append("    apiVersion: \"credentialprovider.kubelet.k8s.io/v1\"\n");
      yaml.append("    defaultCacheDuration: \"0s\"\n");
      list(yaml, "    ", "matchImages", provider.matchImages());
      if (provider.socket() != null) {
        yaml.append("    env:\n");
        yaml.append("      - name: \"RIG_CREDENTIALS_SOCKET\"\n");
        yaml.append("        value: ").append(JsonWriter.quoted(provider.socket())).append('\n');
      }
      if (provider.tokens() != null) {
        tokens(yaml, provider.tokens());
      }
    }
    return yaml.toString();
  }

  private static void tokens(StringBuilder yaml, TokenSettings tokens) {
    yaml.append("    tokenAttributes:\n");
    yaml.append("      serviceAccountTokenAudience: ")
        .append(JsonWriter.quoted(tokens.audience()))
        .append('\n');
    yaml.append("      cacheType: ")
        .append(JsonWriter.quoted(tokens.cacheType().toString()))
        .append('\n');
    yaml.append("      requireServiceAccount: ")
        .append(tokens.requireServiceAccount())
        .append('\n');
    list(yaml, "      ", "requiredServiceAccountAnnotationKeys", tokens.requiredAnnotations());
    list(yaml, "      ", "optionalServiceAccountAnnotationKeys", tokens.optionalAnnotations());
  }

  private static void list(StringBuilder yaml, String indent, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      yaml.append(indent).append(name).append(":\n");
      texts.forEach(
          text -> yaml.append(indent).append("  - ").append(JsonWriter.quoted(text)).append('\n'));
    }
  }
}
