/** Sealed files: what outlives a restart and must not be readable by anybody else. */
@NullMarked
package dev.rig.credentials.store;

import org.jspecify.annotations.NullMarked;
