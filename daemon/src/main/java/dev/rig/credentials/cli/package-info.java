/** The command line; the only user of standard output and of System.exit. */
@NullMarked
package dev.rig.credentials.cli;

import org.jspecify.annotations.NullMarked;
