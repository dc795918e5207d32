package dev.rig.credentials.bench;

import java.util.List;

/** Rows that are measured together and form one table. */
interface Rows {
  /** Returns the heading of the first column: what is measured, and how. */
  String title();

  /** Measures the rows. A missing program affects only the rows that need it. */
  List<Row> measure(Workbench bench) throws Exception;
}
