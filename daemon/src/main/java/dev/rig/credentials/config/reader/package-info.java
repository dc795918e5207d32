/**
 * Converts YAML nodes to configuration records: merges the documents and reports all problems
 * together.
 */
@NullMarked
package dev.rig.credentials.config.reader;

import org.jspecify.annotations.NullMarked;
