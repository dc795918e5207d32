/** Runs programs with a deadline, in a session of their own, and leaves no process behind. */
@NullMarked
package dev.rig.credentials.source.process;

import org.jspecify.annotations.NullMarked;
