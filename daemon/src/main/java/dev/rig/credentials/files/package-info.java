/**
 * Files that are replaced atomically, read without blocking, told apart by their identity, and
 * checked for who can change them.
 */
@NullMarked
package dev.rig.credentials.files;

import org.jspecify.annotations.NullMarked;
