package dev.rig.credentials.dev;

import java.time.Instant;

/**
 * An image of an engine.
 *
 * @param name with its tag
 * @param id the engine's id
 * @param since when it was tagged; if unknown, when it was built
 */
public record LocalImage(String name, String id, Instant since) {}
