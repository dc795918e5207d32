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

      Carries a question about a container registry to the Rig credentials daemon, and its answer
      back. Docker, BuildKit, podman, skopeo and crane call it by themselves once their
      configuration names it: "credsStore": "rig", or "credHelpers": {"ghcr.io": "rig"}.

        get      a server on stdin; its credential as JSON on stdout
        store    {"ServerURL": ..., "Username": ..., "Secret": ...} on stdin
        erase    a server on stdin; its credential is dropped
        list     the servers that have a credential now, as JSON
        version  the version

        userpass REGISTRY  REGISTRY's credential as one line, USERNAME:PASSWORD, as a script of
                           rig.dockerRegistries prints it; failures on stderr

      Called as docker-credential-rig-NAME it asks for the registry entry with the alias NAME.
      Called as rig-credential-provider it is a kubelet credential provider: a
      CredentialProviderRequest on stdin, a CredentialProviderResponse on stdout.

      environment
        RIG_CREDENTIALS_SOCKET      the daemon's socket; else
                                    $XDG_RUNTIME_DIR/rig-credentials/credentials.sock if a daemon
                                    of this user runs or has run there, else
                                    /run/rig-credentials/credentials.sock
        RIG_CREDENTIALS_OPTIONAL=1  without a daemon "get" answers not-found, so that public pulls
                                    go on
      """;

  private HelpText() {}
}
