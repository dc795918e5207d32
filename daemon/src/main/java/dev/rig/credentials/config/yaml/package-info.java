/** YAML documents as nodes with their positions, within limits on size, depth and aliases. */
@NullMarked
package dev.rig.credentials.config.yaml;

import org.jspecify.annotations.NullMarked;
