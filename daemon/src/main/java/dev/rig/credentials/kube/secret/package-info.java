/** Pull secrets: watches what needs them, plans, writes and removes them. */
@NullMarked
package dev.rig.credentials.kube.secret;

import org.jspecify.annotations.NullMarked;
