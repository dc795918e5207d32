/**
 * Files: replaced atomically, read without blocking, identified by device and inode, and checked
 * for who can change them.
 */
@NullMarked
package dev.rig.credentials.files;

import org.jspecify.annotations.NullMarked;
