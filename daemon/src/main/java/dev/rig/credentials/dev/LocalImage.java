package dev.rig.credentials.dev;

import java.time.Instant;

/**
 * An image that an engine has.
 *
 * @param name with its tag
 * @param id the engine's
 * @param since when it was tagged, else when it was built
 */
public record LocalImage(String name, String id, Instant since) {}
