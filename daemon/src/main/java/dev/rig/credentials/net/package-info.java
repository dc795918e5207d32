/**
 * The only HTTP client: checked addresses, a deadline for the whole exchange, limits, and kept
 * connections.
 */
@NullMarked
package dev.rig.credentials.net;

import org.jspecify.annotations.NullMarked;
