/** Pull secrets: plans, writes, rotates and removes them. */
@NullMarked
package dev.rig.credentials.kube.secret;

import org.jspecify.annotations.NullMarked;
