/** The audit log of answered requests. */
@NullMarked
package dev.rig.credentials.app.audit;

import org.jspecify.annotations.NullMarked;
