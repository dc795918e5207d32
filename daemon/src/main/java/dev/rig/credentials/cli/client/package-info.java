/** Asks a running daemon, over its socket or over the platform's API. */
@NullMarked
package dev.rig.credentials.cli.client;

import org.jspecify.annotations.NullMarked;
