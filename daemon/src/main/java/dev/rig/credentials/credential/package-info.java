/** Credentials, secrets, leases, and the result of a lookup: found, not found or failed. */
@NullMarked
package dev.rig.credentials.credential;

import org.jspecify.annotations.NullMarked;
