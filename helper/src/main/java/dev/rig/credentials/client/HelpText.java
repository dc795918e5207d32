package dev.rig.credentials.client;

/** The program's help text. */
final class HelpText {
  static final String USAGE =
      """
      usage: docker-credential-rig get|store|erase|list|version|help
             docker-credential-rig userpass REGISTRY
             rig-credential-provider\
      """;

  static final String REST =
      """

      Sends a request to the Rig credentials daemon and prints the answer. Docker, BuildKit, podman,
      skopeo and crane call this program if their configuration names it: "credsStore": "rig", or
      "credHelpers": {"ghcr.io": "rig"}. "rig-credentials docker-config" writes that configuration.

      Commands:
        get      read a registry from standard input and print its credential as JSON
        store    read {"ServerURL": ..., "Username": ..., "Secret": ...} from standard input and
                 store it as your login
        erase    read a registry from standard input and remove your login for it
        list     print the registries that have a credential now, as JSON
        userpass REGISTRY
                 print the credential of REGISTRY as one line, USERNAME:PASSWORD
        version  print the version of the daemon
        help     print this help

      A link to this program named docker-credential-rig-NAME uses the entry with the alias NAME.
      A link named rig-credential-provider is a credential provider for the kubelet: it reads a
      CredentialProviderRequest from standard input and prints a CredentialProviderResponse.

      Environment:
        RIG_CREDENTIALS_SOCKET      the socket of the daemon. Default:
                                    $XDG_RUNTIME_DIR/rig-credentials/credentials.sock if your own
                                    daemon runs or has run there, otherwise
                                    /run/rig-credentials/credentials.sock
        RIG_CREDENTIALS_OPTIONAL=1  if no daemon is running, "get" answers "not found", so that
                                    public images can be pulled
      """;

  private HelpText() {}
}
