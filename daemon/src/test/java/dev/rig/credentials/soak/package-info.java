/** The soak: everything at once, for as long as a person likes. */
@NullMarked
package dev.rig.credentials.soak;

import org.jspecify.annotations.NullMarked;
