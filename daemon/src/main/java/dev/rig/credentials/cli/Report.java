package dev.rig.credentials.cli;

/** In what form a command reports: the words of {@code --output} where no client's form exists. */
enum Report {
  TABLE,
  JSON
}
