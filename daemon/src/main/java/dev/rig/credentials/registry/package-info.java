/** A client of container registries: does an image exist, what is it, which tags are there. */
@NullMarked
package dev.rig.credentials.registry;

import org.jspecify.annotations.NullMarked;
