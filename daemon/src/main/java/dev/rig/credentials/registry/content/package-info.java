/** Manifests, image configurations and tag lists, checked against their digests. */
@NullMarked
package dev.rig.credentials.registry.content;

import org.jspecify.annotations.NullMarked;
