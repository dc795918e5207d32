/** The configuration as typed records. */
@NullMarked
package dev.rig.credentials.config;

import org.jspecify.annotations.NullMarked;
