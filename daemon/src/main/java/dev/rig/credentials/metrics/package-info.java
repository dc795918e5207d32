/** The one catalogue of what the daemon counts, measures and shows to Prometheus. */
@NullMarked
package dev.rig.credentials.metrics;

import org.jspecify.annotations.NullMarked;
