/** The development registry: making one, and deploying what is in it. */
@NullMarked
package dev.rig.credentials.dev;

import org.jspecify.annotations.NullMarked;
