/** Escapes text from outside, for terminals, logs and pages. */
@NullMarked
package dev.rig.credentials.text;

import org.jspecify.annotations.NullMarked;
