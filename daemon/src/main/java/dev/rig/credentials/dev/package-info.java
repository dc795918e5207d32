/** The development registry and the Docker Engine that images are pushed from. */
@NullMarked
package dev.rig.credentials.dev;

import org.jspecify.annotations.NullMarked;
