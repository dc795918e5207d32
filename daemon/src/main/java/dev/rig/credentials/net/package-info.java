/**
 * The one HTTP client: a checked address, a deadline for the whole exchange, bounds, and kept
 * connections.
 */
@NullMarked
package dev.rig.credentials.net;

import org.jspecify.annotations.NullMarked;
