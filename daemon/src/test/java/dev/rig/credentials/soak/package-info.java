/** The soak test: everything at the same time, for any duration. */
@NullMarked
package dev.rig.credentials.soak;

import org.jspecify.annotations.NullMarked;
