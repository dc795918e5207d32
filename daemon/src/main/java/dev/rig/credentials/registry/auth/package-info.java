/** Authentication challenges, token services and the rules for token realms. */
@NullMarked
package dev.rig.credentials.registry.auth;

import org.jspecify.annotations.NullMarked;
