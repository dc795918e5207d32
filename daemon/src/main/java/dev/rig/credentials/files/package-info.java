/** Private files that are replaced atomically, and the identity of a file. */
@NullMarked
package dev.rig.credentials.files;

import org.jspecify.annotations.NullMarked;
