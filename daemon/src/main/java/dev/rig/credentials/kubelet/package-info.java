/** The kubelet's credential-provider protocol and its configuration files. */
@NullMarked
package dev.rig.credentials.kubelet;

import org.jspecify.annotations.NullMarked;
