/** A credential, its lease, where it comes from, and the three answers to a lookup. */
@NullMarked
package dev.rig.credentials.credential;

import org.jspecify.annotations.NullMarked;
