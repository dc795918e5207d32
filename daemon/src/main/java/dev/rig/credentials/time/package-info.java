/**
 * Wall clock, monotonic ticker and scheduler, all injected; the only place that asks the system.
 */
@NullMarked
package dev.rig.credentials.time;

import org.jspecify.annotations.NullMarked;
