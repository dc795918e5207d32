/** A request of a peer: looks up the peer's rights, has it answered, and reports the outcome. */
@NullMarked
package dev.rig.credentials.request;

import org.jspecify.annotations.NullMarked;
