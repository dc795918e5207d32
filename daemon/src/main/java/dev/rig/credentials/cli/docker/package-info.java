/** The credential helpers in the configuration files of Docker and podman. */
@NullMarked
package dev.rig.credentials.cli.docker;

import org.jspecify.annotations.NullMarked;
