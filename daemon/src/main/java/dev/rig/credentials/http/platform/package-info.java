/** The platform's API on its Unix socket. */
@NullMarked
package dev.rig.credentials.http.platform;

import org.jspecify.annotations.NullMarked;
