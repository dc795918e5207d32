/**
 * Helm values and {@code PlatformConfig} documents as typed records: read, merged, validated. Every
 * problem carries its place and none carries a value.
 */
@NullMarked
package dev.rig.credentials.config;

import org.jspecify.annotations.NullMarked;
