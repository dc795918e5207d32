/** Problems with a user's input, reported together, and the health of a component. */
@NullMarked
package dev.rig.credentials.problem;

import org.jspecify.annotations.NullMarked;
