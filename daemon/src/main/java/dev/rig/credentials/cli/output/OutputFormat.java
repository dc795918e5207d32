package dev.rig.credentials.cli.output;

/** The output formats: the values of {@code --output}. */
public enum OutputFormat {
  TABLE,
  JSON,
  DOCKER
}
