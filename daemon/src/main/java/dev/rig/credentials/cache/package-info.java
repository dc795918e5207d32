/** A generic cache of values that expire: single flight, refreshed ahead, failures remembered. */
@NullMarked
package dev.rig.credentials.cache;

import org.jspecify.annotations.NullMarked;
