package dev.rig.credentials.app;

import dev.rig.credentials.time.Time;
import java.util.Map;

/**
 * What all stages of a start share.
 *
 * @param environment the daemon's environment variables
 * @param version for {@code version} and the metrics
 * @param scope closes what the stages open
 */
record DaemonContext(
    EffectiveSettings settings,
    Map<String, String> environment,
    String version,
    Time time,
    ComponentHealthChecks health,
    ResourceScope scope) {}
