/**
 * The credential-helper protocol: get, store, erase, list and version, and the command line's
 * explain and status.
 */
@NullMarked
package dev.rig.credentials.helperapi;

import org.jspecify.annotations.NullMarked;
