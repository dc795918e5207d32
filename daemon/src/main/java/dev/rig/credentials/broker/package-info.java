/** The configured entries and their leases: one lookup for all clients. */
@NullMarked
package dev.rig.credentials.broker;

import org.jspecify.annotations.NullMarked;
