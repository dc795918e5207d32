/** Sealed files: stored logins and the leases that survive a restart. */
@NullMarked
package dev.rig.credentials.store;

import org.jspecify.annotations.NullMarked;
