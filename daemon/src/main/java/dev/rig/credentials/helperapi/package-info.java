/** The credential-helper protocol: get, store, erase, list, version, and explain and status. */
@NullMarked
package dev.rig.credentials.helperapi;

import org.jspecify.annotations.NullMarked;
