@NullMarked
package io.howdah.node.beside;

import org.jspecify.annotations.NullMarked;
