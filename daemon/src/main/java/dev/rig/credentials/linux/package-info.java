/** The C library calls and the readers of /proc that the daemon needs. */
@NullMarked
package dev.rig.credentials.linux;

import org.jspecify.annotations.NullMarked;
