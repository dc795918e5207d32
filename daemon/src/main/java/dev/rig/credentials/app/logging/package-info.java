/** The daemon's log, as text or as JSON. */
@NullMarked
package dev.rig.credentials.app.logging;

import org.jspecify.annotations.NullMarked;
