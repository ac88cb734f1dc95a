@NullMarked
package io.howdah.node.proxy;

import org.jspecify.annotations.NullMarked;
