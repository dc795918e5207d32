/** Credentials of clouds and of GitHub without a script: ecr, google, azure and githubApp. */
@NullMarked
package dev.rig.credentials.provider;

import org.jspecify.annotations.NullMarked;
