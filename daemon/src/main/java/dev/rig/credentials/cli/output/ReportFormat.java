package dev.rig.credentials.cli.output;

/** In what form a command reports: the words of {@code --output} where no client's form exists. */
public enum ReportFormat {
  TABLE,
  JSON
}
