/**
 * Where credentials come from: static ones and scripts, and the one way in which the daemon starts
 * processes.
 */
@NullMarked
package dev.rig.credentials.source;

import org.jspecify.annotations.NullMarked;
