/** The catalogue of counters and timers. */
@NullMarked
package dev.rig.credentials.metrics;

import org.jspecify.annotations.NullMarked;
