/** Tests that are skipped: the reason on the console, and a table of all of them after the run. */
package dev.rig.testing;
