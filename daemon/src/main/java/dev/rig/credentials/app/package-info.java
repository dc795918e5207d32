/**
 * The composition root: turns a configuration into a running daemon, reloads it and shuts it down.
 */
@NullMarked
package dev.rig.credentials.app;

import org.jspecify.annotations.NullMarked;
