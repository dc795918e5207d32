/** Where credentials come from: the configuration and scripts. */
@NullMarked
package dev.rig.credentials.source;

import org.jspecify.annotations.NullMarked;
