/** The checks of the command doctor. */
@NullMarked
package dev.rig.credentials.cli.doctor;

import org.jspecify.annotations.NullMarked;
