@NullMarked
package io.howdah.proxy.scram;

import org.jspecify.annotations.NullMarked;
