package dev.rig.credentials.app;

import dev.rig.credentials.time.Time;
import java.util.Map;

/**
 * What each stage of a start has in common.
 *
 * @param environment the daemon's own
 * @param version for {@code version} and the metrics
 * @param scope what a stage opens is closed with it
 */
record DaemonContext(
    EffectiveSettings settings,
    Map<String, String> environment,
    String version,
    Time time,
    ComponentHealthChecks health,
    ResourceScope scope) {}
