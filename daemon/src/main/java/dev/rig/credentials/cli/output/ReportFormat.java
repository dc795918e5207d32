package dev.rig.credentials.cli.output;

/** The values of {@code --output} for reports that no client reads. */
public enum ReportFormat {
  TABLE,
  JSON
}
