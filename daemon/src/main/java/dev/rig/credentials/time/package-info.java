/**
 * Wall clock, monotonic ticker and scheduler, all injected; the only package that reads the
 * system's time.
 */
@NullMarked
package dev.rig.credentials.time;

import org.jspecify.annotations.NullMarked;
