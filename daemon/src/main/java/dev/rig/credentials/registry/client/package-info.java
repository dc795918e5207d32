/** The client for container registries: resolves images and lists tags. */
@NullMarked
package dev.rig.credentials.registry.client;

import org.jspecify.annotations.NullMarked;
