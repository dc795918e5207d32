/**
 * What a container registry says about images and tags, and why it gave no answer.
 *
 * <p>The ORAS Java SDK (0.7.0) would bring a client of the distribution specification; it sends a
 * credential to any realm that a registry names, bounds no answer, and brings 24 MB.
 */
@NullMarked
package dev.rig.credentials.registry;

import org.jspecify.annotations.NullMarked;
