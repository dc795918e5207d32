/** The kubelet's image credential provider protocol. */
@NullMarked
package dev.rig.credentials.kubelet;

import org.jspecify.annotations.NullMarked;
