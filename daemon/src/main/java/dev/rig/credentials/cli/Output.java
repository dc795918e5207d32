package dev.rig.credentials.cli;

/** In what form a command prints: the words of {@code --output}. */
enum Output {
  TABLE,
  JSON,
  DOCKER
}
