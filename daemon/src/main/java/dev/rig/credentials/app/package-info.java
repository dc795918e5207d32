/** The composition root: configuration to objects, start and stop. */
@NullMarked
package dev.rig.credentials.app;

import org.jspecify.annotations.NullMarked;
