/**
 * What a container registry says about images and tags, and why it gave no answer.
 *
 * <p>The ORAS Java SDK (0.7.0) contains a client of the distribution specification, but sends a
 * credential to any realm that a registry names, does not limit responses, and adds 24 MB.
 */
@NullMarked
package dev.rig.credentials.registry;

import org.jspecify.annotations.NullMarked;
