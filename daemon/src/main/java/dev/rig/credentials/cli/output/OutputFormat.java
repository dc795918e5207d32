package dev.rig.credentials.cli.output;

/** In what form a command prints: the words of {@code --output}. */
public enum OutputFormat {
  TABLE,
  JSON,
  DOCKER
}
