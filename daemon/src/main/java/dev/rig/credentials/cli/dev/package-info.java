/** The commands that manage the development registry. */
@NullMarked
package dev.rig.credentials.cli.dev;

import org.jspecify.annotations.NullMarked;
