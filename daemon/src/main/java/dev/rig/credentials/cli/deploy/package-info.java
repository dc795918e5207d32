/** The commands deploy and rollback, and the image picker. */
@NullMarked
package dev.rig.credentials.cli.deploy;

import org.jspecify.annotations.NullMarked;
