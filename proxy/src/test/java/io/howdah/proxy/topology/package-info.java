@NullMarked
package io.howdah.proxy.topology;

import org.jspecify.annotations.NullMarked;
