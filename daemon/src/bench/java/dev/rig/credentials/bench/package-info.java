/** Measures the figures of docs/figures.md: the built distribution next to its peers. */
@NullMarked
package dev.rig.credentials.bench;

import org.jspecify.annotations.NullMarked;
