package dev.rig.credentials.cli.output;

import picocli.CommandLine.Option;

/** The option for the format of a report that no client reads. */
public final class OutputOption {
  private enum Format {
    TABLE,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "table or json. Default: table.")
  private Format format = Format.TABLE;

  /** Returns true for JSON, false for a table. */
  public boolean isJson() {
    return format == Format.JSON;
  }
}
