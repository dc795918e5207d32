/** What the README's figures come from: the built distribution beside its peers. */
@NullMarked
package dev.rig.credentials.bench;

import org.jspecify.annotations.NullMarked;
