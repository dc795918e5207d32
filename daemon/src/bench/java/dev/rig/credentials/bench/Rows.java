package dev.rig.credentials.bench;

import java.util.List;

/** Rows that are measured together and make one table. */
interface Rows {
  /** The head of the table's first column: what is measured and how. */
  String title();

  /** Measures. A program that is missing costs the rows that need it, and no more. */
  List<Row> measure(Workbench bench) throws Exception;
}
