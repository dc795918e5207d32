/** Private files that are replaced atomically, the identity of a file, and who can change it. */
@NullMarked
package dev.rig.credentials.files;

import org.jspecify.annotations.NullMarked;
