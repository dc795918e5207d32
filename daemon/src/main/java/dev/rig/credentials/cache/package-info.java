/** A generic cache of values that expire: single flight, refresh ahead, remembered failures. */
@NullMarked
package dev.rig.credentials.cache;

import org.jspecify.annotations.NullMarked;
